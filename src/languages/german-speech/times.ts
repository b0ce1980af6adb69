import { cardinal } from './number-words.ts'

const HOURS_TO =
  /(?<![\w.,:/])(\d{1,2}(?:[:.][0-5]\d)?(?: Uhr)?) ?[–—-] ?(?=\d{1,2}(?:[:.][0-5]\d)? ?Uhr)|(?<![\w.,:/])(\d{1,2}:[0-5]\d) ?[–—-] ?(?=\d{1,2}:[0-5]\d)/g
const WITH_WORD =
  /(?<![\w.,:/])(\d{1,2})(?:[:.]([0-5]\d))?(?::[0-5]\d)? ?(?:Uhr|h)(?![\p{L}\p{N}/])(?: ([0-5]?\d)(?![\d.,:]|\p{L}| ?[€%]| (?:Euro|Minuten|Stunden)))?/gu
const HOURS =
  /(?<![\w.,:/])(?<!(?:^|[^\p{L}])(?:um|ab|bis|von|gegen|seit|vor|nach|Uhr|und|zwischen) )(\d|1[0-2]) ?h(?![\p{L}\p{N}/])/giu
const CLOCK = /(?<![\w.,:/])(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?![\w:%]|[.,]\d)/g
const RATIO = /(?<![\w.,:])(\d{1,4}):(\d{1,4})(?![\w:]|[.,]\d)/g
const HALF = /(?<=\d) ?(?:([ap])\.m\.|(pm|[PA]M))(?!\p{L})/gu

/** A time of the 24-hour clock: "siebzehn Uhr dreißig", "ein Uhr". */
export function clockWords(hour: string, minute = '00'): string {
  const minutes = Number(minute) === 0 ? '' : ` ${cardinal(String(Number(minute)))}`
  return `${cardinal(String(Number(hour)), 'ein')} Uhr${minutes}`
}

/** Times as they are said: "siebzehn Uhr dreißig", "acht bis siebzehn Uhr". */
export function timesInWords(text: string): string {
  return text
    .replace(HALF, (_, dotted?: string, plain?: string) =>
      /p/i.test(dotted ?? plain ?? '') ? ' Uhr nachmittags' : ' Uhr morgens',
    )
    .replace(HOURS_TO, (_, first?: string, second?: string) => `${first ?? second} bis `)
    .replace(HOURS, (_, hours: string) => (hours === '1' ? 'eine Stunde' : `${cardinal(hours)} Stunden`))
    .replace(WITH_WORD, (whole, hour: string, minute?: string, minuteAfter?: string) =>
      Number(hour) > 24 ? whole : clockWords(hour, minute ?? minuteAfter),
    )
    .replace(CLOCK, (whole, hour: string, minute: string, second?: string | number) => {
      if (Number(hour) > 24) return whole
      const seconds = typeof second === 'string' ? ` und ${cardinal(String(Number(second)), 'eine')} Sekunden` : ''
      return clockWords(hour, minute) + seconds
    })
    .replace(RATIO, (_, left: string, right: string) => `${left} zu ${right}`)
}
