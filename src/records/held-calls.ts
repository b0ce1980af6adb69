import type { Clock } from '../conversation/ports.ts'
import { isAway } from '../database/away.ts'
import type { Database } from '../database/database.ts'
import type { KeptCaller } from './caller-secrets.ts'

/**
 * One row for each server that holds a call, from the beginning of its stream until the call is in the index. A row whose
 * `until` (ISO 8601 in UTC) has passed is that of a server that was killed, or could not index the call.
 */
type HeldRow = {
  call_id: string
  server_id: string
  server: string
  agent: string
  channel: string
  started_at: string
  caller_hash: string | null
  caller_sealed: string | null
  until: string
}
type Tables = { held_calls: HeldRow }

const TABLES = [
  `create table if not exists held_calls (call_id text, server_id text, server text not null, agent text not null,
    channel text not null, started_at text not null, caller_hash text, caller_sealed text, until text not null,
    primary key (call_id, server_id))`,
  'create index if not exists held_calls_by_caller on held_calls (caller_hash)',
  'create index if not exists held_calls_by_time on held_calls (until)',
]

/** The servers' clocks may differ by the difference less a moment, or two renewals fail. */
const LEASE_MS = 30_000
const RENEW_MS = 10_000
/** A statement takes a bounded number of values. */
const ROWS_AT_ONCE = 100

/** Which process of which machine this is. `name` is for people, `id` is another one after each start. */
export interface ServerName {
  readonly id: string
  readonly name: string
}

/** A stream of a call that this server begins to hold. */
export interface BegunHolding {
  readonly callId: string
  readonly agent: string
  readonly channel: string
  readonly startedAt: Date
  readonly caller: KeptCaller | undefined
}

/** A call that another server holds. */
export interface HeldElsewhere {
  readonly callId: string
  /** The other's name. */
  readonly server: string
  readonly agent: string
  readonly channel: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly callerSealed: string | undefined
}

/** This server's hold on one stream. Neither waits nor throws. */
export interface Holding {
  /**
   * The stream is over. A call that is not in the index keeps its row, without a lease, so that its caller is still known
   * when they want to be forgotten.
   */
  over(isIndexed: boolean): void
}

/** Which calls are live, at whichever server: leases in the shared database. */
export interface HeldCalls {
  begin(holding: BegunHolding): Holding
  /** The calls whose streams ended here since this was asked last. */
  takeEnded(): readonly string[]
  /** The longest first. */
  elsewhere(): Promise<readonly HeldElsewhere[]>
  /** The call, if another server holds it now. */
  elsewhereOf(callId: string): Promise<HeldElsewhere | undefined>
  /** A caller's calls that are held, or not in the index though nobody holds them any more. */
  callsOf(callerHash: string): Promise<readonly string[]>
  /** The call is in the index, or nothing of it is left: rows without a lease go, and those of this server. */
  done(callIds: readonly string[]): Promise<void>
  /** Deletes at most `most` rows that had no lease since then; gives how many. */
  tidy(before: Date, most: number): Promise<number>
  /** Renews this server's leases until `signal` aborts. Never rejects. */
  renew(signal: AbortSignal): Promise<void>
  /** Resolves when all that was begun and ended so far is written. */
  written(): Promise<void>
}

export interface HeldCallsParts {
  readonly database: Database
  readonly server: ServerName
  readonly clock: Clock
  readonly log: { warn(fields: object, message: string): void }
}

/** The leases in a database; missing tables are created. */
export async function heldCallsIn({ database, server, clock, log }: HeldCallsParts): Promise<HeldCalls> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()
  const held = new Map<string, BegunHolding>()
  let ended: string[] = []
  /** In order: a call may come back while its end is being written. */
  let writing: Promise<void> = Promise.resolve()

  const after = (ms: number): string => new Date(clock.wallTime().getTime() + ms).toISOString()
  const now = (): string => after(0)

  function write(work: () => Promise<unknown>): Promise<void> {
    writing = writing.then(work).then(
      () => undefined,
      // A lease that could not be written is written with the next renewal; one that should end runs out.
      error => {
        if (!isAway(error)) log.warn({ err: error }, 'the database does not know which calls are held here')
      },
    )
    return writing
  }

  async function keep(holdings: readonly BegunHolding[]): Promise<void> {
    for (let from = 0; from < holdings.length; from += ROWS_AT_ONCE) {
      const until = after(LEASE_MS)
      const rows = holdings.slice(from, from + ROWS_AT_ONCE).map(({ callId, agent, channel, startedAt, caller }) => ({
        ...{ call_id: callId, server_id: server.id, server: server.name, agent, channel, until },
        ...{ started_at: startedAt.toISOString() },
        ...{ caller_hash: caller?.hash ?? null, caller_sealed: caller?.sealed ?? null },
      }))
      await db
        .insertInto('held_calls')
        .values(rows)
        .onConflict(conflict =>
          conflict.columns(['call_id', 'server_id']).doUpdateSet(fresh => ({
            started_at: fresh.ref('excluded.started_at'),
            until: fresh.ref('excluded.until'),
          })),
        )
        .execute()
    }
  }

  const ofOthers = () =>
    db.selectFrom('held_calls').selectAll().where('server_id', '!=', server.id).where('until', '>', now())

  return {
    begin(holding) {
      const { callId } = holding
      held.set(callId, holding)
      write(() => keep([holding]))
      return {
        over(isIndexed) {
          ended.push(callId)
          // The call has come back already.
          if (held.get(callId) !== holding) return
          held.delete(callId)
          write(() =>
            isIndexed
              ? db
                  .deleteFrom('held_calls')
                  .where('call_id', '=', callId)
                  .where(({ or, eb }) => or([eb('server_id', '=', server.id), eb('until', '<=', now())]))
                  .execute()
              : db
                  .updateTable('held_calls')
                  .set({ until: now() })
                  .where('call_id', '=', callId)
                  .where('server_id', '=', server.id)
                  .execute(),
          )
        },
      }
    },
    takeEnded() {
      const taken = ended
      ended = []
      return taken
    },
    async elsewhere() {
      return (await ofOthers().orderBy('started_at').execute()).map(elsewhereIn)
    },
    async elsewhereOf(callId) {
      const row = await ofOthers().where('call_id', '=', callId).orderBy('started_at', 'desc').executeTakeFirst()
      return row && elsewhereIn(row)
    },
    async callsOf(callerHash) {
      const rows = await db
        .selectFrom('held_calls')
        .select('call_id')
        .distinct()
        .where('caller_hash', '=', callerHash)
        .execute()
      return rows.map(({ call_id }) => call_id)
    },
    async done(callIds) {
      for (let from = 0; from < callIds.length; from += ROWS_AT_ONCE) {
        const some = callIds.slice(from, from + ROWS_AT_ONCE)
        // A lease of this server that could not be ended ends now.
        const own = some.filter(callId => !held.has(callId))
        await db
          .deleteFrom('held_calls')
          .where('call_id', 'in', some)
          .where(({ or, and, eb }) =>
            or([
              eb('until', '<=', now()),
              ...(own.length > 0 ? [and([eb('server_id', '=', server.id), eb('call_id', 'in', own)])] : []),
            ]),
          )
          .execute()
      }
    },
    async tidy(before, most) {
      const old = await db
        .selectFrom('held_calls')
        .select('call_id')
        .where('until', '<', before.toISOString())
        .limit(most)
        .execute()
      if (old.length === 0) return 0
      const ids = old.map(({ call_id }) => call_id)
      const deleted = await db
        .deleteFrom('held_calls')
        .where('call_id', 'in', ids)
        .where('until', '<', before.toISOString())
        .executeTakeFirst()
      return Number(deleted.numDeletedRows)
    },
    async renew(signal) {
      while (!signal.aborted) {
        await clock.sleep(RENEW_MS, signal).catch(() => undefined)
        if (held.size > 0 && !signal.aborted) await write(() => keep([...held.values()]))
      }
    },
    written: () => writing,
  }
}

const elsewhereIn = (row: HeldRow): HeldElsewhere => ({
  ...{ callId: row.call_id, server: row.server, agent: row.agent, channel: row.channel },
  startedAt: row.started_at,
  callerSealed: row.caller_sealed ?? undefined,
})
