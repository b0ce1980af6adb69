import type { UnitWords } from './units.ts'

const HOURS =
  /(?<![\p{L}\p{N}.,:/])(\d{1,3}) ?h(?:rs?|s)?\.? ?(\d{1,2}) ?m(?:in|ins)?(?:\.(?= ?[\d\p{Ll}]))?(?: ?(\d{1,2}) ?s(?:e[cgk])?)?(?![\p{L}\p{N}/])/gu
const MINUTES = /(?<![\p{L}\p{N}.,:/])(\d{1,3}) ?m(?:in)?\.? ?(\d{1,2}) ?s(?:e[cgk])?(?![\p{L}\p{N}/])/gu

/** Durations of several units, whose letters mean something else alone: "1h 30m" as "one hour 30 minutes". */
export function durationsBy(hour: UnitWords, minute: UnitWords, second: UnitWords): (text: string) => string {
  const part = (count: string, [one, many]: UnitWords): string =>
    Number(count) === 1 ? one : `${Number(count)} ${many}`
  return text =>
    text
      .replace(HOURS, (_, hours: string, minutes: string, seconds?: string) => {
        const rest = seconds === undefined ? '' : ` ${part(seconds, second)}`
        return `${part(hours, hour)} ${part(minutes, minute)}${rest}`
      })
      .replace(MINUTES, (_, minutes: string, seconds: string) => `${part(minutes, minute)} ${part(seconds, second)}`)
}
