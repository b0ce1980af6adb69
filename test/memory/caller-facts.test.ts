import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { callerFactsIn } from '../../src/memory/caller-facts.ts'
import { databasesFor } from '../tasks/databases.ts'

const ANNA = '+15550100201'
const BEN = '+15550100202'
const hashOf = (owner: string): string => `hash of ${owner.slice(-3)}`
const at = (day: number) => new Date(Date.UTC(2026, 10, day))
const said = (day: number, callId = `call-${day}`) => ({ callId, at: at(day) })

describe.each(await databasesFor('facts about callers'))('in $name', ({ newUrl }) => {
  async function opened() {
    const database = await openDatabase(await newUrl())
    onTestFinished(() => database.close())
    return { database, facts: await callerFactsIn(database, hashOf) }
  }
  const other = (text: string) => ({ about: 'other', text }) as const

  test('who was never asked is unasked, and what one has said is nobody else’s', async () => {
    const { facts } = await opened()
    expect(await facts.of(ANNA)).toEqual({ consent: 'unasked', facts: [] })
    await facts.asked(ANNA, said(1))
    expect(await facts.of(ANNA)).toEqual({ consent: 'asked', facts: [] })
    await facts.remember(ANNA, { about: 'name', text: 'Ann' }, said(3))
    expect(await facts.of(ANNA)).toEqual({
      consent: 'yes',
      facts: [{ about: 'name', text: 'Ann', saidAt: '2026-11-03T00:00:00.000Z' }],
    })
    expect(await facts.of(BEN)).toEqual({ consent: 'unasked', facts: [] })
  })

  test('a name replaces the one before, the same fact is there once, and of twenty others the oldest goes', async () => {
    const { facts } = await opened()
    await facts.remember(ANNA, { about: 'name', text: 'An' }, said(1))
    await facts.remember(ANNA, { about: 'name', text: 'Ann' }, said(2))
    await facts.remember(ANNA, other('no onions'), said(3))
    await facts.remember(ANNA, other('No onions'), said(4))
    expect((await facts.of(ANNA)).facts.map(({ text }) => text)).toEqual(['Ann', 'No onions'])
    for (let i = 5; i < 25; i++) await facts.remember(ANNA, other(`fact ${i}`), said(i))
    const texts = (await facts.of(ANNA)).facts.map(({ text }) => text)
    expect(texts).toHaveLength(21)
    expect(texts).not.toContain('No onions')
    expect(texts).toContain('fact 24')
  })

  test('two calls of a number at once lose nothing of each other', async () => {
    const { facts } = await opened()
    await Promise.all(Array.from({ length: 8 }, (_, i) => facts.remember(ANNA, other(`fact ${i}`), said(1))))
    expect((await facts.of(ANNA)).facts).toHaveLength(8)
  })

  test('who wants to be forgotten has nothing left but their no, and the others have all', async () => {
    const { facts } = await opened()
    for (const owner of [ANNA, BEN]) await facts.remember(owner, other('no onions'), said(1))
    expect(await facts.forget(ANNA, said(2))).toBe(1)
    expect(await facts.of(ANNA)).toEqual({ consent: 'no', facts: [] })
    expect((await facts.of(BEN)).facts).toHaveLength(1)
  })

  test('who is erased was never there, also what a call of theirs says later', async () => {
    const { facts } = await opened()
    for (const owner of [ANNA, BEN]) await facts.remember(owner, other('no onions'), said(1))
    await facts.erase(hashOf(ANNA))
    expect(await facts.of(ANNA)).toEqual({ consent: 'unasked', facts: [] })
    // A call that went on meanwhile.
    await facts.remember(ANNA, other('no garlic'), said(2))
    await facts.eraseOf(['call-2'])
    expect(await facts.of(ANNA)).toEqual({ consent: 'unasked', facts: [] })
    expect((await facts.of(BEN)).facts).toHaveLength(1)
  })

  test('who has not called for long is forgotten, with the facts, and who calls again is not', async () => {
    const { facts, database } = await opened()
    for (const owner of [ANNA, BEN]) await facts.remember(owner, other('no onions'), said(1))
    await facts.seen(BEN, at(20))
    expect(await facts.tidy(at(10), 100)).toBe(1)
    expect(await facts.tidy(at(10), 100)).toBe(0)
    expect(await facts.of(ANNA)).toEqual({ consent: 'unasked', facts: [] })
    expect((await facts.of(BEN)).facts).toHaveLength(1)
    const left = await database.db
      .withTables<{ caller_facts: { caller: string } }>()
      .selectFrom('caller_facts')
      .select('caller')
      .execute()
    expect(left).toEqual([{ caller: hashOf(BEN) }])
  })
})
