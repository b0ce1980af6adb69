import { DateTime } from 'luxon'
import { type Due, type DueReading, parseDue, sayDue } from '../../tasks/dates/due.ts'
import type { About, Reading } from '../collector.ts'
import { unclear, wordsIn } from '../collector.ts'
import { isNothing } from './words.ts'

const PHRASES = {
  again: {
    en: 'I did not catch the date.',
    de: 'Das Datum habe ich nicht verstanden.',
    es: 'No he entendido la fecha.',
  },
  time: { en: 'And at what time?', de: 'Und um wie viel Uhr?', es: '¿Y a qué hora?' },
}
const MOST_LETTERS = 200
const LEAD =
  /^(?:(?:um|uh|well|so|oh|yes|yeah|sure|okay|ok|how about|what about|let's say|let's do|can we do|could we do|i'd like|i'd like to come|it's|that's|maybe we could do|we'd like|book it for|for|make it|a table for|i want|i need it)[,]?\s+)+/i
const TAIL =
  /[,.]?\s+(?:please|thanks|thank you|if (?:that's|it's) (?:possible|okay|ok)|would be (?:great|good|fine|nice|perfect|lovely)|works(?: for me)?|is (?:fine|good|great)|if you have (?:it|that))[.!?]?$/i

/** "YYYY-MM-DD", or "YYYY-MM-DDTHH:MM" in the zone. */
const written = (due: Due, zone: string): string =>
  due.kind === 'day' ? due.date : DateTime.fromISO(due.at, { zone }).toFormat("yyyy-MM-dd'T'HH:mm")

const dueOf = (value: string, zone: string): Due =>
  value.includes('T')
    ? { kind: 'time', at: DateTime.fromISO(value, { zone }).toUTC().toISO() ?? '' }
    : { kind: 'day', date: value }

const dueOr = (reading: DueReading, other: DueReading): DueReading => (reading.kind === 'due' ? reading : other)

/** A day to come, in English words or as YYYY-MM-DD; with `needsTime` its time of day too. `before` keeps what is not said again. */
export function readWhen(
  words: string,
  about: About,
  before: string | undefined,
  zone: string,
  needsTime: boolean,
): Reading<string> {
  if (isNothing(words) || words.length > MOST_LETTERS) return unclear(PHRASES.again, about)
  const at = { now: about.now, zone }
  const bare = words.trim().replace(LEAD, '').replace(TAIL, '')
  const iso = /^(\d{4}-\d\d-\d\d)[ t](\d\d:\d\d)(?::\d\d)?$/i.exec(bare)
  const known = before === undefined ? null : dueOf(before, zone)
  const texts = [iso ? `${iso[1]}T${iso[2]}` : bare, words.trim()]
  const [text = '', whole = ''] = texts
  const first = parseDue(text, { ...at }, known)
  const reading = first.kind === 'due' || whole === text ? first : dueOr(parseDue(whole, { ...at }, known), first)
  if (reading.kind === 'unclear') {
    return {
      kind: 'unclear',
      why: about.language.code === 'en' ? `${reading.why}.` : wordsIn(PHRASES.again, about),
    }
  }
  const value = written(reading.due, zone)
  if (needsTime && reading.due.kind === 'day') return { kind: 'more', value, ask: wordsIn(PHRASES.time, about) }
  return { kind: 'value', value: needsTime ? value : value.slice(0, 10) }
}

/** "Friday at five thirty"; in other languages as their calendars write it. */
export function sayWhen(value: string, { language, now }: About, zone: string): string {
  if (language.code === 'en') return sayDue(dueOf(value, zone), { now, zone })
  const day = DateTime.fromISO(value, { zone }).setLocale(language.code)
  const time = value.includes('T')
  if (language.code === 'de') return day.toFormat(`cccc, d. LLLL${time ? " 'um' H:mm 'Uhr'" : ''}`)
  return day.toFormat(`cccc d 'de' LLLL${time ? " 'a las' H:mm" : ''}`)
}
