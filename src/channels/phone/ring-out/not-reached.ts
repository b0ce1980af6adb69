import type { NotReached, RungOut } from '../../../conversation/ring-out.ts'
import type { Created } from './twilio-calls.ts'

const WORDS: Readonly<Record<NotReached, string>> = {
  busy: 'the line is busy',
  'no-answer': 'nobody answered',
  failed: 'the number cannot be reached',
  refused: 'this number may not be rung',
  limit: 'too many calls are being made',
  carrier: 'the telephone company does not put the call through',
  'no-line': 'somebody answered, but the line did not work',
  cancelled: 'the call was called off',
}

export const notReached = (why: NotReached, words: string = WORDS[why]): RungOut => ({
  kind: 'not-reached',
  why,
  words,
})

/** What Twilio's last word on a call says that was not held; undefined where the call goes on. Source: "Call resource", status. */
export function afterStatus(status: string): RungOut | undefined {
  switch (status) {
    case 'busy':
    case 'no-answer':
    case 'failed':
      return notReached(status)
    case 'canceled':
      return notReached('cancelled')
    // Somebody answered, and left before they were heard.
    case 'completed':
      return notReached('no-line')
  }
  return undefined
}

/**
 * Numbers that Twilio does not ring: invalid, premium, of a country that the account may not ring, blocked, not verified in a
 * trial. Source: Twilio, error dictionary.
 */
const OF_THE_NUMBER = new Set([21211, 21214, 21217, 21202, 21215, 21216, 21219, 13223, 13224, 13225, 13227])
/** Requests that are too many, and calls at once. */
const TOO_MANY = new Set([20429, 10004])

export function afterRefusal({ status, code = 0 }: Extract<Created, { kind: 'refused' }>): RungOut {
  if (OF_THE_NUMBER.has(code)) return notReached('refused', 'the telephone company does not ring this number')
  return notReached(status === 429 || TOO_MANY.has(code) ? 'limit' : 'carrier')
}
