import { describe, expect, onTestFinished, test } from 'vitest'
import type { JournalLine, Line } from '../../src/conversation/lines.ts'
import { pricesFor } from '../../src/costs/prices.ts'
import { openDatabase } from '../../src/database/database.ts'
import { type Budgets, spendingOf } from '../../src/spending/budgets.ts'
import { type Spent, spentIn } from '../../src/spending/spent.ts'
import { FakeClock } from '../fakes/clock.ts'
import { databasesFor } from '../tasks/databases.ts'

const NONE: Budgets = { callUsd: undefined, callerDayUsd: undefined, dayUsd: undefined }
const PRICES = pricesFor({ speechToText: 'nova-3', model: 'gpt-4o-mini', sight: 'gemini-2.5-flash' })
/** A cent of speech. */
const CENT: Line = { used: { kind: 'tts-characters', reply: 3, characters: 8_000_000 / 299 / 100 } }

async function spentOf(url: string): Promise<Spent> {
  const database = await openDatabase(url)
  onTestFinished(() => database.close())
  return spentIn(database, true)
}

const nobody: Spent = {
  keep: () => Promise.reject(new Error('nobody was to be asked')),
  others: () => Promise.reject(new Error('nobody was to be asked')),
  forget: async () => undefined,
  tidy: async () => 0,
}

function server(budgets: Partial<Budgets>, spent: Spent, clock = new FakeClock()) {
  const warned: string[] = []
  const log = { info: () => undefined, warn: (_: object, message: string) => void warned.push(message) }
  const parts = { clock, log, budgets: { ...NONE, ...budgets }, spent, prices: PRICES, zone: 'Europe/Berlin' }
  const spending = spendingOf({ ...parts, hashOf: owner => `hash of ${owner}`, onUnwritten: () => undefined })

  async function call(callId: string, owner: string, before: readonly JournalLine[] = []) {
    const one = await spending.begin({ callId, owner, channelName: 'browser', before })
    const less: string[] = []
    let seq = before.length
    const take = (atMs: number, line: Line): void => one.take({ v: 2, seq: ++seq, atMs, ...line })
    return {
      ...one,
      less,
      begins: () => one.onLess((left, of) => void less.push(`${of}: ${left}`)),
      spends(cents: number, atMs = 1_000): void {
        for (let i = 0; i < cents; i++) take(atMs, CENT)
      },
      take,
    }
  }
  return { ...spending, call, clock, warned }
}

test('without budgets nobody is asked, and the running total is there', async () => {
  const { call, warned, settled } = server({}, nobody)
  const one = await call('web-1', 'anna')
  one.begins()
  one.spends(500)
  one.over()
  await settled()
  expect(one.left).toBeUndefined()
  expect(one.less).toEqual([])
  // A begun minute of a room of two, a second of speech-to-text, and five dollars of speech.
  expect(one.usd()).toBeCloseTo(0.001 + 0.00008 + 5, 6)
  expect(warned).toEqual([])
})

test("a call's budget is told at four fifths and at its end, each once, and the model is told meanwhile", async () => {
  const { call } = server({ callUsd: 0.1 }, nobody)
  const one = await call('web-1', 'anna')
  one.begins()
  one.spends(7)
  expect([one.less, one.context()]).toEqual([[], undefined])
  one.spends(1)
  expect(one.less).toEqual(['call: little'])
  expect(one.context()).toContain('one short sentence')
  one.spends(5)
  expect(one.less).toEqual(['call: little', 'call: none'])
  expect(one.context()).toBeUndefined()
})

test('time costs, too: a call that only lasts comes to its end', async () => {
  const { call } = server({ callUsd: 0.01 }, nobody)
  const one = await call('web-1', 'anna')
  one.begins()
  for (let atMs = 0; atMs < 110_000; atMs += 10_000) one.take(atMs, { noted: { kind: 'a sign of life' } })
  expect(one.less).toEqual(['call: little', 'call: none'])
})

test('what was spent before the conversation began is told as soon as it begins', async () => {
  const { call } = server({ callUsd: 0.1 }, nobody)
  const one = await call('web-1', 'anna')
  one.spends(9)
  expect(one.less).toEqual([])
  one.begins()
  expect(one.less).toEqual(['call: little'])
})

test('a call that comes back has spent what it had spent', async () => {
  const { call } = server({ callUsd: 0.1 }, nobody)
  const before: readonly JournalLine[] = [
    { v: 2, seq: 1, atMs: 1_000, used: { kind: 'tts-characters', characters: 8_000_000 } },
    { v: 2, seq: 2, atMs: 2_000, used: { kind: 'carrier-seconds', seconds: 2 } },
  ]
  expect((await call('web-1', 'anna', before)).left).toBe('none')
})

test('a database that fails or hangs keeps nobody waiting: the budget of the call is kept, and the log says so', async () => {
  const failing = server({ callUsd: 0.1, dayUsd: 1 }, { ...nobody, others: () => Promise.reject(new Error('down')) })
  const one = await failing.call('web-1', 'anna')
  expect(one.left).toBeUndefined()
  one.begins()
  one.spends(8)
  expect(one.less).toEqual(['call: little'])
  expect(failing.warned).toHaveLength(1)

  const hanging = server({ dayUsd: 1 }, { ...nobody, others: () => new Promise(() => undefined) })
  const begun = hanging.call('web-2', 'anna')
  await hanging.clock.advance(1_000)
  expect((await begun).left).toBeUndefined()
  expect(hanging.warned).toHaveLength(1)
})

describe.each(await databasesFor('the tests of budgets'))('on $name', ({ newUrl }) => {
  test("a caller's day: their next call begins with little, and the one after it with nothing; others are not meant", async () => {
    const { call, settled } = server({ callerDayUsd: 0.2 }, await spentOf(await newUrl()))
    const first = await call('web-1', 'anna')
    first.begins()
    first.spends(17)
    expect(first.less).toEqual(['caller: little'])
    first.over()
    await settled()
    const second = await call('web-2', 'anna')
    expect([second.left, second.context()]).toEqual(['little', expect.stringContaining('short')])
    second.spends(3)
    second.over()
    await settled()
    expect((await call('web-3', 'anna')).left).toBe('none')
    expect((await call('web-4', 'bob')).left).toBeUndefined()
  })

  test("a day's budget counts the calls that go on at another server", async () => {
    const url = await newUrl()
    const clock = new FakeClock()
    const [here, there] = [await spentOf(url), await spentOf(url)].map(spent => server({ dayUsd: 0.2 }, spent, clock))
    if (!here || !there) throw new Error('there are two servers')
    const [one, other] = [await here.call('web-1', 'anna'), await there.call('web-2', 'bob')]
    one.begins()
    other.begins()
    one.spends(11)
    other.spends(9)
    expect([one.less, other.less]).toEqual([[], []])
    await clock.advance(5_000)
    one.spends(1, 6_000)
    await here.settled()
    other.spends(1, 6_000)
    await there.settled()
    expect(other.less).toEqual(['day: none'])
    expect(one.less).toEqual([])
    await clock.advance(5_000)
    one.take(11_000, { noted: { kind: 'a sign of life' } })
    await here.settled()
    expect(one.less).toEqual(['day: none'])
    expect((await here.call('web-3', 'carl')).left).toBe('none')
  })

  test('a new day begins at midnight of the callers; then the old one is deleted; who is forgotten is not counted', async () => {
    const { call, settled, clock, tidy, forget } = server({ dayUsd: 0.1 }, await spentOf(await newUrl()))
    const spend = async (callId: string): Promise<void> => {
      const one = await call(callId, 'anna')
      one.spends(11)
      one.over()
      await settled()
    }
    await spend('web-1')
    expect((await call('web-2', 'bob')).left).toBe('none')
    expect(await tidy(100)).toBe(0)
    // The clock says 09:00 UTC: ten hours in Berlin.
    await clock.advance(13 * 3_600_000)
    expect((await call('web-2', 'bob')).left).toBe('none')
    await clock.advance(3_600_000)
    expect((await call('web-3', 'bob')).left).toBeUndefined()
    await spend('web-4')
    expect((await call('web-5', 'bob')).left).toBe('none')
    expect(await tidy(100)).toBe(1)
    await forget(['web-4'])
    expect((await call('web-6', 'bob')).left).toBeUndefined()
  })
})
