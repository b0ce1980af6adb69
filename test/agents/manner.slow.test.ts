import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openFlite } from '../../src/flite/flite.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import type { Utterance } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { openWholeCalls, type WholeCall } from '../whole-call/whole-calls.ts'

const AGENT = `---
name: desk
greeting: Hello, this is the front desk.
voice: { speed: 0.9, manner: calm, speedByCaller: true }
hears: { speakers: true }
---
Be brief.`
const SAYS = ['Change speed slower', 'What is the weather in Paris no I mean in Rome', 'Goodbye']

let folder: string
let call: WholeCall
const asked: { readonly url: string; readonly body: string }[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  const file = join(folder, 'desk.md')
  await writeFile(file, AGENT)
  const flite = openFlite()
  const spoken = await scriptOfTexts(SAYS, 'rms', flite, seeded(5), new AbortController().signal)
  await flite.close()
  // The second half of the second utterance is somebody else's, beside the caller.
  const utterances = spoken.utterances.map((utterance, index): Utterance => {
    if (utterance.kind !== 'speech' || index !== 1) return utterance
    const words = utterance.words.map((word, at) => ({ ...word, speaker: at < 6 ? 0 : 1 }))
    return { ...utterance, words }
  })
  const all = await openWholeCalls({
    env: { AGENT: 'desk', PARTYLINE_AGENTS: file },
    onAsked: (body, url) => void asked.push({ body, url }),
  })
  call = await all.passing(all.ring({ ...spoken, utterances }, { seed: 18 }))
  await all.close()
})
afterAll(() => rm(folder, { recursive: true }))

test('a caller has the voice slower by a tool, and sentences rendered ahead have the agent’s own speed and manner', () => {
  const events = call.lines.flatMap(line => ('input' in line ? [line.input] : []))
  expect(events.filter(({ kind }) => kind === 'tool-called')).toMatchObject([
    { call: { name: 'change_speed', arguments: expect.stringContaining('slower') } },
  ])
  expect(events.filter(({ kind }) => kind === 'tool-result')).toMatchObject([
    { result: expect.stringMatching(/^You speak at 85 %/) },
  ])
  const rendered = asked.filter(({ url }) => url.includes('/tts/sse')).map(({ body }) => JSON.parse(body))
  expect(rendered.length).toBeGreaterThan(5)
  for (const { generation_config } of rendered) expect(generation_config).toEqual({ speed: 0.9, emotion: 'calm' })
})

test('two people on the line are told apart for the model and in the transcript, and nowhere else', () => {
  const bodies = asked.filter(({ body }) => body.includes('"messages"')).map(({ body }) => body)
  expect(bodies.at(0)).not.toContain('Speaker 1')
  expect(bodies.join('\n')).toMatch(/Speaker 1: [^"]*Paris\\nSpeaker 2: no I mean in Rome/i)
  expect(call.transcript).toMatch(/Caller: Speaker 1: .*Paris\n {8}Speaker 2: no I mean in Rome/i)
  expect(call.record.warnings).toEqual([])
})

test('the call replays as it went', () => {
  expect(replayExactly(call.lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
})
