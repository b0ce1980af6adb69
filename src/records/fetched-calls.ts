import type { Clock } from '../conversation/ports.ts'
import type { Database } from '../database/database.ts'
import type { ServersTables } from './living-servers.ts'

export interface FetchingParts {
  readonly database: Database
  /** Another one after each start of the process. */
  readonly serverId: string
  readonly clock: Clock
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  /** Asks the carrier for a live call, which then asks any server what comes next. Undefined where it cannot be asked. */
  readonly fetchBack: ((callId: string, signal: AbortSignal) => Promise<'asked' | 'over'>) | undefined
}

/** The calls of servers that died. */
export interface LeftCalls {
  /** Fetches back those of one, whose row had so many beats. Throws where the database is away, and when `signal` aborts. */
  lookAfter(dead: string, beats: number, signal: AbortSignal): Promise<void>
  /** A call is this server's by the database alone. */
  owes(): boolean
}

/** No call is longer at the carrier. */
const LONGEST_CALL_MS = 24 * 60 * 60_000
/** So many are looked after at once. */
const CALLS_AT_ONCE = 100

/** Each call is fetched back by one server alone: the one that has claimed it in the database. */
export function leftCallsOf({ database, serverId, clock, log, fetchBack }: FetchingParts): LeftCalls {
  const db = database.db.withTables<ServersTables>()
  let owes = false

  async function lookAfter(dead: string, beats: number, signal: AbortSignal): Promise<void> {
    const since = new Date(clock.wallTime().getTime() - LONGEST_CALL_MS).toISOString()
    const left = db
      .selectFrom('calls')
      .select('call_id')
      .where('server', '=', dead)
      .where('next', 'is', null)
      .where('call_id', 'like', 'CA%')
      .where('seen_at', '>', since)
    for (let found = CALLS_AT_ONCE; found === CALLS_AT_ONCE; ) {
      signal.throwIfAborted()
      const calls = await left.limit(CALLS_AT_ONCE).execute()
      found = calls.length
      const claims = await Promise.allSettled(calls.map(({ call_id }) => claim(call_id, dead, signal)))
      for (const claimed of claims) if (claimed.status === 'rejected') throw claimed.reason
    }
    const gone = await db
      .deleteFrom('servers')
      .where('server_id', '=', dead)
      .where('beats', '=', beats)
      .executeTakeFirst()
    if (gone.numDeletedRows === 1n) log.warn({ server: dead }, 'a server that shares the database died')
  }

  async function claim(callId: string, dead: string, signal: AbortSignal): Promise<void> {
    const claimed = await db
      .updateTable('calls')
      .set({ server: serverId })
      .where('call_id', '=', callId)
      .where('server', '=', dead)
      .executeTakeFirst()
    if (claimed.numUpdatedRows !== 1n || !fetchBack) return
    try {
      const answer = await fetchBack(callId, signal)
      log.info({ call: callId, answer }, 'a call of a server that died is fetched back')
      if (answer === 'asked') return
    } catch (error) {
      if (signal.aborted) {
        // This server ends, and its own row stays: so the call is found among those of a server that died.
        owes = true
        throw error
      }
      // The carrier may find out by itself that its stream is dead, and ask.
      log.warn({ call: callId, err: error }, 'a call of a server that died cannot be fetched back')
      return
    }
    await db
      .updateTable('calls')
      .set({ next: 'hang-up' })
      .where('call_id', '=', callId)
      .where('next', 'is', null)
      .execute()
  }

  return { lookAfter, owes: () => owes }
}
