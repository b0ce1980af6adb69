import { describe, expect, test } from 'vitest'
import { type Due, dueKey, isDueToday, isOverdue, sayDue } from '../../../src/tasks/dates/due.ts'

/** A Wednesday, two in the afternoon. */
const AT = { zone: 'America/New_York', now: new Date('2026-01-07T14:00-05:00') }

function day(date: string): Due {
  return { kind: 'day', date }
}

function time(local: string): Due {
  return { kind: 'time', at: new Date(local).toISOString() }
}

describe('a due date is said as people say it', () => {
  test.each([
    ['2026-01-07', 'today'],
    ['2026-01-08', 'tomorrow'],
    ['2026-01-09', 'Friday'],
    ['2026-01-13', 'Tuesday'],
    ['2026-01-14', 'Wednesday, January fourteenth'],
    ['2026-03-03', 'Tuesday, March third'],
    ['2026-05-31', 'Sunday, May thirty first'],
    ['2027-01-01', 'Friday, January first, twenty twenty seven'],
    ['2026-01-06', 'yesterday'],
    ['2026-01-02', 'last Friday'],
    ['2026-01-01', 'last Thursday'],
    ['2025-12-31', 'December thirty first, twenty twenty five'],
    ['2009-07-04', 'July fourth, two thousand nine'],
    ['1905-07-04', 'July fourth, nineteen oh five'],
    ['2100-07-05', 'Monday, July fifth, twenty one hundred'],
  ])('the day %s: %s', (date, said) => {
    expect(sayDue(day(date), AT)).toBe(said)
  })

  test('a date of this year that is over a week ago has no weekday', () => {
    expect(sayDue(day('2026-01-03'), { ...AT, now: new Date('2026-03-07T14:00-05:00') })).toBe('January third')
  })

  test.each([
    ['2026-01-07T17:00-05:00', 'today at five'],
    ['2026-01-07T17:30-05:00', 'today at five thirty'],
    ['2026-01-07T20:00-05:00', 'tonight at eight'],
    ['2026-01-07T23:59-05:00', 'tonight at eleven fifty nine'],
    ['2026-01-08T00:00-05:00', 'tonight at midnight'],
    ['2026-01-08T00:30-05:00', 'tomorrow at twelve thirty in the morning'],
    ['2026-01-08T05:00-05:00', 'tomorrow at five in the morning'],
    ['2026-01-08T08:00-05:00', 'tomorrow at eight in the morning'],
    ['2026-01-08T09:00-05:00', 'tomorrow at nine'],
    ['2026-01-08T09:05-05:00', 'tomorrow at nine oh five'],
    ['2026-01-08T12:00-05:00', 'tomorrow at noon'],
    ['2026-01-08T12:15-05:00', 'tomorrow at twelve fifteen'],
    ['2026-01-09T19:00-05:00', 'Friday at seven in the evening'],
    ['2026-01-09T22:45-05:00', 'Friday at ten forty five at night'],
    ['2026-01-10T00:00-05:00', 'Friday at midnight'],
    ['2026-01-16T17:00-05:00', 'Friday, January sixteenth at five'],
    ['2026-01-06T17:00-05:00', 'yesterday at five'],
  ])('the time %s: %s', (local, said) => {
    expect(sayDue(time(local), AT)).toBe(said)
  })

  test('days are those of the zone that it is said in', () => {
    const at = time('2026-01-09T23:30-05:00')
    expect(sayDue(at, AT)).toBe('Friday at eleven thirty at night')
    expect(sayDue(at, { ...AT, zone: 'Asia/Tokyo' })).toBe('Saturday at one thirty')
    expect(sayDue(day('2026-01-08'), { ...AT, zone: 'Asia/Tokyo' })).toBe('today')
  })
})

describe('what is due and overdue', () => {
  const now = (local: string) => ({ ...AT, now: new Date(local) })

  test('a day is due through its last moment and overdue after it', () => {
    expect(isOverdue(day('2026-01-07'), now('2026-01-07T23:59:59.999-05:00'))).toBe(false)
    expect(isOverdue(day('2026-01-07'), now('2026-01-08T00:00-05:00'))).toBe(true)
    expect(isDueToday(day('2026-01-07'), now('2026-01-07T00:00-05:00'))).toBe(true)
    expect(isDueToday(day('2026-01-07'), now('2026-01-07T23:59:59.999-05:00'))).toBe(true)
    expect(isDueToday(day('2026-01-07'), now('2026-01-06T23:59:59.999-05:00'))).toBe(false)
    expect(isDueToday(day('2026-01-07'), now('2026-01-08T00:00-05:00'))).toBe(false)
  })

  test('a time is overdue after it has passed, and due today all day', () => {
    expect(isOverdue(time('2026-01-07T17:00-05:00'), now('2026-01-07T17:00-05:00'))).toBe(false)
    expect(isOverdue(time('2026-01-07T17:00-05:00'), now('2026-01-07T17:00:00.001-05:00'))).toBe(true)
    expect(isDueToday(time('2026-01-07T17:00-05:00'), now('2026-01-07T09:00-05:00'))).toBe(true)
    expect(isDueToday(time('2026-01-07T17:00-05:00'), now('2026-01-07T21:00-05:00'))).toBe(true)
    expect(isDueToday(time('2026-01-07T17:00-05:00'), now('2026-01-06T21:00-05:00'))).toBe(false)
  })

  test('the midnight that ends a day is due on that day and not on the next', () => {
    expect(isDueToday(time('2026-01-08T00:00-05:00'), now('2026-01-07T14:00-05:00'))).toBe(true)
    expect(isDueToday(time('2026-01-08T00:00-05:00'), now('2026-01-08T00:00-05:00'))).toBe(false)
  })

  test('a day ends where its owner is, also on days of twenty three and twenty five hours', () => {
    expect(dueKey(day('2026-01-07'), 'America/New_York')).toBe('2026-01-08T04:59:59.999Z')
    expect(dueKey(day('2026-03-29'), 'Europe/Berlin')).toBe('2026-03-29T21:59:59.999Z')
    expect(dueKey(day('2026-10-25'), 'Europe/Berlin')).toBe('2026-10-25T22:59:59.999Z')
    expect(dueKey(day('2026-07-01'), 'Pacific/Kiritimati')).toBe('2026-07-01T09:59:59.999Z')
    expect(dueKey(day('2026-07-01'), 'Pacific/Pago_Pago')).toBe('2026-07-02T10:59:59.999Z')
  })

  test('keys sort times before the end of their day and before the next', () => {
    const dues = [day('2026-01-07'), time('2026-01-07T17:00-05:00'), time('2026-01-08T09:00-05:00'), day('2026-01-08')]
    const keys = dues.map(due => dueKey(due, AT.zone))
    expect(keys.toSorted()).toEqual([keys[1], keys[0], keys[2], keys[3]])
  })
})
