import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openFlite } from '../../src/flite/flite.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { openWholeCalls } from './whole-calls.ts'

const AGENT = `---
name: talker
greeting: Hello, you have reached the pizzeria on Main Street, where we bake in a stone oven every day but Monday, and bring what you order to your door within an hour. What can I do for you today?
memory: { summary: { afterTokens: 200 } }
---
Be brief.`
const SAYS = [
  'Please bring it to number seven Elm Road',
  'My name is Ann',
  'The bell does not work',
  'How long will all of that take',
  'That is fine with me',
  'Can I pay by card',
  'Do you have parking',
  'Thank you very much',
]

/** A request for an answer, and not one for a summary. */
const isAnswer = (body: string): boolean => body.includes('"messages"') && !body.includes('You write notes')

test('a long call is summed up while it goes on; what it costs is told, and it replays exactly', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'talker.md')
  await writeFile(file, AGENT)
  const env = { PARTYLINE_AGENTS: file, AGENT: 'talker' }
  const asked: string[] = []
  const all = await openWholeCalls({ env, onAsked: body => void (isAnswer(body) && asked.push(body)) })
  onTestFinished(() => all.close())
  const flite = openFlite()
  const script = await scriptOfTexts(SAYS, 'rms', flite, seeded(5), new AbortController().signal)
  await flite.close()
  const { lines } = await all.passing(all.ring(script, { seed: 3 }))

  const summed = lines.flatMap(line => ('input' in line && line.input.kind === 'summarised' ? [line.input] : []))
  expect(summed.length).toBeGreaterThan(0)
  expect(summed.at(-1)?.text).toContain('The caller said:')
  const spent = lines.flatMap(line =>
    'used' in line && line.used.kind === 'tokens' && line.used.of ? [line.used] : [],
  )
  expect(spent).toHaveLength(summed.length)
  expect(asked.at(-1)).toContain('<earlier>')
  expect(asked.at(-1)).not.toContain('pizzeria on Main Street')
  expect(replayExactly(lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
})
