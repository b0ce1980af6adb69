import { describe, expect, test } from 'vitest'
import { type DueReading, parseDue } from '../../../src/tasks/dates/due.ts'
import { MOMENTS, TABLE } from './due-table.ts'
import { SPOKEN } from './spoken-table.ts'

function meaning(expected: string): DueReading {
  if (expected.startsWith('? ')) return { kind: 'unclear', why: expected.slice(2) }
  if (!expected.includes('T')) return { kind: 'due', due: { kind: 'day', date: expected } }
  return { kind: 'due', due: { kind: 'time', at: new Date(expected).toISOString() } }
}

describe('what callers say about when a task is due', () => {
  test.each(TABLE)('"%s" (%s) means %s', (text, moment, expected) => {
    const { zone, now } = MOMENTS[moment]
    expect(parseDue(text, { zone, now: new Date(now) })).toEqual(meaning(expected))
  })

  test.each(SPOKEN)('"%s" means %s', (text, expected) => {
    const { zone, now } = MOMENTS.newYork
    expect(parseDue(text, { zone, now: new Date(now) })).toEqual(meaning(expected))
  })

  test('the table has at least a hundred rows, all different', () => {
    expect(new Set(TABLE.map(([text, moment]) => `${text} ${moment}`)).size).toBe(TABLE.length)
    expect(TABLE.length).toBeGreaterThanOrEqual(100)
  })
})

describe('the words of a due date', () => {
  const at = { zone: 'America/New_York', now: new Date('2026-01-07T14:00-05:00') }

  test('numbers with a slash are read day first where that is the order', () => {
    expect(parseDue('12/5', { ...at, order: 'day-month' })).toEqual(meaning('2026-05-12'))
    expect(parseDue('5/13', { ...at, order: 'day-month' })).toEqual(meaning('2026-05-13'))
  })

  test('an instant as programs write it is taken as it is, and without an offset as local', () => {
    expect(parseDue('2026-01-09T17:00:00Z', at)).toEqual(meaning('2026-01-09T17:00Z'))
    expect(parseDue('2026-01-09T17:00', at)).toEqual(meaning('2026-01-09T17:00-05:00'))
    expect(parseDue('2025-01-09T17:00', at)).toEqual(meaning('? That date has passed'))
    expect(parseDue('2026-13-09T17:00', at)).toEqual(meaning('? I did not understand that date'))
  })

  test('the current time has passed, so that of the next day is meant', () => {
    const now = new Date('2026-01-07T17:00-05:00')
    expect(parseDue('at five', { ...at, now })).toEqual(meaning('2026-01-08T17:00-05:00'))
    expect(parseDue('today at 5 pm', { ...at, now })).toEqual(meaning('? That time has passed'))
  })

  test('a delay is rounded up to whole minutes', () => {
    const now = new Date('2026-01-07T14:00:30-05:00')
    expect(parseDue('in ten minutes', { ...at, now })).toEqual(meaning('2026-01-07T14:11-05:00'))
  })

  test('a text longer than any date is refused without being read', () => {
    expect(parseDue('Friday '.repeat(10_000), at)).toEqual(meaning('? That is too long for a date'))
    expect(parseDue('a '.repeat(60), at)).toEqual(meaning('? That is too long for a date'))
  })

  const tomorrowAtFive = { kind: 'time', at: '2026-01-08T22:00:00.000Z' } as const

  test.each([
    ['Thursday next week', '2026-01-15T17:00-05:00'],
    ['no, Friday', '2026-01-09T17:00-05:00'],
    ['at six', '2026-01-08T18:00-05:00'],
    ['six', '2026-01-08T18:00-05:00'],
    ['in the morning', '2026-01-08T09:00-05:00'],
    ['Friday at noon', '2026-01-09T12:00-05:00'],
    ['end of day Friday', '2026-01-09'],
    ['tonight', '2026-01-07T20:00-05:00'],
    ['next week', '2026-01-12'],
    ['in ten minutes', '2026-01-07T14:10-05:00'],
    ['gibberish', '? I did not understand that date'],
  ])('of what was due tomorrow at five, "%s" corrects only what it says', (text, expected) => {
    expect(parseDue(text, at, tomorrowAtFive)).toEqual(meaning(expected))
  })

  test('a new time keeps the day that was due, and a day that has passed is not kept', () => {
    expect(parseDue('at six', at, { kind: 'day', date: '2026-01-09' })).toEqual(meaning('2026-01-09T18:00-05:00'))
    expect(parseDue('at six', at, { kind: 'day', date: '2026-01-05' })).toEqual(meaning('2026-01-07T18:00-05:00'))
    const midnight = { kind: 'time', at: '2026-01-10T05:00:00.000Z' } as const
    expect(parseDue('Monday', at, midnight)).toEqual(meaning('2026-01-13T00:00-05:00'))
  })

  test('an unknown zone is an error that names it', () => {
    expect(() => parseDue('Friday', { ...at, zone: 'Mars/Olympus' })).toThrow(/Mars\/Olympus.*Europe\/Berlin/)
  })
})
