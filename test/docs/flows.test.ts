import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { loadAgents } from '../../src/agents/author/load-agents.ts'
import type { Flow } from '../../src/flows/flow.ts'
import { calledFlow } from '../flows/called.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GUIDE = join(ROOT, 'docs/flows.md')

test('the flow of the guide takes a booking', async () => {
  const [, block = ''] = /^```ts\n(.*?)^```$/ms.exec(await readFile(GUIDE, 'utf8')) ?? []
  // In our own folder, where `partyline/flow` is found.
  await mkdir(join(ROOT, 'dist'), { recursive: true })
  const folder = await mkdtemp(join(ROOT, 'dist', 'flows-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'table.ts'), block)
  const [agent] = await loadAgents(['.'], folder)
  expect(agent?.definition.tools?.map(({ name }) => name)).toEqual(['book_table'])
  const { booking } = (await import(join(folder, 'table.ts'))) as { readonly booking: Flow }

  const call = calledFlow(booking)
  expect(await call.says({ people: 'there are four of us' })).toBe('4. Which day, and at what time?')
  expect(await call.says({ when: 'Friday' })).toBe('And at what time?')
  expect(await call.says({ when: 'at eight in the evening', name: 'Anna Miller' })).toBe(
    'Friday at eight in the evening, Anna Miller. Shall we remind you by phone?',
  )
  expect(await call.says({ reminder: 'no thanks' })).toBe(
    'A table for 4, Friday at eight in the evening, for Anna Miller. Is that all right?',
  )
  expect(await call.says({ right: 'yes' })).toBe('At eight all tables are taken. What should I change?')
  expect(await call.says({ when: 'make it half past seven' })).toBe(
    'A table for 4, Friday at seven thirty in the evening, for Anna Miller. Is that all right?',
  )
  expect(await call.says({ right: 'yes, please' })).toBe('You have table 5. See you then!')

  const party = calledFlow(booking, { callId: 'party' })
  expect(await party.says({ people: 'twelve' })).toMatch(/^to: staff Wants a table for 12\./)
})

test('the guide has each kind of step and each collector', async () => {
  const text = await readFile(GUIDE, 'utf8')
  const steps = await readFile(join(ROOT, 'src/flows/steps.ts'), 'utf8')
  const kinds = [...steps.matchAll(/readonly kind: '([\w-]+)'/g)].map(([, kind = '']) => kind)
  expect(kinds).toHaveLength(9)
  for (const kind of kinds) expect(text).toContain(`| \`${kind}\` |`)
  for (const name of ['card', 'secretNumber']) expect(text).toMatch(new RegExp(`\\b${name}\\(`))
  for (const name of Object.keys(await import('../../src/flows/collect.ts'))) expect(text).toContain(`\`${name}()\``)
})
