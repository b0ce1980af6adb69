import { cardinal } from './number-words.ts'

const TIMES_TO = /(?<![\w.,:/])(\d{1,2}:[0-5]\d)(?: ?h(?:rs?)?\.?)? ?[–—-] ?(?=\d{1,2}:[0-5]\d)/g
const WITH_HALF = /(?<![\w.,:/])(\d{1,2})(?:[:.]([0-5]\d))?(?::[0-5]\d)? ?(?:([ap])\. ?m\.|([ap])m)(?![\p{L}\p{N}])/giu
const HALF_ALONE = /(?<![\p{L}\p{N}.])([ap])\. ?m\.(?!\p{L})/giu
const WITH_SIGN = /(?<![\w.,:/])(\d{1,2})(?:[:.]([0-5]\d))? ?(?:h|hs|hr|hrs|horas)(?![\p{L}\p{N}/])/gu
/** Noon in America: "12 m." */
const NOON_SIGN = /(?<![\w.,:/])12(?::00)? ?m\.(?!\p{L})/gu
const CLOCK = /(?<![\w.,:/])(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?![\w:%]|[.,]\d)/g
const RATIO = /(?<![\w.,:])(\d{1,4}):(\d{1,4})(?![\w:]|[.,]\d)/g

const NOON = 12
const QUARTER = 15
const HALF_HOUR = 30

const hourWords = (hour: string): string => cardinal(String(Number(hour)), 'una')

/** "y media", "y cuarto", "y diez": as friends say it, up to twelve. */
function minutesAfter(minute: string): string {
  const value = Number(minute)
  if (value === 0) return ''
  if (value === QUARTER) return ' y cuarto'
  return value === HALF_HOUR ? ' y media' : ` y ${cardinal(String(value))}`
}

/** A time of the 24-hour clock, without its article: "cinco y media", "diecisiete treinta", "diecisiete horas". */
export function clockWords(hour: string, minute: string): string {
  const value = Number(hour)
  if (value >= 1 && value <= NOON) return hourWords(hour) + minutesAfter(minute)
  if (minute === '00') return `${hourWords(hour)} horas`
  return `${hourWords(hour)} ${minute.startsWith('0') ? `cero ${cardinal(minute.slice(1))}` : cardinal(minute)}`
}

function partOfDay(hour: number, half: string): string {
  if (half.toLowerCase() === 'a') return hour === NOON ? 'de la noche' : 'de la mañana'
  if (hour === NOON) return 'del mediodía'
  return hour < 8 ? 'de la tarde' : 'de la noche'
}

/** Times as they are said: "cinco y media de la tarde", "diecisiete treinta". */
export function timesInWords(text: string): string {
  return text
    .replace(TIMES_TO, '$1 a ')
    .replace(
      WITH_HALF,
      (whole, hour: string, minute: string | undefined, dotted: string, plain: string, at: number, all: string) => {
        const value = Number(hour)
        if (value < 1 || value > NOON) return whole
        const end = whole.endsWith('.') && /^["')\]]*$/.test(all.slice(at + whole.length, at + whole.length + 4))
        return `${hourWords(hour)}${minutesAfter(minute ?? '00')} ${partOfDay(value, dotted ?? plain)}${end ? '.' : ''}`
      },
    )
    .replace(NOON_SIGN, (sign, at: number, all: string) => {
      return `doce del mediodía${at + sign.length === all.length ? '.' : ''}`
    })
    .replace(HALF_ALONE, (_, half: string) => (half.toLowerCase() === 'a' ? 'de la mañana' : 'de la tarde'))
    .replace(WITH_SIGN, (whole, hour: string, minute?: string) => {
      if (Number(hour) > 24) return whole
      if (minute === undefined || minute === '00') return `${hourWords(hour)} ${Number(hour) === 1 ? 'hora' : 'horas'}`
      return clockWords(hour, minute)
    })
    .replace(CLOCK, (whole, hour: string, minute: string, second?: string | number) => {
      if (Number(hour) > 24) return whole
      const seconds = typeof second === 'string' ? ` y ${cardinal(String(Number(second)), 'un')} segundos` : ''
      return clockWords(hour, minute) + seconds
    })
    .replace(RATIO, (_, left: string, right: string) => `${left} a ${right}`)
}
