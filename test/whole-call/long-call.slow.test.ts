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
greeting: Hello, you have reached the pizzeria on the corner of Elm Road and Main Street, where we bake in a stone oven since nineteen seventy, every day but Monday from eleven in the morning until ten at night, and bring what you order to your door within an hour, or you pay nothing for it at all. What can I do for you today?
memory: { summary: { afterTokens: 500 } }
---
Be brief.`
const SAYS = [
  'I would like two large margheritas with olives and extra cheese, and one small one with nothing on it but tomatoes, and please bring them to number seven Elm Road on the second floor',
  'My name is Ann, and the bell does not work, so please call me on this number as soon as you are at the door, and I will come down and open it, since nobody else is at home',
  'One of the large ones should be without olives after all, because my brother does not like them, and I would also like a large bottle of water and a small salad with oil',
  'We are four at home, and two of us come late, so it would be good if you could bring it all in an hour from now and not before, and please do not forget the salad and the water',
  'I also have a voucher, which came with the last order that I made with you some weeks ago, and it says that the third one is for nothing if I order on an evening like this one',
  'Then there is one more thing, since we would like to have forks and knives for all of us, and something to dry our hands with, because we are in the middle of moving house',
  'Thank you very much',
  'Thank you very much again',
]

test('a long call is summed up while it goes on; what it costs is told, and it replays exactly', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'talker.md')
  await writeFile(file, AGENT)
  const env = { PARTYLINE_AGENTS: file, AGENT: 'talker' }
  const asked: string[] = []
  const all = await openWholeCalls({ env, onAsked: body => void (body.includes('"messages"') && asked.push(body)) })
  onTestFinished(() => all.close())
  const flite = openFlite()
  const script = await scriptOfTexts(SAYS, 'rms', flite, seeded(5), new AbortController().signal)
  await flite.close()
  const { lines } = await all.passing(all.ring(script, { seed: 3 }))

  const summed = lines.flatMap(line => ('input' in line && line.input.kind === 'summarised' ? [line.input] : []))
  expect(summed.length).toBeGreaterThan(0)
  expect(summed[0]?.text).toContain('Elm Road')
  const spent = lines.flatMap(line =>
    'used' in line && line.used.kind === 'tokens' && line.used.of ? [line.used] : [],
  )
  expect(spent).toHaveLength(summed.length)
  expect(asked.at(-1)).toContain('<earlier>')
  expect(asked.at(-1)).not.toContain('"content":"I would like two large margheritas')
  expect(replayExactly(lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
})
