import { afterAll, beforeAll, expect, test } from 'vitest'
import { costOf } from '../../src/costs/cost.ts'
import { pricesFor } from '../../src/costs/prices.ts'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import type { Ears } from '../../src/providers/local/ears.ts'
import type { Voice } from '../../src/providers/local/voice.ts'
import { loadNamedFixture, type Script } from '../../src/sandbox/caller/fixture.ts'
import { openWholeCalls, type WholeCall, type WholeCalls } from './whole-calls.ts'

const PRICES = pricesFor({ speechToText: 'nova-3', model: 'gpt-4o-mini', sight: 'gemini-2.5-flash' })
const HEARD = 'When do you open?'
const SAID = 'Hi, what time do you open on Friday?'
const MS_A_LETTER = 40

/** What it takes them for while they are being said. */
const HALF_HEARD = 'What do you like?'
/** A busy machine: longer than the caller is waited for. */
const FINAL_MS = 2_000

/** Understands everything as one question, and takes its time for it. */
const ears: Ears = {
  async recognize(_pcm: Float32Array | Int16Array, kind: string, signal: AbortSignal) {
    if (kind === 'interim') return HALF_HEARD
    await all.clock.sleep(FINAL_MS, signal)
    return HEARD
  },
  warm: async () => undefined,
  close: async () => undefined,
}
/** A tone for each letter. */
const voice: Voice = {
  async say(text, rateHz) {
    const endMs = text.length * MS_A_LETTER
    return {
      pcm: Int16Array.from({ length: (endMs / 1_000) * rateHz }, (_, i) => 8_000 * Math.sin(i / 3)),
      words: [{ text, startMs: 0, endMs }],
    }
  },
  warm: async () => undefined,
  close: async () => undefined,
}

let all: WholeCalls
let ofScript: WholeCall
let ofPerson: WholeCall

beforeAll(async () => {
  const env = { DEEPGRAM_API_KEY: '', TTS: 'local' }
  all = await openWholeCalls({ env, localSpeech: { ears, voice, notReady: () => [] } })
  const plain = await loadNamedFixture('plain')
  const script: Script = { ...plain, utterances: plain.utterances.slice(0, 1) }
  ofScript = await all.passing(all.ring(script, { seed: 1 }))
  // Nobody says of this caller that their words will be announced.
  ofPerson = await all.passing(all.ring(script, { seed: 2, announceUrl: undefined }))
})
afterAll(() => all.close())

const turnsOf = ({ lines }: WholeCall): readonly string[] => outcomeOf(lines, english).callerTurns
const usedBy = ({ lines }: WholeCall, kind: 'stt-seconds' | 'tts-characters') =>
  lines.flatMap(line => ('used' in line && line.used.kind === kind ? [line.used.by] : []))

test('a scripted caller is heard by the stand-in, which knows their words', () => {
  expect(turnsOf(ofScript)).toEqual([SAID])
  expect(usedBy(ofScript, 'stt-seconds')).toEqual([undefined])
})

test('everybody else is heard by the local ears', () => {
  expect(turnsOf(ofPerson)).toEqual([HEARD])
  expect(usedBy(ofPerson, 'stt-seconds')).toEqual(['local'])
  expect(ofPerson.lines.filter(line => 'noted' in line && line.noted.kind === 'heard-by')).toMatchObject([
    { noted: { by: 'local' } },
  ])
})

test('what the ears take words for at first is not answered: they surely say what was said', () => {
  const interim = ofPerson.lines.filter(line => 'input' in line && line.input.kind === 'words' && !line.input.final)
  expect(interim).not.toEqual([])
  // The notice, the greeting, and one answer.
  expect(outcomeOf(ofPerson.lines, english).agentReplies).toHaveLength(3)
  const [started] = ofPerson.lines.flatMap(line => ('started' in line ? [line.started] : []))
  expect(started?.policy.patience.finalMs).toBeGreaterThan(FINAL_MS)
})

test('both are answered by the local voice', () => {
  for (const call of [ofScript, ofPerson]) {
    expect(new Set(usedBy(call, 'tts-characters'))).toEqual(new Set(['local']))
    expect(outcomeOf(call.lines, english).agentReplies.length).toBeGreaterThan(1)
  }
})

test('nobody is paid for what this machine did, and the report says how much that was', () => {
  const { parts } = costOf(ofPerson.lines, PRICES, 'phone')
  expect(parts.map(({ vendor }) => vendor)).not.toContain('Deepgram')
  expect(parts.map(({ vendor }) => vendor)).not.toContain('Cartesia')
  expect(parts.filter(({ vendor }) => vendor === 'local')).toMatchObject([
    { unit: 'second', usd: 0 },
    { unit: 'character', usd: 0 },
  ])
  expect(costOf(ofScript.lines, PRICES, 'phone').parts.map(({ vendor }) => vendor)).toContain('Deepgram')
})

test('the record says what was chosen', async () => {
  const about = await all.partyline.records.about(ofPerson.record.callSid, new AbortController().signal)
  expect(about).toMatchObject({ settings: { STT: 'by-call', TTS: 'local' }, voice: 'flite-slt' })
})
