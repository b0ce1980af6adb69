import { join } from 'node:path'
import type { CompanionCodes } from './companions/codes.ts'
import type { Settings } from './config.ts'
import type { Database } from './database/database.ts'
import { deleteOldFiles } from './journal/old-files.ts'
import type { Store } from './journal/store.ts'
import type { CallerFacts } from './memory/caller-facts.ts'
import { daysBefore, inBatches, type Purge } from './operations/retention.ts'
import type { Pins } from './pins/pins.ts'
import type { CallIndex } from './records/call-index.ts'
import { deleteIdleOwners, deleteOldChanges } from './tasks/store/old-records.ts'
import type { BrowserOwners } from './tasks/web/browser-owners.ts'

export interface PurgesParts {
  readonly settings: Pick<Settings, 'DATA_DIR' | 'RECORDINGS_DAYS' | 'JOURNALS_DAYS' | 'WEB_OWNERS_DAYS'>
  readonly database: Database
  readonly store: Store
  readonly index: CallIndex
  /** The same as with files, in the object store. */
  readonly deleteOldObjects: (before: {
    readonly recordings: Date | undefined
    readonly others: Date | undefined
  }) => Promise<number>
  /** Deletes what all parts keep of these calls besides their files and objects, from the index at last. */
  readonly forgetCalls: (callIds: readonly string[]) => Promise<void>
  /** Deletes what is known of calls that nobody holds and that never came into the index. */
  readonly deleteNeverIndexed: (before: Date, most: number) => Promise<number>
  readonly pins: Pins
  readonly facts: CallerFacts
  readonly owners: BrowserOwners
  readonly codes: CompanionCodes
  readonly liveCalls: () => readonly string[]
}

const CALLS_A_BATCH = 20
const OWNERS_A_BATCH = 20
const ROWS_A_BATCH = 500

/** All that is deleted by its age. Nothing of a live call is. */
export function purgesOf({
  settings,
  database,
  store,
  index,
  forgetCalls,
  deleteOldObjects,
  deleteNeverIndexed,
  pins,
  facts,
  owners,
  codes,
  liveCalls,
}: PurgesParts): readonly Purge[] {
  const { RECORDINGS_DAYS: recordingsDays, JOURNALS_DAYS: journalsDays, WEB_OWNERS_DAYS: ownersDays } = settings
  const cutoff = (at: Date, days: number | 'off') => (days === 'off' ? undefined : daysBefore(at, days))
  return [
    {
      what: 'files of calls',
      run: (at, pause) =>
        deleteOldFiles({
          folder: join(settings.DATA_DIR, 'calls'),
          recordingsBefore: cutoff(at, recordingsDays),
          journalsBefore: cutoff(at, journalsDays),
          isLive: callId => liveCalls().includes(callId),
          pause,
        }),
    },
    {
      what: 'objects of calls',
      run: at => deleteOldObjects({ recordings: cutoff(at, recordingsDays), others: cutoff(at, journalsDays) }),
    },
    {
      what: 'calls in the database',
      async run(at, pause) {
        const before = cutoff(at, journalsDays)
        return before === undefined ? 0 : inBatches(() => store.deleteCalls(before, CALLS_A_BATCH, liveCalls()), pause)
      },
    },
    {
      what: 'calls in the index',
      async run(at, pause) {
        const before = cutoff(at, journalsDays)
        if (before === undefined) return 0
        return inBatches(async () => {
          // A call that is live again keeps its place.
          const live = liveCalls()
          const old = (await index.before(before, CALLS_A_BATCH + live.length)).filter(callId => !live.includes(callId))
          await forgetCalls(old)
          return old.length
        }, pause)
      },
    },
    {
      what: 'calls that never came into the index',
      async run(at, pause) {
        const before = cutoff(at, journalsDays)
        return before === undefined ? 0 : inBatches(() => deleteNeverIndexed(before, ROWS_A_BATCH), pause)
      },
    },
    {
      what: 'unused lists of browsers',
      async run(at, pause) {
        const before = cutoff(at, ownersDays)
        return before === undefined ? 0 : inBatches(() => owners.deleteUnused(before, OWNERS_A_BATCH), pause)
      },
    },
    {
      what: 'facts about callers',
      async run(at, pause) {
        const before = cutoff(at, journalsDays)
        return before === undefined ? 0 : inBatches(() => facts.tidy(before, OWNERS_A_BATCH), pause)
      },
    },
    {
      what: 'records of changes of tasks',
      run: (at, pause) => inBatches(() => deleteOldChanges(database, at, ROWS_A_BATCH), pause),
    },
    {
      what: 'owners without tasks',
      // Their changes are gone before them.
      run: (_, pause) => inBatches(() => deleteIdleOwners(database, OWNERS_A_BATCH), pause),
    },
    { what: 'wrong tries of PINs', run: (at, pause) => inBatches(() => pins.tidy(at, ROWS_A_BATCH), pause) },
    { what: 'codes of companions', run: (at, pause) => inBatches(() => codes.tidy(at, ROWS_A_BATCH), pause) },
  ]
}
