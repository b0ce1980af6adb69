import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { METRICS } from '../../src/metrics/table.ts'
import { BOARDS } from './boards.ts'
import { grafanaJson, placesOf } from './grafana.ts'

const FOLDER = new URL('../../helm/partyline/dashboards/', import.meta.url).pathname
const RULES = new URL('../../helm/partyline/rules/', import.meta.url).pathname
const NAMES = new Set<string>(
  Object.entries(METRICS).flatMap(([name, { kind }]) =>
    kind === 'histogram' ? ['bucket', 'sum', 'count'].map(part => `partyline_${name}_${part}`) : [`partyline_${name}`],
  ),
)
const unknown = (text: string): readonly string[] =>
  [...text.matchAll(/\bpartyline_\w+/g)].map(([name]) => name).filter(name => !NAMES.has(name))

test.each(BOARDS.map(board => [board.uid, board] as const))(
  '%s is as its description says (-u writes it again)',
  async (uid, board) => {
    await expect(grafanaJson(board)).toMatchFileSnapshot(`${FOLDER}${uid}.json`)
  },
)

test('there are no other dashboards', () => {
  expect(readdirSync(FOLDER).toSorted()).toEqual(BOARDS.map(({ uid }) => `${uid}.json`).toSorted())
})

test('dashboards and alerts ask for metrics that there are', () => {
  const files = [FOLDER, RULES].flatMap(folder => readdirSync(folder).map(name => `${folder}${name}`))
  expect(files.length).toBeGreaterThan(BOARDS.length)
  expect(files.flatMap(file => unknown(readFileSync(file, 'utf8')))).toEqual([])
  expect(unknown('sum(partyline_made_up_total)')).toEqual(['partyline_made_up_total'])
})

test('each metric is on a dashboard or in an alert', () => {
  const files = [FOLDER, RULES].flatMap(folder =>
    readdirSync(folder).map(name => readFileSync(`${folder}${name}`, 'utf8')),
  )
  const asked = new Set(files.flatMap(text => [...text.matchAll(/\bpartyline_\w+/g)].map(([name]) => name)))
  const isAsked = (name: string): boolean => [...asked].some(one => one.replace(/_(?:bucket|sum|count)$/, '') === name)
  expect(Object.keys(METRICS).filter(name => !isAsked(`partyline_${name}`))).toEqual([])
})

test('no two panels lie over each other', () => {
  for (const board of BOARDS) {
    const cells = placesOf(board).flatMap(({ x, y, w, h }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)}:${y + Math.floor(i / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  }
})
