import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database.ts'
import { hashOf, matches } from '../../src/pins/pin-hash.ts'
import { pinsIn } from '../../src/pins/pins.ts'
import { databasesFor } from '../tasks/databases.ts'

const ANN = '+15551234567'
const BOB = '+15557654321'
const NOW = new Date('2026-11-19T10:00:00Z')
const MINUTES = 60_000
const later = (ms: number): Date => new Date(NOW.getTime() + ms)

test('a hash is salted, does not contain its PIN, and matches only that PIN', async () => {
  const [one, other] = [await hashOf('4271'), await hashOf('4271')]
  expect(one).not.toBe(other)
  expect(one).toMatch(/^scrypt:16384:8:1:[\w-]{22}:[\w-]{43}$/)
  expect(await Promise.all([matches('4271', one), matches('4272', one), matches('4271', undefined)])).toEqual([
    true,
    false,
    false,
  ])
  await expect(matches('4271', 'plain 4271')).rejects.toThrow('cannot be read')
})

describe.each(await databasesFor('the PINs'))('in $name', ({ newUrl }) => {
  async function open(url?: string) {
    const database = await openDatabase(url ?? (await newUrl()))
    onTestFinished(() => database.close())
    return pinsIn(database)
  }

  test('a number has the PIN that was set last, until it is removed', async () => {
    const pins = await open()
    expect([await pins.has(ANN), await pins.isRight(ANN, '4271'), await pins.remove(ANN)]).toEqual([
      false,
      false,
      false,
    ])
    await pins.set(ANN, '1111', NOW)
    await pins.set(ANN, '4271', NOW)
    expect([await pins.has(ANN), await pins.has(BOB)]).toEqual([true, false])
    expect([await pins.isRight(ANN, '4271'), await pins.isRight(ANN, '1111')]).toEqual([true, false])
    expect([await pins.remove(ANN), await pins.has(ANN), await pins.isRight(ANN, '4271')]).toEqual([true, false, false])
  })

  test.each(['', '123', '123456789', '12a4', ' 1234', '１２３４'])('"%s" is not a PIN', async pin => {
    const pins = await open()
    await expect(pins.set(ANN, pin, NOW)).rejects.toThrow('a PIN is 4 to 8 digits')
    expect(await pins.has(ANN)).toBe(false)
  })

  test('after five wrong tries even the right one waits 15 minutes, on every server', async () => {
    const url = await newUrl()
    const [pins, others] = [await open(url), await open(url)]
    await pins.set(ANN, '4271', NOW)
    for (let second = 0; second < 5; second++) {
      const check = await (second % 2 ? pins : others).check(ANN, '9999', later(second * 1_000))
      expect(check).toEqual({ kind: 'wrong' })
    }
    expect(await pins.check(ANN, '4271', later(5_000))).toEqual({ kind: 'locked', forMs: 15 * MINUTES - 1_000 })
    expect(await others.check(ANN, '4271', later(15 * MINUTES + 3_999))).toEqual({ kind: 'locked', forMs: 1 })
    expect(await pins.isRight(ANN, '4271')).toBe(true)
    expect(await pins.check(ANN, '4271', later(15 * MINUTES + 4_000))).toEqual({ kind: 'right' })
  })

  test('a right try or a new PIN resets the count of wrong tries', async () => {
    const pins = await open()
    await pins.set(ANN, '4271', NOW)
    for (const good of ['4271', '4271']) {
      for (let i = 0; i < 4; i++) await pins.check(ANN, '9999', NOW)
      expect(await pins.check(ANN, good, NOW)).toEqual({ kind: 'right' })
    }
    for (let i = 0; i < 5; i++) await pins.check(ANN, '9999', NOW)
    await pins.set(ANN, '1234', NOW)
    expect(await pins.check(ANN, '1234', NOW)).toEqual({ kind: 'right' })
  })

  test('a number without a PIN gets the same answers as one with a PIN', async () => {
    const pins = await open()
    const kinds: string[] = []
    for (let i = 0; i < 6; i++) kinds.push((await pins.check(BOB, '4271', NOW)).kind)
    expect(kinds).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'locked'])
  })

  test('of twenty tries at once only five are checked', async () => {
    const pins = await open()
    await pins.set(ANN, '4271', NOW)
    const checks = await Promise.all(Array.from({ length: 20 }, () => pins.check(ANN, '9999', NOW)))
    expect(checks.filter(({ kind }) => kind === 'wrong')).toHaveLength(5)
    expect(await pins.check(BOB, '9999', NOW)).toEqual({ kind: 'wrong' })
  })
})
