import fc from 'fast-check'
import { DateTime } from 'luxon'
import { expect, test } from 'vitest'
import { type Due, isOverdue, parseDue, sayDue } from '../../../src/tasks/dates/due.ts'

/**
 * The usual zones, and some with days that begin at one, half hours, clock changes of half an hour, and both ends of the
 * day.
 */
const ZONES = `America/New_York America/Los_Angeles Europe/Berlin Asia/Tokyo Pacific/Auckland UTC Asia/Kolkata
  Africa/Cairo America/Havana America/Santiago Australia/Lord_Howe Asia/Kathmandu Pacific/Chatham America/St_Johns
  Pacific/Kiritimati Pacific/Pago_Pago`.split(/\s+/)
const WORDS =
  `the a of at on by before in next this last end start first second third ninth twenty thirty thirtieth five
  nine twelve oh half quarter past to after from week weeks month day days year Friday Monday Sunday today tomorrow
  tonight yesterday morning afternoon evening night noon midnight am pm o'clock hour hours minutes and no wait before
  January February March thirty-first 12/5 2/30 2027 29 31 5:30 17:00 0 close business weekend Christmas eve new year's
  quarter every or ago 2026-02-29 working couple few hundred thousand`.split(/\s+/)
const DAY_MS = 86_400_000

const when = fc.record({
  zone: fc.constantFrom(...ZONES),
  now: fc.date({ min: new Date('2024-01-01'), max: new Date('2036-01-01'), noInvalidDate: true }),
})
const spoken = fc.array(fc.constantFrom(...WORDS), { maxLength: 9 }).map(words => words.join(' '))
const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 60 }))

function isWhole(due: Due): boolean {
  if (due.kind === 'day') return DateTime.fromISO(due.date).isValid && /^\d{4}-\d\d-\d\d$/.test(due.date)
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/.test(due.at)
}

function checked(text: string, at: { readonly zone: string; readonly now: Date }): string {
  const reading = parseDue(text, at)
  if (reading.kind === 'unclear') return reading.why
  expect(isWhole(reading.due), JSON.stringify(reading)).toBe(true)
  expect(isOverdue(reading.due, at), JSON.stringify(reading)).toBe(false)
  return sayDue(reading.due, at)
}

test('any text is a due date that is not in the past, or a short sentence on why not', () => {
  fc.assert(
    fc.property(anything, when, (text, at) => {
      expect(checked(text, at)).toMatch(/^[A-Za-z][A-Za-z ,]{3,110}$/)
    }),
    { numRuns: 400 },
  )
})

test('words of dates in any order are a due date that is not in the past, or a short sentence on why not', () => {
  fc.assert(
    fc.property(spoken, when, (text, at) => {
      expect(checked(text, at)).toMatch(/^[A-Za-z][A-Za-z ,]{3,110}$/)
    }),
    { numRuns: 800 },
  )
})

test('a day within the year that is said is read back as the same day', () => {
  fc.assert(
    fc.property(when, fc.integer({ min: 0, max: 364 }), (at, ahead) => {
      const date = DateTime.fromJSDate(at.now, { zone: at.zone }).plus({ days: ahead }).toFormat('yyyy-MM-dd')
      const due: Due = { kind: 'day', date }
      expect(parseDue(sayDue(due, at), at), sayDue(due, at)).toEqual({ kind: 'due', due })
    }),
    { numRuns: 250 },
  )
})

/** Whether it is the second of two equal clock times: when spoken, the first is meant. */
function isSecondTime(millis: number, { zone, now }: { readonly zone: string; readonly now: Date }): boolean {
  const possible = DateTime.fromMillis(millis, { zone }).getPossibleOffsets()
  return possible.some(other => other.toMillis() < millis && other.toMillis() > now.getTime())
}

test('a time within the year that is said is read back as the same instant', () => {
  const ahead = fc.oneof(fc.integer({ min: 1, max: 10 * 1440 }), fc.integer({ min: 1, max: 364 * 1440 }))
  fc.assert(
    fc.property(when, ahead, (at, minutes) => {
      const millis = (Math.floor(at.now.getTime() / 60_000) + minutes) * 60_000
      fc.pre(!isSecondTime(millis, at))
      const due: Due = { kind: 'time', at: new Date(millis).toISOString() }
      expect(parseDue(sayDue(due, at), at), sayDue(due, at)).toEqual({ kind: 'due', due })
    }),
    { numRuns: 400 },
  )
})

test('every minute of the days when clocks change is read back as said', () => {
  const changes = [
    ['America/New_York', '2026-03-08T06:00Z'],
    ['America/New_York', '2026-11-01T04:00Z'],
    ['Europe/Berlin', '2026-10-24T23:00Z'],
    ['Africa/Cairo', '2026-04-23T20:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T14:00Z'],
    ['America/Havana', '2026-11-01T03:00Z'],
  ] as const
  for (const [zone, from] of changes) {
    const start = Date.parse(from)
    for (let millis = start; millis < start + DAY_MS / 6; millis += 5 * 60_000) {
      const at = { zone, now: new Date(start - DAY_MS) }
      if (isSecondTime(millis, at)) continue
      const due: Due = { kind: 'time', at: new Date(millis).toISOString() }
      expect(parseDue(sayDue(due, at), at), `${zone} ${sayDue(due, at)}`).toEqual({ kind: 'due', due })
    }
  }
})
