import { expect, test } from 'vitest'
import { pricesFor } from '../../src/costs/prices.ts'
import { otherPrices } from '../../src/spending/other-prices.ts'
import { pricedCalls } from '../../src/spending/priced-calls.ts'
import { type PricedCall, Sums } from '../../src/spending/sums.ts'
import { csvOf, tableOf } from '../../src/spending/table.ts'

const PRICES = pricesFor({ speechToText: 'nova-3', model: 'gpt-4o-mini', sight: 'gemini-2.5-flash' })
const NO_WASTE = { draftsUsd: 0, unheardUsd: 0 }

const call = (changed: Partial<PricedCall>): PricedCall => ({
  ...{ day: '2026-11-02', agent: 'receptionist', channel: 'phone', caller: 'hash-of-anna-and-more', minutes: 2 },
  ...{ waste: NO_WASTE, listedUsd: 0.1 },
  cost: {
    ...{ usd: 0.1, pricesOf: '2026-11-27' },
    parts: [
      { what: 'voice', vendor: 'Cartesia', amount: 1, unit: 'character', usd: 0.06 },
      { what: 'telephone line', vendor: 'Twilio', amount: 1, unit: 'minute', usd: 0.04 },
    ],
  },
  ...changed,
})

test('each provider takes its price in its own unit', () => {
  const prices = otherPrices([
    ...['twilio=0.01/0.002', 'livekit=0.0004', 'deepgram=0.003', 'openai=1/0.1/2', 'cartesia=20', 'gemini=0.2/3'],
  ])(PRICES)
  expect(prices.carrier).toMatchObject({ voice: { usd: 0.01, per: 1 }, stream: { usd: 0.002, per: 1 } })
  expect(prices.room).toMatchObject({ usd: 0.0004, per: 1 })
  expect(prices.speechToText).toMatchObject({ usd: 0.003, per: 60 })
  expect(prices.model).toMatchObject({ input: { usd: 1 }, cached: { usd: 0.1 }, output: { usd: 2, per: 1_000_000 } })
  expect(prices.voice).toMatchObject({ usd: 20, per: 1_000_000, unit: 'character' })
  expect(prices.sight).toMatchObject({ input: { usd: 0.2 }, output: { usd: 3 } })
  expect(otherPrices(['twilio=0.01'])(PRICES).carrier.stream).toBe(PRICES.carrier.stream)
})

test.each([
  ['telnyx=0.01', /"telnyx" is none of twilio, livekit/],
  ['deepgram', /"deepgram" must be deepgram=PRICE, where PRICE is USD a minute/],
  ['deepgram=cheap', /deepgram=PRICE/],
  ['deepgram=-1', /deepgram=PRICE/],
  ['deepgram=0.1/0.2', /deepgram=PRICE/],
  ['openai=1', /IN\/OUT/],
  ['openai=1/2/3/4', /IN\/OUT/],
  ['openai=gpt-99', /or a model's name/],
  ['twilio=1/2/3', /LINE or LINE\/STREAM/],
  ['gemini=1/2/3', /gemini=PRICE/],
  ['cartesia=1=2', /cartesia=PRICE/],
])('%s is refused in words', (text, why) => {
  expect(() => otherPrices([text])).toThrow(why)
})

test('days come in their order, all else the dearest first; a provider has the calls that used it', () => {
  const calls = [
    call({ day: '2026-11-03', caller: null, channel: 'browser' }),
    call({ day: '2026-11-02', cost: { ...call({}).cost, usd: 0.5 } }),
  ]
  const rows = (by: 'day' | 'caller' | 'provider') => {
    const sums = new Sums(by)
    for (const one of calls) sums.add(one)
    return sums.rows().map(({ key, calls: count, usd }) => [key, count, Number(usd.toFixed(4))])
  }
  expect(rows('day')).toEqual([
    ['2026-11-02', 1, 0.5],
    ['2026-11-03', 1, 0.1],
  ])
  expect(rows('caller')).toEqual([
    ['hash-of-anna', 1, 0.5],
    ['no number', 1, 0.1],
  ])
  expect(rows('provider')).toEqual([
    ['Cartesia', 2, 0.12],
    ['Twilio', 2, 0.08],
  ])
})

test('CSV has every column, the whole at the end, and nothing that a spreadsheet takes for a formula', () => {
  const sums = new Sums('agent')
  sums.add(call({ agent: '=cmd|"calc",1', waste: { draftsUsd: 0.01, unheardUsd: 0.02 } }))
  const [head, row, all, ...more] = csvOf(sums, 'agent').split('\n')
  expect(head).toBe(
    'agent,calls,minutes,usd,listed_usd,Twilio,LiveKit,Deepgram,OpenAI,Cartesia,Gemini,not known,drafts_wasted,speech_unheard',
  )
  expect(row).toBe(
    `"'=cmd|""calc"",1",1,2.00,0.100000,0.100000,0.040000,0.000000,0.000000,0.000000,0.060000,0.000000,0.000000,0.010000,0.020000`,
  )
  expect(all?.startsWith('all,1,2.00,0.100000')).toBe(true)
  expect(more).toEqual([''])
})

test('where no call began there is nothing to divide', () => {
  expect(tableOf(new Sums('day'), 'day', false)).toBe('No call began in this time.\n')
})

test('a call whose journal was deleted has the cost of when it ended, and the report says so', async () => {
  const sums = new Sums('day')
  const parts = {
    index: {
      async *costs() {
        const startedAt = '2026-11-02T23:30:00.000Z'
        yield {
          callId: 'CA1',
          startedAt,
          agent: 'a',
          channel: 'phone',
          lengthMs: 60_000,
          costUsd: 0.07,
          callerHash: null,
        }
      },
    },
    records: { lines: async () => undefined, about: async () => undefined },
    ...{ models: PRICES.models, zone: 'Europe/Berlin', other: otherPrices([]) },
  }
  const { signal } = new AbortController()
  for await (const one of pricedCalls(parts, new Date(0), new Date(1), signal)) sums.add(one)
  // The day is the callers'.
  expect(sums.rows()).toMatchObject([{ key: '2026-11-03', usd: 0.07, minutes: 1 }])
  expect(tableOf(sums, 'day', false)).toContain('Calls whose journals are deleted have the cost of when they ended.')
})
