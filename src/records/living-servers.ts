import { type FetchingParts, leftCallsOf } from './fetched-calls.ts'

/** `beats` counts up as long as the server lives, so no clocks are compared. `calls` and `passes` are the store's. */
export type ServersTables = {
  servers: { server_id: string; beats: number; draining: number }
  calls: { call_id: string; streams: number; server: string | null; next: string | null; seen_at: string }
  passes: { call_id: string; attempt: number; server: string | null }
}

const TABLES = [
  'create table if not exists servers (server_id text primary key, beats integer not null, draining integer not null)',
]

const BEAT_MS = 3_000
/** A server that has not moved for so long is dead. */
const LEASE_MS = 10_000
/** A statement takes a bounded number of values. */
const CALLS_AT_ONCE = 100

export interface LivingServersParts extends FetchingParts {
  /** The calls that are held here and can go on at another server. */
  readonly held: () => readonly HeldHere[]
  /** Lets go of calls that are held here, without a word of what comes next. */
  readonly letGo: (callIds: readonly string[], why: string) => void
}

export interface HeldHere {
  readonly callId: string
  /** The number of its stream. */
  readonly attempt: number
}

/** Which servers of the shared database live, and what becomes of the calls of those that do not. */
export interface LivingServers {
  /** Tells the others that this one lives, and looks after their calls, until `signal` aborts. Never rejects. */
  watch(signal: AbortSignal): Promise<void>
  /** This server takes no new calls. Never rejects. */
  drain(): Promise<void>
  /** Lets go of all that can go on elsewhere, if another server lives that carries them on. Gives how many that are. */
  handOver(): number
  /** This server is no more. Never rejects. */
  leave(): Promise<void>
}

/** What was seen of another server, and when it was seen to move. */
interface Seen {
  readonly beats: number
  readonly movedMs: number
  readonly isDraining: boolean
}

/**
 * Watches the servers that share the database. The calls of one that died are asked for at the carrier, so that they go on
 * elsewhere: each by one server alone. A missing table is created.
 */
export async function livingServers(parts: LivingServersParts): Promise<LivingServers> {
  const { database, serverId, clock, log, fetchBack, held, letGo } = parts
  await database.make(TABLES)
  const db = database.db.withTables<ServersTables>()
  const left = leftCallsOf({ database, serverId, clock, log, fetchBack })
  let seen = new Map<string, Seen>()
  let lookedMs = Number.NEGATIVE_INFINITY
  let draining = 0
  let isAway = false
  const lookedAfter = new Map<string, Promise<void>>()

  async function beat(): Promise<void> {
    await db
      .insertInto('servers')
      .values({ server_id: serverId, beats: 1, draining })
      .onConflict(conflict =>
        conflict.column('server_id').doUpdateSet(({ ref, eb }) => ({
          beats: eb(ref('servers.beats'), '+', 1),
          draining,
        })),
      )
      .execute()
  }

  /** The others. A time in which this server or the database stood still counts for nothing. */
  async function look(): Promise<void> {
    const rows = await db.selectFrom('servers').selectAll().where('server_id', '!=', serverId).execute()
    const now = clock.now()
    const stoodStill = now - lookedMs > 2 * BEAT_MS
    lookedMs = now
    seen = new Map(
      rows.map(({ server_id, beats, draining }) => {
        const before = seen.get(server_id)
        const isSame = before?.beats === beats && !stoodStill
        return [server_id, { beats, movedMs: isSame ? before.movedMs : now, isDraining: draining !== 0 }]
      }),
    )
  }

  /**
   * Lets go of the calls that have a later stream elsewhere, or the same one. A stream whose pass was taken while the
   * database was away is later than what is stored, and one that another server has claimed in vain is this one's still. A
   * conversation whose person is on the way has no stream yet: what is stored is of those before.
   */
  async function giveUpOthers(): Promise<void> {
    const mine = held().filter(({ attempt }) => attempt > 0)
    const attempts = new Map(mine.map(({ callId, attempt }) => [callId, attempt]))
    for (let from = 0; from < mine.length; from += CALLS_AT_ONCE) {
      const others = await db
        .selectFrom('calls')
        .select(['call_id', 'streams'])
        .where(
          'call_id',
          'in',
          mine.slice(from, from + CALLS_AT_ONCE).map(({ callId }) => callId),
        )
        .where('server', '!=', serverId)
        .execute()
      const taken: string[] = []
      for (const { call_id, streams } of others) {
        const attempt = attempts.get(call_id) ?? streams
        if (streams > attempt || (streams === attempt && !(await takeBack(call_id, streams)))) taken.push(call_id)
      }
      letGo(taken, 'another server has taken the call')
    }
  }

  /** False where the pass of this stream is another server's. */
  async function takeBack(callId: string, streams: number): Promise<boolean> {
    const taken = await db
      .updateTable('calls')
      .set({ server: serverId })
      .where('call_id', '=', callId)
      .where('streams', '=', streams)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('passes')
            .select('attempt')
            .where('passes.call_id', '=', callId)
            .where('passes.attempt', '=', streams)
            .where(({ or, eb }) => or([eb('passes.server', 'is', null), eb('passes.server', '=', serverId)])),
        ),
      )
      .executeTakeFirst()
    return taken.numUpdatedRows === 1n
  }

  async function round(signal: AbortSignal): Promise<void> {
    await beat()
    await look()
    await giveUpOthers()
    for (const [server, { beats, movedMs }] of seen) {
      if (clock.now() - movedMs < LEASE_MS || lookedAfter.has(server)) continue
      // The carrier may take long to answer: this server goes on to beat.
      const caring = left
        .lookAfter(server, beats, signal)
        .catch(error => {
          if (!signal.aborted) log.warn({ err: error }, 'the calls of a server that died are looked after again')
        })
        .finally(() => lookedAfter.delete(server))
      lookedAfter.set(server, caring)
    }
  }

  return {
    async watch(signal) {
      while (!signal.aborted) {
        try {
          await round(signal)
          isAway = false
        } catch (error) {
          if (!isAway && !signal.aborted) log.warn({ err: error }, 'the other servers do not know that this one lives')
          isAway = true
        }
        await clock.sleep(BEAT_MS, signal).catch(() => undefined)
      }
      await Promise.all(lookedAfter.values())
    },
    async drain() {
      draining = 1
      await beat().catch(() => undefined)
    },
    handOver() {
      const isAlive = ({ movedMs }: Seen): boolean => clock.now() - movedMs < LEASE_MS
      if (![...seen.values()].some(one => isAlive(one) && !one.isDraining)) return 0
      const calls = held()
      letGo(
        calls.map(({ callId }) => callId),
        'another server carries the call on',
      )
      return calls.length
    },
    async leave() {
      // What it owes is found by its row, which stands still from now on.
      if (left.owes()) return
      await db
        .deleteFrom('servers')
        .where('server_id', '=', serverId)
        .execute()
        .catch(() => undefined)
    },
  }
}
