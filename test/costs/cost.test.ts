import { expect, test } from 'vitest'
import type { JournalLine, Line, Usage } from '../../src/conversation/lines.ts'
import { costOf } from '../../src/costs/cost.ts'
import { PRICES_OF, pricesFor } from '../../src/costs/prices.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'

const MODELS = { speechToText: 'nova-3', model: 'gpt-4o-mini', sight: 'gemini-2.5-flash' }
const PRICES = pricesFor(MODELS)

const journal = (...lines: readonly (readonly [atMs: number, line: Line])[]): readonly JournalLine[] =>
  lines.map(([atMs, line], i) => ({ v: 2, seq: i + 1, atMs, ...line }))
const used = (atMs: number, usage: Usage): readonly [number, Line] => [atMs, { used: usage }]

test('each thing is charged by its unit, and input that was cached is cheaper', () => {
  const lines = journal(
    used(10, { kind: 'tokens', input: 2_000_000, cached: 500_000, output: 1_000_000 }),
    used(20, { kind: 'tts-characters', characters: 8_000_000 }),
    used(30, { kind: 'stt-seconds', seconds: 90 }),
    used(40, { kind: 'carrier-seconds', seconds: 61 }),
  )
  const { usd, parts, pricesOf } = costOf(lines, PRICES, 'phone')
  expect(pricesOf).toBe(PRICES_OF)
  const sums = parts.map(({ vendor, unit, usd }) => [vendor, unit, Number(usd.toFixed(6))])
  expect(sums).toEqual([
    ['Twilio', 'minute', 0.017],
    ['Twilio', 'minute', 0.0088],
    ['Deepgram', 'second', 0.0072],
    ['OpenAI', 'token', 0.225],
    ['OpenAI', 'token', 0.0375],
    ['OpenAI', 'token', 0.6],
    ['Cartesia', 'character', 299],
  ])
  expect(usd).toBeCloseTo(299.8955, 6)
})

test('a call that the server made costs what Twilio takes for calls out', () => {
  const rung = [5, { noted: { kind: 'rung-by-us', ring: 'r1' } }] as const
  const line = used(40, { kind: 'carrier-seconds', seconds: 61 })
  const [first] = costOf(journal(rung, line), PRICES, 'phone').parts
  expect(first).toMatchObject({ what: 'telephone line, rung by us', amount: 2, usd: 0.028 })
})

test('what a thrown-away draft cost is not counted twice', () => {
  const tokens = used(10, { kind: 'tokens', input: 100, cached: 0, output: 10 })
  const wasted = used(11, { kind: 'draft-wasted', reply: 1, tokens: 110, characters: 40 })
  expect(costOf(journal(tokens, wasted), PRICES, 'phone').usd).toBe(costOf(journal(tokens), PRICES, 'phone').usd)
})

test('the line is charged for all streams together, the media stream for each; a killed one lasted to its last line', () => {
  const lines = journal(
    used(40_000, { kind: 'stt-seconds', seconds: 0 }),
    used(0, { kind: 'stt-seconds', seconds: 0 }),
    used(15_000, { kind: 'carrier-seconds', seconds: 15 }),
  )
  expect(costOf(lines, PRICES, 'phone').parts.map(({ what, amount }) => [what, amount])).toEqual([
    ['telephone line', 1],
    ['media stream', 2],
  ])
})

test('a browser has a room of two instead of a telephone line, and looks are estimated by the size of the picture', () => {
  const look = { kind: 'screen-look', width: 1_280, height: 720, text: 'A form with two fields.' }
  const lines = journal([5, { noted: look }], used(6, { kind: 'carrier-seconds', seconds: 30 }))
  expect(costOf(lines, PRICES, 'browser').parts.map(({ vendor, amount }) => [vendor, amount])).toEqual([
    ['LiveKit', 2],
    ['Gemini', 716],
    ['Gemini', 6],
  ])
})

test('a model with a date costs what it costs without, and one that nobody knows is named as such', () => {
  const lines = journal(used(10, { kind: 'tokens', input: 1_000_000, cached: 0, output: 0 }))
  const cost = (model: string) => costOf(lines, pricesFor({ ...MODELS, model }), 'phone')
  expect(cost('gpt-4o-mini-2024-07-18').usd).toBeCloseTo(0.15 + 0.0129, 6)
  const unknown = cost('own-model').parts.find(({ vendor }) => vendor === 'OpenAI')
  expect(unknown).toMatchObject({ what: expect.stringContaining('own-model, input (its price is not known)'), usd: 0 })
})

test('a whole call costs what its journal says it has used', async () => {
  const all = await openWholeCalls()
  const { lines } = await all.passing(all.ring(await loadNamedFixture('talks-over'), { seed: 1 }))
  await all.close()
  const { usd, parts } = costOf(lines, PRICES, 'phone')
  const sum = (of: (usage: Usage) => number): number =>
    lines.reduce((total, line) => total + ('used' in line ? of(line.used) : 0), 0)
  const amountOf = (vendor: string): number =>
    parts.filter(part => part.vendor === vendor).reduce((total, { amount }) => total + amount, 0)
  expect(amountOf('OpenAI')).toBe(sum(one => (one.kind === 'tokens' ? one.input + one.output : 0)))
  expect(amountOf('Cartesia')).toBe(sum(one => (one.kind === 'tts-characters' ? one.characters : 0)))
  expect(amountOf('Deepgram')).toBeCloseTo(sum(one => (one.kind === 'stt-seconds' ? one.seconds : 0)))
  expect(usd).toBeGreaterThan(0.01)
  expect(usd).toBeLessThan(0.1)
})
