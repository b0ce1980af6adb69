import { expect, test } from 'vitest'
import { readSettings } from '../../src/config.ts'
import type { JournalLine, Line } from '../../src/conversation/lines.ts'
import { costOf, runningCost } from '../../src/costs/cost.ts'
import { pricesFor } from '../../src/costs/prices.ts'
import { wasteOf } from '../../src/costs/waste.ts'

const PRICES = pricesFor({
  ...{ speechToText: 'nova-3', model: 'gpt-4o-mini', sight: 'gemini-2.5-flash' },
  providers: [
    { port: 'STT', name: 'deepgram', title: 'Deepgram', model: 'nova-3' },
    { port: 'STT', name: 'groq', title: 'Groq', model: 'whisper-large-v3-turbo' },
    { port: 'LLM', name: 'openai', title: 'OpenAI', model: 'gpt-4o-mini' },
    { port: 'LLM', name: 'anthropic', title: 'Anthropic', model: 'claude-haiku-4-5' },
    { port: 'TTS', name: 'cartesia', title: 'Cartesia', model: 'cartesia' },
    { port: 'TTS', name: 'somebody', title: 'Somebody', model: 'voice-2' },
    { port: 'TTS', name: 'elevenlabs', title: 'ElevenLabs', model: 'eleven_multilingual_v2' },
  ],
})
const used = (some: Extract<Line, { readonly used: unknown }>['used'], atMs = 0) =>
  ({ used: some, atMs }) as JournalLine
const noted = (some: object, atMs = 0) => ({ noted: some, atMs }) as JournalLine
const MILLION = 1_000_000

function sums(lines: readonly JournalLine[], prices = PRICES) {
  const { parts } = costOf(lines, prices, 'phone')
  return Object.fromEntries(parts.map(({ vendor, what, amount, usd }) => [`${vendor}: ${what}`, { amount, usd }]))
}

test('each provider is paid for what it did, at its own price', () => {
  const parts = sums([
    used({ kind: 'stt-seconds', seconds: 3_600, by: 'deepgram' }),
    used({ kind: 'stt-seconds', seconds: 3_600, by: 'groq' }),
    used({ kind: 'tokens', input: MILLION, output: 0, cached: 0, by: 'openai' }),
    used({ kind: 'tokens', input: MILLION, output: MILLION, cached: 0, by: 'anthropic' }),
    used({ kind: 'tts-characters', characters: 8_000_000, by: 'cartesia' }),
    used({ kind: 'tts-characters', characters: 10, by: 'somebody' }),
  ])
  expect(parts['Deepgram: speech-to-text, nova-3']?.usd).toBeCloseTo(60 * 0.0048)
  expect(parts['Groq: speech-to-text, whisper-large-v3-turbo']?.usd).toBeCloseTo(0.04)
  expect(parts['OpenAI: language model gpt-4o-mini, input']?.usd).toBeCloseTo(0.15)
  expect(parts['Anthropic: language model claude-haiku-4-5, input']?.usd).toBeCloseTo(1)
  expect(parts['Anthropic: language model claude-haiku-4-5, output']?.usd).toBeCloseTo(5)
  expect(parts['Cartesia: voice']?.usd).toBeCloseTo(299)
  expect(parts['Somebody: voice, voice-2 (its price is not known)']).toEqual({ amount: 10, usd: 0 })
})

test('what is told without a name is the first one’s', () => {
  const parts = sums([
    used({ kind: 'stt-seconds', seconds: 60 }),
    used({ kind: 'stt-seconds', seconds: 60, by: 'deepgram' }),
    used({ kind: 'stt-seconds', seconds: 60, by: 'local' }),
  ])
  expect(parts['Deepgram: speech-to-text, nova-3']?.amount).toBe(120)
  expect(parts['local: speech-to-text on this machine']).toEqual({ amount: 60, usd: 0 })
})

test('while a call goes on, who hears it now is paid for the time that is not told yet', () => {
  const running = runningCost(PRICES, 'phone')
  running.take(noted({ kind: 'heard-by', by: 'deepgram' }))
  const first = running.usd(60_000) - running.usd(59_999)
  running.take(noted({ kind: 'provider-switched', port: 'STT', from: 'deepgram', to: 'groq' }, 60_000))
  const before = costOf([used({ kind: 'stt-seconds', seconds: 60, by: 'groq' })], PRICES, 'phone')
  expect(first).toBeGreaterThan(0)
  const line = costOf([used({ kind: 'carrier-seconds', seconds: 60 })], PRICES, 'phone').usd
  expect(running.usd(60_000) - line).toBeCloseTo(before.parts.find(({ vendor }) => vendor === 'Groq')?.usd ?? 0)
})

const heard = (letters: number): JournalLine =>
  ({
    atMs: 0,
    input: { kind: 'heard', reply: 1, part: 0, text: 'x'.repeat(letters), cut: false, atMs: 0 },
  }) as JournalLine
const spoken = (by: string, characters: number): JournalLine =>
  used({ kind: 'tts-characters', reply: 1, characters, by })
const CARTESIA = 299 / 8_000_000
const ELEVENLABS = 0.1 / 1_000

test('of a reply that two voices spoke, nothing is wasted that was heard', () => {
  const done = { atMs: 0, input: { kind: 'reply-done', reply: 1, atMs: 0 } } as JournalLine
  const lines = [spoken('cartesia', 40), spoken('elevenlabs', 60)]
  expect(wasteOf([heard(100), ...lines], PRICES).unheardUsd).toBe(0)
  expect(wasteOf([heard(90), done, ...lines], PRICES).unheardUsd).toBe(0)
})

test.each([
  [90, 10 * ELEVENLABS],
  [30, 10 * CARTESIA + 60 * ELEVENLABS],
])('after %d heard letters of two voices, what is not heard is paid to whoever made it', (letters, usd) => {
  const lines = [heard(letters), spoken('cartesia', 40), spoken('elevenlabs', 60)]
  expect(wasteOf(lines, PRICES).unheardUsd).toBeCloseTo(usd, 12)
})

test('a draft is wasted at the prices of those who made it', () => {
  const lines = [
    used({ kind: 'tokens', reply: 1, input: 1_000, output: 20, cached: 0, by: 'anthropic' }),
    spoken('elevenlabs', 40),
    used({ kind: 'draft-wasted', reply: 1, tokens: 18, characters: 40, by: 'elevenlabs' }),
  ]
  const { draftsUsd, unheardUsd } = wasteOf(lines, PRICES)
  expect(draftsUsd).toBeCloseTo((1_000 * 1 + 20 * 5) / MILLION + 40 * ELEVENLABS, 12)
  expect(unheardUsd).toBe(0)
})

test('a model that hears by itself is paid for it, alone and before others', () => {
  const alone = pricesFor(readSettings({ LLM: 'openai-realtime', OPENAI_API_KEY: 'k' }).models)
  const unnamed = sums([used({ kind: 'stt-seconds', seconds: 60 })], alone)
  expect(unnamed['OpenAI Realtime: speech-to-text, gpt-realtime-whisper']?.usd).toBeCloseTo(0.017)
  const settings = { LLM: 'openai-realtime', STT: 'deepgram', OPENAI_API_KEY: 'k', DEEPGRAM_API_KEY: 'k' }
  const named = sums(
    [
      used({ kind: 'stt-seconds', seconds: 60, by: 'openai-realtime' }),
      used({ kind: 'stt-seconds', seconds: 60, by: 'deepgram' }),
    ],
    pricesFor(readSettings(settings).models),
  )
  expect(named['OpenAI Realtime: speech-to-text, gpt-realtime-whisper']?.usd).toBeCloseTo(0.017)
  expect(named['Deepgram: speech-to-text, nova-3']?.usd).toBeCloseTo(0.0048)
})

test('while a call goes on, a model that hears by itself counts for its budget', () => {
  const settings = { LLM: 'openai-realtime', STT: 'deepgram', OPENAI_API_KEY: 'k', DEEPGRAM_API_KEY: 'k' }
  const running = runningCost(pricesFor(readSettings(settings).models), 'phone')
  running.take(noted({ kind: 'heard-by', by: 'openai-realtime' }))
  expect(running.usd(60_000) - running.usd(30_000)).toBeCloseTo(0.017 / 2)
})
