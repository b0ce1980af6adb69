import { expect, test } from 'vitest'
import type { JournalLine, Line, Usage } from '../../src/conversation/lines.ts'
import { costOf, costOfUse, runningCost } from '../../src/costs/cost.ts'
import { PRICE_LIST, PRICES_OF, pricesFor } from '../../src/costs/prices.ts'
import { Tally } from '../../src/costs/tally.ts'
import { wasteOf } from '../../src/costs/waste.ts'

const PRICES = pricesFor({ speechToText: 'nova-3', model: 'gpt-4o-mini', sight: 'gemini-2.5-flash' })
const MINUTE_OF_LINE = 0.0085 + 0.0044
const SECOND_OF_STT = 0.0048 / 60

const journal = (...lines: readonly (readonly [atMs: number, line: Line])[]): readonly JournalLine[] =>
  lines.map(([atMs, line], i) => ({ v: 2, seq: i + 1, atMs, ...line }))
const used = (atMs: number, usage: Usage): readonly [number, Line] => [atMs, { used: usage }]

test('each price names its page, and the day on which it was read', () => {
  expect(PRICE_LIST.length).toBeGreaterThan(25)
  for (const [what, { usd, source, readOn, secondHand }] of PRICE_LIST) {
    expect(usd, what).toBeGreaterThan(0)
    expect(source, what).toMatch(/^https:\/\/[a-z.]+\//)
    expect(readOn, what).toMatch(/^2026-\d\d-\d\d$/)
    expect(readOn <= PRICES_OF, what).toBe(true)
    // What was read at the vendor was read for this version of the list.
    if (!secondHand) expect(readOn, what).toBe(PRICES_OF)
  }
})

test('while a call goes on, speech-to-text that is not told yet is reckoned by the clock, and told minutes are not added', () => {
  const running = runningCost(PRICES, 'phone')
  const take = (line: readonly [number, Line]): void => {
    for (const one of journal(line)) running.take(one)
  }
  expect(running.usd(30_000)).toBeCloseTo(MINUTE_OF_LINE + 30 * SECOND_OF_STT, 9)
  take(used(20_000, { kind: 'stt-seconds', seconds: 20 }))
  expect(running.usd(30_000)).toBeCloseTo(MINUTE_OF_LINE + 30 * SECOND_OF_STT, 9)
  expect(running.usd(61_000)).toBeCloseTo(2 * MINUTE_OF_LINE + 61 * SECOND_OF_STT, 9)
  take(used(62_000, { kind: 'stt-seconds', seconds: 41 }))
  take(used(62_100, { kind: 'carrier-seconds', seconds: 63 }))
  expect(running.usd(62_100)).toBeCloseTo(2 * MINUTE_OF_LINE + 61 * SECOND_OF_STT, 9)
})

test('at the end the running total is what the call costs, over its streams', () => {
  const lines = journal(
    used(9_000, { kind: 'tokens', reply: 4, input: 900, cached: 0, output: 40 }),
    used(10_000, { kind: 'tts-characters', reply: 4, characters: 120 }),
    used(30_000, { kind: 'stt-seconds', seconds: 30 }),
    used(30_000, { kind: 'carrier-seconds', seconds: 30 }),
    used(4_000, { kind: 'stt-seconds', seconds: 4 }),
    used(5_000, { kind: 'carrier-seconds', seconds: 5 }),
  )
  const running = runningCost(PRICES, 'phone')
  for (const line of lines) running.take(line)
  expect(running.usd(5_000)).toBe(costOf(lines, PRICES, 'phone').usd)
})

test('drafts that were thrown away, and speech that nobody heard, are told apart', () => {
  const heard = (reply: number, part: number, text: string, cut: boolean): Line => ({
    input: { kind: 'heard', reply, part, text, cut, atMs: 0 },
  })
  const waste = wasteOf(
    journal(
      // A draft: its tokens, and its first clause.
      used(1, { kind: 'tokens', reply: 4, input: 1_000, cached: 0, output: 20 }),
      used(2, { kind: 'tts-characters', reply: 4, characters: 40 }),
      used(3, { kind: 'draft-wasted', reply: 4, tokens: 18, characters: 40 }),
      // Interrupted after ten of its hundred letters; the filler is not part of them.
      [4, heard(5, -0.1, 'Let me see.', false)],
      [5, heard(5, 0, 'You have', false)],
      [6, heard(5, 0, 'You have 2', true)],
      used(7, { kind: 'tts-characters', reply: 5, characters: 100 }),
      // Heard to its end, though its words were counted otherwise.
      [8, heard(6, 0, 'Yes', false)],
      [9, { input: { kind: 'reply-done', reply: 6, atMs: 9 } }],
      used(10, { kind: 'tts-characters', reply: 6, characters: 30 }),
    ),
    PRICES,
  )
  const letter = 299 / 8_000_000
  expect(waste.draftsUsd).toBeCloseTo((1_000 * 0.15 + 20 * 0.6) / 1_000_000 + 40 * letter, 12)
  expect(waste.unheardUsd).toBeCloseTo(90 * letter, 12)
})

test('of an older journal, which does not say whose tokens were whose, a draft has what it wrote', () => {
  const waste = wasteOf(
    journal(
      used(1, { kind: 'tokens', input: 1_000, cached: 0, output: 20 }),
      used(2, { kind: 'tts-characters', characters: 40 }),
      used(3, { kind: 'draft-wasted', reply: 4, tokens: 18, characters: 40 }),
    ),
    PRICES,
  )
  expect(waste.draftsUsd).toBeCloseTo((18 * 0.6) / 1_000_000 + (40 * 299) / 8_000_000, 12)
  expect(waste.unheardUsd).toBe(0)
})

test('what this machine does by itself is free, from its first second on', () => {
  const lines = journal(
    [0, { noted: { kind: 'heard-by', by: 'local' } }],
    used(9_000, { kind: 'tts-characters', reply: 4, characters: 100, by: 'local' }),
    used(30_000, { kind: 'stt-seconds', seconds: 30, by: 'local' }),
    used(31_000, { kind: 'carrier-seconds', seconds: 31 }),
    // Of its next stream nothing is said: a vendor hears it.
    used(4_000, { kind: 'stt-seconds', seconds: 4 }),
  )
  const running = runningCost(PRICES, 'phone')
  const usd = lines.map(line => {
    running.take(line)
    return running.usd(line.atMs + 500)
  })
  expect(usd.slice(0, 4)).toEqual([0.5, 9.5, 30.5, 31.5].map(() => expect.closeTo(MINUTE_OF_LINE, 9)))
  expect(usd[4]).toBeCloseTo(MINUTE_OF_LINE + 0.0044 + 4.5 * SECOND_OF_STT, 9)
  const local = costOf(lines, PRICES, 'phone').parts.filter(({ vendor }) => vendor === 'local')
  expect(local.map(({ amount, usd: paid }) => [amount, paid])).toEqual([
    [30, 0],
    [100, 0],
  ])
})

test('speech of the local voice that nobody heard, and its drafts, waste nothing', () => {
  const waste = wasteOf(
    journal(
      used(1_000, { kind: 'tts-characters', reply: 1, characters: 500, by: 'local' }),
      used(2_000, { kind: 'tts-characters', reply: 2, characters: 500, by: 'local' }),
      used(2_000, { kind: 'draft-wasted', reply: 2, tokens: 0, characters: 500, by: 'local' }),
    ),
    PRICES,
  )
  expect(waste).toEqual({ draftsUsd: 0, unheardUsd: 0 })
})

/** Held with a voice that is paid by this. */
const spokenBy = (model: string) =>
  pricesFor({
    ...{ speechToText: 'nova-3', model: 'gpt-4o', sight: 'none' },
    providers: [{ port: 'TTS', name: 'some', title: 'Some voice', model }],
  })

test.each([
  ['cartesia', 299 / 8],
  ['eleven_flash_v2_5', 50],
  ['eleven_multilingual_v2', 100],
  ['gpt-4o-mini-tts', 15.625],
  ['gpt-4o-mini-tts-2025-12-15', 15.625],
  ['tts-1', 15],
  ['aura-2-thalia-en', 30],
  ['aura-asteria-en', 15],
  ['azure', 15],
  ['polly', 16],
  ['neural', 16],
  ['generative', 30],
  ['long-form', 100],
])('a million letters of the voice %s cost %d USD', (model, usd) => {
  const { voice } = spokenBy(model)
  expect(((voice?.usd ?? Number.NaN) / (voice?.per ?? 1)) * 1e6).toBeCloseTo(usd)
})

test('a record of before there were lists of providers had the voice of Cartesia', () => {
  expect(pricesFor({ speechToText: 'nova-3', model: 'gpt-4o', sight: 'none' }).voice).toEqual(
    spokenBy('cartesia').voice,
  )
})

test('a voice of which no price is known costs nothing, and the account says so', () => {
  const used = new Tally().used()
  const { parts } = costOfUse({ ...used, characters: 500 }, spokenBy('aura-3-nobody'), 'phone')
  expect(parts.find(({ what }) => what.startsWith('voice'))).toMatchObject({
    ...{ what: 'voice (its price is not known)', vendor: 'Some voice', amount: 500, usd: 0 },
  })
})
