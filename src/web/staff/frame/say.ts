/** How numbers are said in the console. */

/** A length or a moment: `0:07`, `12:34`, `1:02:03`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const two = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

/** A moment to the tenth of a second: `1:02.3`. */
export const fineClock = (ms: number): string => `${clock(ms)}.${Math.floor((Math.max(0, ms) % 1_000) / 100)}`

/** A short time: `340 ms`, `1.52 s`. */
export const brief = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(2)} s`)

/** Few calls cost a dollar. */
export const dollars = (usd: number): string => `$${usd.toFixed(usd < 1 ? 4 : 2)}`

const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' }
const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' }
/** A date and time of the machine on which one looks. */
export function dateTime(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  return `${at.toLocaleDateString('en-GB', DAY)}, ${at.toLocaleTimeString('en-GB', TIME)}`
}

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`

export const OUTCOME_WORDS = {
  'hung-up': 'Caller hung up',
  goodbye: 'Said goodbye',
  transferred: 'Transferred',
  failed: 'Failed',
  killed: 'Cut off by a crash',
} as const
