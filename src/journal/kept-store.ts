import type { Clock, Next } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'
import { seqOf } from './journal-file.ts'
import { lateEntries } from './late-entries.ts'
import { type Store, SupersededError } from './store.ts'

type OfCalls = 'takePass' | 'keepNext' | 'factsOf' | 'broke' | 'linesOf' | 'commit'

/**
 * The store as calls use it: whatever it does, a call waits for it for a moment only. What this server knows itself of its
 * calls is enough to open them and to say what follows, and is written when the store is back.
 */
export interface KeptStore extends Pick<Store, OfCalls> {
  /** Writes what waits; throws where the store is away, and gives false where something must be tried again. */
  write(signal: AbortSignal): Promise<boolean>
  /** Calls of which something waits. */
  waiting(): readonly string[]
  /** Nothing of these calls is kept any more. */
  forget(callIds: readonly string[]): void
}

export interface KeptStoreParts {
  readonly store: Pick<Store, OfCalls | 'tookPass'>
  readonly clock: Clock
  readonly log: { warn(fields: object, message: string): void }
  /** Lines of a call's journal that are in this server's folder. */
  readonly linesHere: (callId: string) => Promise<readonly string[]>
  /** The store has not all lines of this call yet. */
  readonly isBehind: (callId: string) => boolean
  /** There is something to write. */
  readonly onAdded: () => void
}

interface Known {
  readonly streams: number
  readonly next: Next | undefined
  /** When the stream began. */
  readonly at: Date
  readonly knownMs: number
  readonly isWritten: boolean
  /** Streams that ended without a word of what comes next, as far as the store could not count them, and the last time. */
  readonly broken?: { readonly times: number; readonly atMs: number }
}

/** A call waits so long for a store of which it is not known that it is away. */
const PASS_MS = 400
const NEXT_MS = 400
/** `/calls/next` is answered within it where this server knows the answer itself. */
const FACTS_MS = 2_000
const BROKE_MS = 400
const LINES_MS = 1_000
/** The longest transfer from which a call comes back. What waits to be written stays longer. */
const KNOWN_FOR_MS = 4 * 3_600_000
const MOST_CALLS = 10_000

export function keptStore({ store, clock, log, linesHere, isBehind, onAdded }: KeptStoreParts): KeptStore {
  /** In the order in which they became known. */
  const calls = new Map<string, Known>()
  const { signal: never } = new AbortController()
  let isFull = false

  /** Of many there is one line, until most of them are written. */
  function drop(callId: string): void {
    if (calls.get(callId)?.isWritten === false && !isFull) {
      isFull = true
      log.warn(
        { call: callId, most: MOST_CALLS },
        'too many calls wait for the database: what follows the oldest is lost',
      )
    }
    calls.delete(callId)
  }

  function know(callId: string, known: Omit<Known, 'knownMs'>): void {
    calls.delete(callId)
    calls.set(callId, { ...known, knownMs: clock.now() })
    for (const [id, { knownMs, isWritten }] of calls) {
      const isOld = isWritten && knownMs < clock.now() - KNOWN_FOR_MS
      if (!isOld && calls.size <= MOST_CALLS) break
      drop(id)
    }
    if (isFull && waiting().length < MOST_CALLS / 2) isFull = false
  }

  /** What is written is known to be so only if nothing newer came meanwhile. */
  function wrote(callId: string, known: Known): void {
    if (calls.get(callId) === known) calls.set(callId, { ...known, isWritten: true })
  }

  /** The store takes this stream as ours, unless another server has it, or the next one: then it is let go. */
  async function writePass(callId: string, known: Known): Promise<void> {
    const { streams, at } = known
    if (streams === 0 || (await store.takePass(callId, streams, at)) || (await store.tookPass(callId, streams))) return
    letGo(callId, known)
    throw new SupersededError(callId, streams)
  }

  async function write(callId: string, known: Known): Promise<void> {
    const { streams, next } = known
    await writePass(callId, known)
    if (next !== undefined) await store.keepNext(callId, next, streams > 0 ? streams : undefined)
    wrote(callId, known)
  }

  /** What this server says of a stream that is another one's is nothing to go by. */
  function letGo(callId: string, { streams }: Known): void {
    if (calls.get(callId)?.streams === streams) calls.delete(callId)
  }

  const waiting = () => [...calls].filter(([, { isWritten }]) => !isWritten)
  const writeAll = lateEntries<Known>({
    waiting,
    write,
    isFinal: error => error instanceof SupersededError,
    giveUp(callId, known, why) {
      log.warn({ call: callId, err: why }, 'what follows a call could not be written: the database refuses it')
      wrote(callId, known)
    },
  })

  /** Gives what `else` says where the store does not answer in time. */
  async function orElse<T>(limitMs: number, ask: () => Promise<T>, otherwise: () => T): Promise<T> {
    try {
      return await within(limitMs, 'the store', clock, ask, never)
    } catch {
      return otherwise()
    }
  }

  return {
    async takePass(callId, attempt, at) {
      // A pass is signed, bound to its call and good for 30 s: where the store is away it is single here.
      const before = calls.get(callId)
      if ((before?.streams ?? 0) >= attempt) return false
      know(callId, { streams: attempt, next: undefined, at, isWritten: false })
      const known = calls.get(callId)
      if (!known) return false
      const isFirst = await orElse<boolean | undefined>(
        PASS_MS,
        () => store.takePass(callId, attempt, at),
        () => {
          onAdded()
          return undefined
        },
      )
      if (isFirst) wrote(callId, known)
      if (isFirst !== false) return true
      // Another server has that stream.
      if (before) know(callId, before)
      else calls.delete(callId)
      return false
    },
    async commit(callId, attempt, firstSeq, text, by) {
      const known = calls.get(callId)
      // Two servers would write different lines in one place.
      if (known && !known.isWritten && known.streams === attempt) await writePass(callId, known)
      return store.commit(callId, attempt, firstSeq, text, by)
    },
    async keepNext(callId, next, attempt) {
      const before = calls.get(callId)
      if (before && attempt !== undefined && before.streams > attempt) return
      const known = { streams: before?.streams ?? 0, next, at: before?.at ?? clock.wallTime(), isWritten: false }
      know(callId, known)
      const mine = calls.get(callId)
      await orElse(
        NEXT_MS,
        async () => {
          // The call itself comes first: what follows is kept in its row.
          if (before && !before.isWritten) await writePass(callId, before)
          await store.keepNext(callId, next, attempt)
          if (mine) wrote(callId, mine)
        },
        onAdded,
      )
    },
    async factsOf(callId) {
      const known = calls.get(callId)
      if (known && !known.isWritten) return known
      if (!known) return store.factsOf(callId)
      return orElse(
        FACTS_MS,
        () => store.factsOf(callId),
        () => known,
      )
    },
    async broke(callId, at) {
      try {
        const breaks = await within(BROKE_MS, 'the store', clock, () => store.broke(callId, at), never)
        // A pass that was taken without the store may not be written yet.
        return { ...breaks, streams: Math.max(breaks.streams, calls.get(callId)?.streams ?? 0) }
      } catch (error) {
        const known = calls.get(callId)
        if (!known) throw error
        const { broken } = known
        const times = (broken?.times ?? 0) + 1
        know(callId, { ...known, broken: { times, atMs: clock.now() } })
        return { streams: known.streams, times, sinceMs: broken && clock.now() - broken.atMs }
      }
    },
    async linesOf(callId) {
      const asked = within(LINES_MS, 'the store', clock, () => store.linesOf(callId), never)
      const [stored] = await Promise.allSettled([asked])
      if (stored.status === 'fulfilled' && !isBehind(callId)) return stored.value
      // What this server held of it is in its folder.
      const here = await linesHere(callId)
      if (stored.status === 'rejected' && here.length === 0) throw stored.reason
      const all = [...here, ...(stored.status === 'fulfilled' ? stored.value : [])]
      const bySeq = new Map(all.map(line => [seqOf(line), line]))
      return [...bySeq].sort(([one], [other]) => one - other).map(([, line]) => line)
    },
    write: writeAll,
    waiting: () => waiting().map(([callId]) => callId),
    forget(callIds) {
      for (const callId of callIds) calls.delete(callId)
    },
  }
}
