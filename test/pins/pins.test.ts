import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { HASH_COST, hashOf, matches } from '../../src/pins/pin-hash.ts'
import type { Door } from '../../src/pins/pin-tries.ts'
import { type Pins, pinsIn } from '../../src/pins/pins.ts'
import { databasesFor } from '../tasks/databases.ts'
import { CHEAP } from './cheap-hashes.ts'

const ANN = '+15551234567'
const BOB = '+15557654321'
const NOW = new Date('2026-11-19T10:00:00Z')
const MINUTES = 60_000
const PHONE: Door = { kind: 'telephone' }
const web = (address: string): Door => ({ kind: 'web', address })
const kindOf = async (pins: Pins, pin: string, at = NOW, door: Door = PHONE) =>
  (await pins.check(ANN, door, pin, at)).kind
const later = (ms: number): Date => new Date(NOW.getTime() + ms)

test('a hash is salted, does not contain its PIN, and matches only that PIN', async () => {
  const [one, other] = [await hashOf('4271', HASH_COST), await hashOf('4271', HASH_COST)]
  expect(one).not.toBe(other)
  expect(one).toMatch(/^scrypt:16384:8:1:[\w-]{22}:[\w-]{43}$/)
  expect(
    await Promise.all([
      matches('4271', one, HASH_COST),
      matches('4272', one, HASH_COST),
      matches('4271', undefined, HASH_COST),
    ]),
  ).toEqual([true, false, false])
  await expect(matches('4271', 'plain 4271', HASH_COST)).rejects.toThrow('cannot be read')
})

test('where there is no PIN a hash is made all the same, so that the time reveals nothing', async () => {
  // This cost is refused by scrypt, which only happens when it is used.
  await expect(matches('4271', undefined, { N: 3, r: 1, p: 1 })).rejects.toThrow('Invalid scrypt params')
})

describe.each(await databasesFor('the PINs'))('in $name', ({ newUrl }) => {
  async function open(url?: string) {
    const database = await openDatabase(url ?? (await newUrl()))
    onTestFinished(() => database.close())
    return pinsIn(database, CHEAP)
  }

  test('a number has the PIN that was set last, until it is removed', async () => {
    const pins = await open()
    expect([await pins.has(ANN), await kindOf(pins, '4271'), await pins.remove(ANN)]).toEqual([false, 'wrong', false])
    await pins.set(ANN, '1111', NOW)
    await pins.set(ANN, '4271', NOW)
    expect([await pins.has(ANN), await pins.has(BOB)]).toEqual([true, false])
    expect([await kindOf(pins, '4271'), await kindOf(pins, '1111')]).toEqual(['right', 'wrong'])
    expect([await pins.remove(ANN), await pins.has(ANN), await kindOf(pins, '4271')]).toEqual([true, false, 'wrong'])
  })

  test.each(['', '123', '123456789', '12a4', ' 1234', '１２３４'])('"%s" is not a PIN', async pin => {
    const pins = await open()
    await expect(pins.set(ANN, pin, NOW)).rejects.toThrow('a PIN is 4 to 8 digits')
    expect(await pins.has(ANN)).toBe(false)
  })

  test('after three wrong tries each door waits longer and longer, on every server', async () => {
    const url = await newUrl()
    const [pins, others] = [await open(url), await open(url)]
    await pins.set(ANN, '4271', NOW)
    expect(await pins.check(ANN, PHONE, '9999', NOW)).toEqual({ kind: 'wrong', lockedMs: 0 })
    expect(await others.check(ANN, PHONE, '9999', NOW)).toEqual({ kind: 'wrong', lockedMs: 0 })
    let ms = 0
    for (const minutes of [1, 5, 15, 60, 240, 240]) {
      const lockedMs = minutes * MINUTES
      expect(await pins.check(ANN, PHONE, '9999', later(ms))).toEqual({ kind: 'wrong', lockedMs })
      expect(await others.check(ANN, PHONE, '4271', later(ms + 1))).toEqual({ kind: 'locked', forMs: lockedMs - 1 })
      expect(await others.waitMs(ANN, PHONE, later(ms + lockedMs - 1))).toBe(1)
      ms += lockedMs
    }
    expect(await others.waitMs(ANN, PHONE, later(ms))).toBe(0)
    expect(await pins.check(ANN, PHONE, '4271', later(ms))).toEqual({ kind: 'right' })
    // It has forgiven two of the wrong ones, and not all: a stranger is given no new free tries by the owner.
    expect(await pins.check(ANN, PHONE, '9999', later(ms))).toEqual({ kind: 'wrong', lockedMs: 240 * MINUTES })
  })

  test('thirty calls with three wrong tries each get a handful of them checked', async () => {
    const pins = await open()
    await pins.set(ANN, '4271', NOW)
    const kinds: string[] = []
    for (let call = 0; call < 30; call++) {
      for (let n = 0; n < 3; n++) kinds.push(await kindOf(pins, '9999', later(call * 10_000 + n * 3_000)))
    }
    expect(kinds.filter(kind => kind === 'wrong').length).toBeLessThanOrEqual(5)
  })

  test('a stranger locks neither the telephone nor an address where the PIN was right', async () => {
    const pins = await open()
    await pins.set(ANN, '4271', NOW)
    expect(await kindOf(pins, '4271', NOW, web('192.0.2.1'))).toBe('right')
    let ms = 0
    for (let stranger = 0; stranger < 20; stranger++) {
      ms += 60_000
      await pins.check(ANN, web('203.0.113.7'), '9999', later(ms))
      await pins.check(ANN, web(`198.51.100.${stranger}`), '9999', later(ms))
    }
    expect(await kindOf(pins, '4271', later(ms), web('192.0.2.2'))).toBe('locked')
    expect(await pins.waitMs(ANN, web('192.0.2.1'), later(ms))).toBe(0)
    expect(await kindOf(pins, '4271', later(ms), web('192.0.2.1'))).toBe('right')
    expect(await kindOf(pins, '4271', later(ms))).toBe('right')
    expect(await kindOf(pins, '9999', later(ms), web('192.0.2.1'))).toBe('wrong')
  })

  test('many addresses get no more tries than one', async () => {
    const pins = await open()
    await pins.set(ANN, '4271', NOW)
    let checked = 0
    for (let second = 0; second < 3_600; second += 30) {
      const door = web(`2001:db8:${second.toString(16)}::`)
      if ((await kindOf(pins, '9999', later(second * 1_000), door)) === 'wrong') checked++
    }
    expect(checked).toBe(15)
  })

  test('a new PIN, or the operator, unlocks a number', async () => {
    const pins = await open()
    await pins.set(ANN, '4271', NOW)
    for (let n = 0; n < 4; n++) await kindOf(pins, '9999')
    expect(await kindOf(pins, '4271')).toBe('locked')
    expect([await pins.unlock(ANN), await pins.unlock(ANN)]).toEqual([true, false])
    expect(await kindOf(pins, '4271')).toBe('right')
    for (let n = 0; n < 4; n++) await kindOf(pins, '9999')
    await pins.set(ANN, '1234', NOW)
    expect(await kindOf(pins, '1234')).toBe('right')
  })

  test('a number without a PIN gets the same answers as one with a PIN', async () => {
    const pins = await open()
    await pins.set(ANN, '4271', NOW)
    for (const owner of [ANN, BOB]) {
      const checks: unknown[] = []
      for (let n = 0; n < 4; n++) checks.push(await pins.check(owner, web('192.0.2.1'), '9999', NOW))
      expect(checks).toEqual([
        { kind: 'wrong', lockedMs: 0 },
        { kind: 'wrong', lockedMs: 0 },
        { kind: 'wrong', lockedMs: MINUTES },
        { kind: 'locked', forMs: MINUTES },
      ])
    }
  })

  test('of twenty tries at once only three are checked', async () => {
    const pins = await open()
    await pins.set(ANN, '4271', NOW)
    const checks = await Promise.all(Array.from({ length: 20 }, () => pins.check(ANN, PHONE, '9999', NOW)))
    expect(checks.filter(({ kind }) => kind === 'wrong')).toHaveLength(3)
    expect((await pins.check(BOB, PHONE, '9999', NOW)).kind).toBe('wrong')
  })

  test('wrong tries are forgotten after a week, and deleted in batches', async () => {
    const pins = await open()
    for (let n = 0; n < 4; n++) await kindOf(pins, '9999')
    const week = later(7 * 24 * 60 * MINUTES)
    expect(await pins.waitMs(ANN, PHONE, week)).toBe(0)
    expect(await pins.tidy(later(MINUTES), 100)).toBe(0)
    expect([await pins.tidy(week, 100), await pins.tidy(week, 100), await pins.unlock(ANN)]).toEqual([1, 0, false])
  })
})
