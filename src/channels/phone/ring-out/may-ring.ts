import { DEAR_RANGES } from './dear-ranges.ts'

const E164 = /^\+[1-9]\d{6,14}$/
/** A line of North America that begins with 976, in whichever area: premium. */
const PREMIUM_EXCHANGE = /^\+1\d{3}976\d{4}$/

/** Whether a number may be rung, or in plain words why not. */
export type MayRing = { readonly kind: 'yes' } | { readonly kind: 'no'; readonly why: string }

/**
 * A number may be rung if the operator has named a beginning of it, and no dear range is a longer one: who allows +49 does
 * not allow +49900, and who wants that has to name it.
 */
export function mayRing(number: string, allowed: readonly string[], own: readonly string[]): MayRing {
  if (!E164.test(number)) return no('it is not a whole number with its country, such as +4930123456')
  if (own.includes(number)) return no('it is a number of ours')
  const named = longest(allowed, number)
  if (named === 0) return no('this number may not be rung from here')
  const dear = PREMIUM_EXCHANGE.test(number) ? number.length : longest(DEAR_RANGES, number)
  return dear > named ? no('numbers that may cost more than others are not rung') : { kind: 'yes' }
}

const no = (why: string): MayRing => ({ kind: 'no', why })

/** How long the longest of these is with which the number begins. */
const longest = (beginnings: readonly string[], number: string): number =>
  Math.max(0, ...beginnings.filter(beginning => number.startsWith(beginning)).map(({ length }) => length))
