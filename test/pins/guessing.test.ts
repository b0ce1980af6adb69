import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { type Door, PASSWORD_PACE, PIN_PACE, type PinTries, pinTriesIn } from '../../src/pins/pin-tries.ts'

const ANN = '+15551234567'
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const START_MS = Date.parse('2026-01-01T00:00:00Z')
const PHONE: Door = { kind: 'telephone' }
const HOME: Door = { kind: 'web', address: '192.0.2.1' }
const NEW: Door = { kind: 'web', address: '192.0.2.99' }

async function opened(pace = PIN_PACE): Promise<PinTries> {
  const database = await openDatabase('sqlite::memory:')
  onTestFinished(() => database.close())
  return pinTriesIn(database, pace)
}

/**
 * Somebody who guesses whenever they may, at the telephone and from an address that is new each time. Gives how many
 * guesses they got. `daily` is what the owner does each day.
 */
async function guessed(tries: PinTries, days: number, daily: (at: Date) => Promise<void> = async () => undefined) {
  const counts = { phone: 0, web: 0 }
  let addresses = 0
  let nextMs = START_MS + DAY_MS
  for (let nowMs = START_MS; nowMs < START_MS + days * DAY_MS; ) {
    const at = new Date(nowMs)
    if (nowMs >= nextMs) {
      await daily(at)
      nextMs += DAY_MS
    }
    const stranger: Door = { kind: 'web', address: `2001:db8:${(addresses++).toString(16)}::` }
    if ((await tries.take(ANN, PHONE, at)) === 0) counts.phone++
    if ((await tries.take(ANN, stranger, at)) === 0) counts.web++
    const waits = [await tries.waitMs(ANN, PHONE, at), await tries.waitMs(ANN, NEW, at)]
    nowMs = Math.min(nowMs + Math.min(...waits), nextMs)
  }
  return counts
}

/** The owner tries the right PIN. False where they must wait. */
async function comesIn(tries: PinTries, door: Door, at: Date): Promise<boolean> {
  if ((await tries.take(ANN, door, at)) > 0) return false
  await tries.wasRight(ANN, door, at)
  return true
}

test('who guesses for a year without a pause, from ever new addresses and by telephone, gets some 830 guesses', async () => {
  const { phone, web } = await guessed(await opened(), 365)
  expect(phone).toBeGreaterThan(390)
  expect(phone).toBeLessThanOrEqual(410)
  expect(web).toBeGreaterThan(390)
  expect(web).toBeLessThanOrEqual(420)
})

test('and not many more where the owner comes in every day, who always does at home', async () => {
  const tries = await opened()
  expect(await comesIn(tries, HOME, new Date(START_MS))).toBe(true)
  const ways = { home: 0, phone: 0 }
  const { phone, web } = await guessed(tries, 365, async at => {
    if (await comesIn(tries, HOME, at)) ways.home++
    // At the telephone too: the right PIN at home has opened it.
    if (await comesIn(tries, PHONE, at)) ways.phone++
  })
  expect(ways).toEqual({ home: 364, phone: 364 })
  expect(phone).toBeLessThan(1_200)
  expect(web).toBeLessThan(1_200)
})

test('calls with a forged number do not keep an owner out who has an address, and an operator opens the rest', async () => {
  const tries = await opened()
  await comesIn(tries, HOME, new Date(START_MS))
  await guessed(tries, 30)
  const at = new Date(START_MS + 30 * DAY_MS)
  expect(await tries.waitMs(ANN, PHONE, at)).toBeGreaterThan(HOUR_MS)
  expect(await tries.waitMs(ANN, NEW, at)).toBeGreaterThan(HOUR_MS)
  expect(await tries.waitMs(ANN, HOME, at)).toBe(0)
  expect(await comesIn(tries, HOME, at)).toBe(true)
  expect([await tries.waitMs(ANN, PHONE, at), await tries.waitMs(ANN, NEW, at)]).toEqual([0, 0])
  await guessed(tries, 1)
  expect(await tries.forget(ANN)).toBe(true)
  expect([await tries.waitMs(ANN, PHONE, at), await tries.waitMs(ANN, NEW, at)]).toEqual([0, 0])
})

test('an address is known for ninety days, and its own wrong tries lock it as any other', async () => {
  const tries = await opened()
  await comesIn(tries, HOME, new Date(START_MS))
  const lateMs = START_MS + 90 * DAY_MS
  await guessed(tries, 1)
  for (const [atMs, isKnown] of [
    [lateMs - 1, true],
    [lateMs, false],
  ] as const) {
    // Strangers have been at it until just now.
    for (let n = 0; n < 14; n++) await tries.take(ANN, { kind: 'web', address: `s${n} ${atMs}` }, new Date(atMs - 1))
    expect((await tries.waitMs(ANN, HOME, new Date(atMs))) === 0).toBe(isKnown)
  }
  const at = new Date(START_MS + DAY_MS)
  for (let n = 0; n < 3; n++) expect(await tries.take(ANN, HOME, at)).toBe(0)
  expect(await tries.take(ANN, HOME, at)).toBe(MINUTE_MS)
})

test('a place waits for at most four hours until fifty wrong tries, and then for at most a day', async () => {
  const tries = await opened()
  const waits: number[] = []
  for (let n = 0, ms = START_MS; n < 60; n++) {
    await tries.take(ANN, PHONE, new Date(ms))
    const waitMs = await tries.waitMs(ANN, PHONE, new Date(ms))
    waits.push(waitMs / MINUTE_MS)
    ms += waitMs
  }
  expect(waits.slice(0, 8)).toEqual([0, 0, 1, 5, 15, 60, 240, 240])
  expect(new Set(waits.slice(6, 50))).toEqual(new Set([240]))
  expect(new Set(waits.slice(50))).toEqual(new Set([1_440]))
})

test('strangers at the password of staff keep nobody out for longer than a minute', async () => {
  const tries = await opened(PASSWORD_PACE)
  let at = new Date(START_MS)
  for (let n = 0; n < 200; n++) {
    await tries.take('staff supervisor', { kind: 'web', address: `s${n}` }, at)
    const waitMs = await tries.waitMs('staff supervisor', NEW, at)
    expect(waitMs).toBeLessThanOrEqual(MINUTE_MS)
    at = new Date(at.getTime() + waitMs)
  }
})
