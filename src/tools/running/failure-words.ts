import type { LinkError, LinkFailure } from '../links/link-error.ts'
import { unspoken } from './unspoken.ts'

/** Words for the model about a tool that gave no result. */
export interface FailureWords {
  /** `place` names the call and the server: the caller hears only one apology for it. */
  failed(place: string, tool: string, error: LinkError, changes: boolean): string
  /** It is unknown whether this change was made. */
  unknown(tool: string): string
  /** The server works again, so the next failure is a new one. */
  worked(place: string): void
}

const MOST_REPORTED = 1_000

const unknown = (tool: string): string =>
  `It is not known whether ${tool} was done. Do not try it again. Look with a tool that only reads, if there is one; else tell the caller that it could not be confirmed.`

export function failureWords(): FailureWords {
  const reported = new Set<string>()
  return {
    failed(place, tool, { kind: why, message }, changes) {
      const isReported = reported.has(place)
      reported.add(place)
      const [oldest] = reported
      if (reported.size > MOST_REPORTED && oldest !== undefined) reported.delete(oldest)
      // Only what the server itself said can help the model.
      const aside = why === 'refused' || why === 'wrong' ? unspoken(message) : ''
      if (changes && !isCertainlyNotDone(why)) return unknown(tool) + aside
      const what = `${tool} ${changes ? 'was not done: it ' : ''}${isReported ? 'still ' : ''}does not work just now.`
      return isReported
        ? `${what} The caller knows: do not apologise again, and do not try it again unless the caller asks.${aside}`
        : `${what} Tell the caller in plain words and offer something else.${aside}`
    },
    unknown,
    worked: place => void reported.delete(place),
  }
}

/** Whether it is certain that nothing was done. */
export function isCertainlyNotDone(why: LinkFailure): boolean {
  switch (why) {
    case 'unsent':
    case 'refused':
      return true
    case 'lost':
    case 'late':
    case 'wrong':
      return false
  }
}
