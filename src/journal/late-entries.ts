import { isAway, isForNow } from '../database/away.ts'

export interface LateEntriesParts<Entry extends object> {
  /** By call, in the order in which they are written. */
  readonly waiting: () => Iterable<readonly [callId: string, Entry]>
  /** Writes one, which waits no longer then. */
  readonly write: (callId: string, entry: Entry) => Promise<void>
  /** It is refused for good, and must wait no longer. */
  readonly giveUp: (callId: string, entry: Entry, why: unknown) => unknown
  /** What this error says is so for good. */
  readonly isFinal?: (error: unknown) => boolean
}

/** What is refused may be so for a moment. */
const MOST_TRIES = 5

/**
 * Writes what waits for a database, call by call: one that it refuses holds up no other, is tried some times, and then given
 * up. Throws where the database is away, and gives false where something must be tried again.
 */
export function lateEntries<Entry extends object>(
  parts: LateEntriesParts<Entry>,
): (signal: AbortSignal) => Promise<boolean> {
  const tries = new WeakMap<Entry, number>()

  /** Whether it need not be tried again. */
  async function isDone(callId: string, entry: Entry): Promise<boolean> {
    try {
      await parts.write(callId, entry)
    } catch (error) {
      if (isAway(error)) throw error
      if (isForNow(error)) return false
      const times = (tries.get(entry) ?? 0) + 1
      tries.set(entry, times)
      if (times < MOST_TRIES && parts.isFinal?.(error) !== true) return false
      await parts.giveUp(callId, entry, error)
    }
    return true
  }

  return async signal => {
    let isAll = true
    for (const [callId, entry] of [...parts.waiting()]) {
      signal.throwIfAborted()
      isAll = (await isDone(callId, entry)) && isAll
    }
    return isAll
  }
}
