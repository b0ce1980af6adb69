import type { LinkFailure } from '../links/link-error.ts'

/** What the model is told of a tool that gave no result. */
export interface FailureWords {
  /** `place` names the call and the server: for what is broken there the caller hears one apology. */
  failed(place: string, tool: string, why: LinkFailure, changes: boolean): string
  /** Nobody knows whether this change was made. */
  unknown(tool: string): string
  /** It works again, so the next failure is a new one. */
  worked(place: string): void
}

const MOST_TOLD = 1_000

const unknown = (tool: string): string =>
  `It is not known whether ${tool} was done. Do not try it again. Look with a tool that only reads, if there is one; else tell the caller that it could not be confirmed.`

export function failureWords(): FailureWords {
  const told = new Set<string>()
  return {
    failed(place, tool, why, changes) {
      const isTold = told.has(place)
      told.add(place)
      const [oldest] = told
      if (told.size > MOST_TOLD && oldest !== undefined) told.delete(oldest)
      if (changes && !isUndone(why)) return unknown(tool)
      const what = `${tool} ${changes ? 'was not done: it ' : ''}${isTold ? 'still ' : ''}does not work just now.`
      return isTold
        ? `${what} The caller knows: do not apologise again, and do not try it again unless the caller asks.`
        : `${what} Tell the caller in plain words and offer something else.`
    },
    unknown,
    worked: place => void told.delete(place),
  }
}

/** Is it certain that nothing was done? */
export function isUndone(why: LinkFailure): boolean {
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
