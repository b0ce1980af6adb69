import { join } from 'node:path'
import type { Clock } from '../conversation/ports.ts'
import type { Presence } from '../database/presence.ts'
import { keptStore } from './kept-store.ts'
import { journalLinesIn, type LateCommits, lateCommits } from './late-commits.ts'
import { type LateWork, type LateWrites, type LateWritesParts, lateWrites } from './late-writes.ts'
import type { Store } from './store.ts'

export interface LateStoreParts {
  readonly store: Store
  readonly presence: Presence
  readonly clock: Clock
  readonly log: LateWritesParts['log']
  readonly dataDir: string
  /** As in the store. */
  readonly serverId: string
}

/** The store with all that waits for it while it is away. */
export interface LateStore extends Store {
  /** Takes over what the store has not taken when a call is over. Neither waits nor throws. */
  readonly later: LateCommits['add']
}

/** Writes what waits, as soon as the database is there. */
export interface LateStoreWrites extends Pick<LateWrites, 'wake' | 'settled' | 'end'> {
  /** These works come after its own. Until `signal` aborts; never rejects. */
  run(works: readonly LateWork[], signal: AbortSignal): Promise<void>
}

export function lateStore({ store, presence, clock, log, dataDir, serverId }: LateStoreParts): {
  readonly store: LateStore
  readonly late: LateStoreWrites
} {
  const callsFolder = join(dataDir, 'calls')
  const works: LateWork[] = []
  const writes = lateWrites({ clock, log, presence, works })
  const onAdded = writes.wake
  const linesHere = (callId: string) => journalLinesIn(join(callsFolder, callId))
  const isBehind = (callId: string): boolean => commits.has(callId)
  const kept = keptStore({ store, clock, log, linesHere, isBehind, onAdded })
  const commits = lateCommits({
    ...{ store: { linesOf: store.linesOf, commit: kept.commit }, serverId },
    ...{ callsFolder, folder: join(dataDir, 'late'), log, onAdded },
  })
  const { keepNext, factsOf, broke, linesOf, commit } = kept
  works.push(
    { what: 'what follows calls', run: kept.write, waiting: () => ({ lost: kept.waiting() }) },
    { what: 'journals', run: commits.write, waiting: commits.waiting },
  )
  return {
    store: {
      ...store,
      ...{ keepNext, factsOf, broke, linesOf, commit },
      async takePass(callId, attempt, at) {
        const isFirst = await kept.takePass(callId, attempt, at)
        if (isFirst) commits.continued(callId, attempt)
        return isFirst
      },
      later: commits.add,
      async forget(callIds) {
        kept.forget(callIds)
        await commits.forget(callIds)
        await store.forget(callIds)
      },
    },
    late: {
      wake: writes.wake,
      settled: writes.settled,
      end: writes.end,
      async run(others, signal) {
        works.push(...others)
        await commits.findLeft()
        await writes.run(signal)
      },
    },
  }
}
