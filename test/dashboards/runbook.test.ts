import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

test('each alert leads to a heading of the runbook', () => {
  const headings = read('docs/operations.md').match(/^#+ .*$/gm) ?? []
  const anchors = headings.map(line =>
    line
      .replace(/^#+ /, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  )
  const rules = readdirSync(new URL('helm/partyline/rules/', root)).map(name => read(`helm/partyline/rules/${name}`))
  const alerts = rules.join('\n').match(/alert: \w+/g) ?? []
  const linked = [...rules.join('\n').matchAll(/operations\.md#([\w-]+)/g)].map(([, anchor]) => anchor)
  expect(linked).toHaveLength(alerts.length)
  expect(linked.filter(anchor => !anchors.includes(anchor ?? ''))).toEqual([])
})
