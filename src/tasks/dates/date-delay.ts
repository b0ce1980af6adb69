/** A pattern for counts as callers say them; {@link countOf} reads them. */
export const COUNT = '(?:an?|\\d{1,4}|(?:a )?couple(?: of)?|(?:a )?few)'

// Four digits before "hours" are a time of day: "seventeen hundred hours".
const HOURS = `(${COUNT.replace('{1,4}', '{1,3}')}) hours?(?: and (a half|a quarter)| (?:and )?(\\d{1,2}) minutes?)?|(\\d{1,2}) and a half hours`
const DELAY = new RegExp(
  `^(?:in |within )?(?:next )?(?:((?:a )?half (?:an )?hour|(?:a )?quarter (?:of )?an hour|hour)|${HOURS}|(${COUNT}) min(?:ute)?s?)` +
    '(?: time)?(?: from now)?$',
)

/** The number that COUNT matched; no word means one. */
export function countOf(words: string | undefined): number {
  if (words === undefined || /^an?$/.test(words)) return 1
  if (words.includes('couple')) return 2
  return words.includes('few') ? 3 : Number(words)
}

/** Reads words that are a delay, in minutes: "in half an hour", "in an hour and a half", "ninety minutes from now". */
export function readDelayMinutes(words: string): number | undefined {
  const found = DELAY.exec(words)
  if (found === null) return undefined
  const [, fixed, hours, fraction, besides, halved, minutes] = found
  if (fixed !== undefined) return fixed.includes('half') ? 30 : fixed === 'hour' ? 60 : 15
  if (halved !== undefined) return Number(halved) * 60 + 30
  if (minutes !== undefined) return countOf(minutes)
  return countOf(hours) * 60 + (fraction === 'a half' ? 30 : fraction === 'a quarter' ? 15 : Number(besides ?? 0))
}
