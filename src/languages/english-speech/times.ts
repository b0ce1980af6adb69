import { cardinal } from './number-words.ts'

const HALF = '([ap])(\\.?) ?m\\b(\\.?)'
const WITH_HALF = new RegExp(`(?<![\\w.,:/])(\\d{1,2})(?:[:.]([0-5]\\d))?(?::[0-5]\\d)? ?${HALF}`, 'gi')
const CLOCK = /(?<![\w.,:/])(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?![\w:%]|[.,]\d)/g
const FRENCH_CLOCK = /(?<![\w.,:/])(\d{1,2})h([0-5]\d)(?![\w:])/g
const MILITARY = /(?<![\w.,:/-])([01]\d|2[0-3])([0-5]\d) hours(?!\p{L})/gu
const HALF_ALONE = /(?<![\p{L}\p{N}])([ap])\. ?m\.(?=([^\p{L}\p{N}]*)(\p{L}*))/giu
const RATIO = /(?<![\w.,:])(\d{1,4}):(\d{1,4})(?![\w:]|[.,]\d)/g
/** Names that follow a time without a new sentence. */
const FOLLOWS =
  /^(?:\p{Ll}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Eastern|Central|Mountain|Pacific|[A-Z]{2,4}$|I$)/u

const minuteWords = (minute: string): string =>
  minute === '00' ? '' : ` ${minute.startsWith('0') ? `oh ${cardinal(minute.slice(1))}` : cardinal(minute)}`

/** A time of the 24-hour clock: "five thirty p m", "midnight". From one to twelve it may be either half of the day. */
export function hourInWords(hour: string, minute: string): string {
  const value = Number(hour)
  if (value % 24 === 0 && minute === '00') return 'midnight'
  const half = value % 24 === 0 ? ' a m' : value > 12 ? ' p m' : ''
  const exact = minute === '00' && half === '' ? " o'clock" : ''
  return `${cardinal(String(value % 12 || 12))}${minuteWords(minute)}${half}${exact}`
}

/** Times as they are said: "five thirty p m", "ten oh five". */
export function timesInWords(text: string): string {
  return text
    .replace(MILITARY, (_, hour: string, minute: string) => {
      const hours = hour.startsWith('0') ? `zero ${cardinal(hour.slice(1))}` : cardinal(hour)
      return `${hours} ${minute === '00' ? 'hundred' : cardinal(minute)} hours`
    })
    .replace(
      WITH_HALF,
      (
        whole,
        hour: string,
        minute: string | undefined,
        half: string,
        dot: string,
        stop: string,
        at: number,
        all: string,
      ) => {
        if (Number(hour) < 1 || Number(hour) > 12) return whole
        const isEnd = stop === '.' && (dot === '' || endsSentence(all.slice(at + whole.length, at + whole.length + 20)))
        return `${cardinal(String(Number(hour)))}${minuteWords(minute ?? '00')} ${half.toLowerCase()} m${isEnd ? '.' : ''}`
      },
    )
    .replace(
      HALF_ALONE,
      (_, half: string, between: string, word: string) =>
        `${half.toLowerCase()} m${endsSentence(between + word) ? '.' : ''}`,
    )
    .replace(CLOCK, clockInWords)
    .replace(FRENCH_CLOCK, clockInWords)
    .replace(RATIO, (_, left: string, right: string) => `${left} to ${right}`)
}

function clockInWords(whole: string, hour: string, minute: string, second?: string | number): string {
  if (Number(hour) > 24) return whole
  const seconds = typeof second === 'string' ? ` and ${cardinal(String(Number(second)))} seconds` : ''
  return hourInWords(hour, minute) + seconds
}

/** Does a sentence end before this text? */
function endsSentence(after: string): boolean {
  const word = /^\s+(\p{L}+)/u.exec(after)?.[1]
  if (word !== undefined) return !FOLLOWS.test(word)
  return /^["')\]\s]*$/.test(after)
}
