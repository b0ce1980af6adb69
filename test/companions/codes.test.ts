import { describe, expect, onTestFinished, test } from 'vitest'
import { CODE_MS, companionCodesIn } from '../../src/companions/codes.ts'
import { openDatabase } from '../../src/database/database.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { databasesFor } from '../tasks/databases.ts'

const NOW = new Date('2026-11-19T10:00:00Z')
const later = (ms: number): Date => new Date(NOW.getTime() + ms)
const MINUTE_MS = 60_000
const HERE = '192.0.2.1'

/** Draws from a seed, or these numbers one after the other. */
function chanceOf(seed: number | readonly number[]): (below: number) => number {
  const random = seeded(typeof seed === 'number' ? seed : 0)
  const left = typeof seed === 'number' ? [] : [...seed]
  return below => left.shift() ?? Math.floor(random() * below)
}

describe.each(await databasesFor('the codes of companions'))('in $name', ({ newUrl }) => {
  async function open(seed: number | readonly number[] = 1, url?: string, secret = 'secret') {
    const database = await openDatabase(url ?? (await newUrl()))
    onTestFinished(() => database.close())
    return { database, codes: await companionCodesIn(database, secret, chanceOf(seed)) }
  }

  test('a code has six digits, leads to its call, and is good once', async () => {
    const { codes } = await open([7])
    const code = await codes.make('CA1', NOW)
    expect(code).toBe('000007')
    expect(await codes.redeem(code, HERE, NOW)).toEqual({ kind: 'right', callId: 'CA1' })
    expect(await codes.redeem(code, HERE, NOW)).toEqual({ kind: 'wrong' })
  })

  test('it is good at every server with the same secret, for one of two who come at once', async () => {
    const url = await newUrl()
    const one = await open(1, url)
    const other = await open(2, url)
    const code = await one.codes.make('CA1', NOW)
    const both = await Promise.all([one, other].map(({ codes }) => codes.redeem(code, HERE, NOW)))
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['right', 'wrong'])
    const stranger = await open(3, url, 'another secret')
    expect(await stranger.codes.redeem(await one.codes.make('CA1', NOW), HERE, NOW)).toEqual({ kind: 'wrong' })
  })

  test('it is good for ten minutes', async () => {
    const { codes } = await open()
    const code = await codes.make('CA1', NOW)
    expect((await codes.redeem(code, HERE, later(CODE_MS))).kind).toBe('wrong')
    expect((await codes.redeem(code, HERE, later(CODE_MS - 1))).kind).toBe('right')
  })

  test('a call has one code, and none when it is over', async () => {
    const { codes } = await open()
    const [first, second, other] = [
      await codes.make('CA1', NOW),
      await codes.make('CA1', NOW),
      await codes.make('CA2', NOW),
    ]
    expect((await codes.redeem(first, HERE, NOW)).kind).toBe('wrong')
    await codes.forget('CA1')
    expect((await codes.redeem(second, HERE, NOW)).kind).toBe('wrong')
    expect(await codes.redeem(other, HERE, NOW)).toEqual({ kind: 'right', callId: 'CA2' })
  })

  test('no two calls have the same code', async () => {
    const { codes } = await open([5, 5, 5, 6])
    expect([await codes.make('CA1', NOW), await codes.make('CA2', NOW)]).toEqual(['000005', '000006'])
    const always = await open(Array<number>(40).fill(5))
    await always.codes.make('CA1', NOW)
    await expect(always.codes.make('CA2', NOW)).rejects.toThrow('in use')
  })

  test('nothing that is stored holds the code or the address', async () => {
    const { codes, database } = await open([482_917])
    await codes.make('CA1', NOW)
    await codes.redeem('111111', HERE, NOW)
    type Tables = { companion_codes: object; companion_tries: object }
    const db = database.db.withTables<Tables>()
    const rows = [
      await db.selectFrom('companion_codes').selectAll().execute(),
      await db.selectFrom('companion_tries').selectAll().execute(),
    ]
    expect(rows.map(({ length }) => length)).toEqual([1, 2])
    expect(JSON.stringify(rows)).not.toMatch(/482917|111111|192\.0\.2/)
  })

  test('after five wrong tries an address is refused, even with the right code, until ten minutes are over', async () => {
    const { codes } = await open()
    const kinds: string[] = []
    for (let i = 0; i < 6; i++) kinds.push((await codes.redeem('x', HERE, later(i))).kind)
    expect(kinds).toEqual([...Array<string>(5).fill('wrong'), 'limited'])
    const code = await codes.make('CA1', later(MINUTE_MS))
    expect((await codes.redeem(code, HERE, later(2 * MINUTE_MS))).kind).toBe('limited')
    expect((await codes.redeem(code, HERE, later(CODE_MS))).kind).toBe('right')
  })

  test('after fifty wrong tries in a minute from anywhere all are refused until the minute is over', async () => {
    const { codes } = await open()
    const code = await codes.make('CA1', NOW)
    const tries = Array.from({ length: 55 }, (_, i) => codes.redeem('x', `198.51.100.${i}`, NOW))
    const kinds = (await Promise.all(tries)).map(({ kind }) => kind)
    expect(kinds.filter(kind => kind === 'wrong')).toHaveLength(50)
    expect((await codes.redeem(code, HERE, later(MINUTE_MS - 1))).kind).toBe('limited')
    expect((await codes.redeem(code, HERE, later(MINUTE_MS))).kind).toBe('right')
  })

  test('right tries are not counted', async () => {
    const { codes } = await open()
    for (let i = 0; i < 8; i++) {
      const code = await codes.make('CA1', NOW)
      expect((await codes.redeem(code, HERE, NOW)).kind).toBe('right')
    }
  })

  test('what is old is deleted, a batch at a time', async () => {
    const { codes } = await open()
    for (let i = 0; i < 3; i++) await codes.make(`CA${i}`, NOW)
    await codes.redeem('x', HERE, NOW)
    expect(await codes.tidy(later(CODE_MS - 1), 100)).toBe(0)
    expect(await codes.tidy(later(CODE_MS), 2)).toBe(4)
    expect(await codes.tidy(later(CODE_MS), 2)).toBe(1)
    expect(await codes.tidy(later(CODE_MS), 2)).toBe(0)
  })
})
