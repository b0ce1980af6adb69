import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { readSettings } from '../../src/config.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { systemNetwork } from '../../src/network.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import { whatIf } from '../../src/replay/what-if.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { openWhatIfParts } from '../../src/what-if/parts.ts'
import { openWholeCalls } from './whole-calls.ts'

const AGENT = `---
name: talker
greeting: Hello.
memory: { summary: { afterTokens: 500 } }
---
Be brief.`
const SAYS = [
  ...['I would like two large pizzas with olives', 'Please bring them to number seven Elm Road'],
  ...['My name is Ann and I live on the second floor', 'The bell does not work so please call me'],
  ...['One of the pizzas should be without cheese', 'And I would also like a bottle of water'],
  ...['How long will all of that take', 'That is fine with me and I will wait', 'Can I pay with my card at the door'],
  ...['I have a voucher for the second pizza', 'What is the price of all of it', 'Thank you very much'],
]

test('a long call is summed up while it goes on, costs are told, and it replays: exactly, and as a what-if without a change', async () => {
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
  const { lines, folder: kept, record } = await all.passing(all.ring(script, { seed: 3 }))

  const summed = lines.flatMap(line => ('input' in line && line.input.kind === 'summarised' ? [line.input] : []))
  expect(summed.length).toBeGreaterThan(0)
  expect(summed[0]?.text).toContain('Elm Road')
  const spent = lines.flatMap(line =>
    'used' in line && line.used.kind === 'tokens' && line.used.of ? [line.used] : [],
  )
  expect(spent).toHaveLength(summed.length)
  expect(asked.at(-1)).toContain('<earlier>')
  expect(asked.at(-1)).not.toContain('"content":"I would like two large pizzas with olives"')
  expect(replayExactly(lines, { languageOf })).toMatchObject({ differences: [], notes: [] })

  const lifetime = new AbortController()
  const opened = await openWhatIfParts(readSettings(env), systemClock, systemNetwork, lifetime.signal)
  onTestFinished(async () => {
    lifetime.abort()
    await opened.close()
  })
  const wav = await readFile(join(kept, 'call-1.wav'))
  const call = { callId: record.callSid, lines, recording: async () => wav }
  const { turns } = await whatIf(call, {}, opened.parts, lifetime.signal)
  expect(turns.map(({ after }) => after?.from)).toEqual(turns.map(() => 'recorded'))
})
