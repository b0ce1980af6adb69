import { type Dialect, Kysely, PostgresDialect, sql } from 'kysely'
import { Pool, type PoolClient } from 'pg'
import type { OpenCheckpoints } from './checkpoints.ts'
import { guarded } from './guarded.ts'
import { PostgresClient } from './postgres-client.ts'
import { type Guard, type GuardParts, guardOf, type Presence, UNWATCHED } from './presence.ts'
import { PROBE_TABLE, postgresProbe, sqliteProbe } from './probes.ts'
import { openSqliteFile } from './sqlite.ts'

/** One database, opened once per process and shared by all its stores, because SQLite has a single writer. */
export interface Database {
  /** For what the two cannot do in the same words, such as searching a text. */
  readonly kind: 'sqlite' | 'postgres'
  /**
   * Type the tables with `withTables`. On SQLite a transaction takes the write lock when it begins, and a select outside
   * of a transaction never waits for a writer.
   */
  readonly db: Kysely<Record<never, never>>
  /** Runs statements that create what is missing. Safe when several servers do so at once. */
  make(statements: readonly string[]): Promise<void>
  /**
   * Adds the columns, with their types by name, that a table lacks. Safe when several servers do so at once. They are null
   * in rows of before and of servers that do not know them, so a server of before goes on working beside this one.
   */
  addColumns(table: string, types: Readonly<Record<string, string>>): Promise<void>
  /** Whether it can be used now. Where it is not watched it always can, for all that is known. */
  readonly presence: Presence
  /** Throws an Error that says why the database cannot be written to now. */
  check(): Promise<void>
  /** Takes what was deleted off the disk, as far as the database keeps it any longer. */
  scrub(): Promise<void>
  close(): Promise<void>
}

/** How long to wait for a lock of another process. The wait does not block the event loop. */
const BUSY_MS = 2_000
const CONNECTIONS = 5
const CONNECT_MS = 3_000
/** Shorter than QUERY_MS: the database gives up first, so that the connection stays usable. */
const STATEMENT_MS = 3_000
const QUERY_MS = 4_000
const IDLE_MS = 30_000
/** A connection whose other end is gone without a word is found out in minutes, and not in hours. */
const KEEP_ALIVE_AFTER_MS = 10_000
/** The key of the advisory lock: arbitrary, but the same for all servers. */
const MAKE_LOCK_KEY = 7_243_001
const LOCK = `select pg_advisory_xact_lock(${MAKE_LOCK_KEY})`
const SQLITE_COLUMNS = (table: string) => sql<{ name: string }>`select name from pragma_table_info(${table})`
const POSTGRES_COLUMNS = (table: string) => sql<{ name: string }>`
  select attname as name from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and not attisdropped`

export interface DatabaseOptions {
  /** Is told when an idle connection breaks; the next query gets another one. */
  readonly onIdleError?: (error: Error) => void
  /** Where it is watched, nobody waits for a database that is away: queries throw DatabaseAway at once. */
  readonly watched?: Omit<GuardParts, 'probe'>
  /** What the way to the database does besides, such as a test's faults. */
  readonly through?: (dialect: Dialect) => Dialect
  /** Who makes SQLite's checkpoints, if not its writes. */
  readonly checkpoints?: OpenCheckpoints
}

/**
 * Opens `sqlite:FILE`, `sqlite::memory:` or `postgres://USER:PASSWORD@HOST/DATABASE`. Queries throw when the database
 * does not answer in time.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  if (url.startsWith('sqlite:')) return openSqlite(url.slice('sqlite:'.length), options)
  if (/^postgres(?:ql)?:\/\//.test(url)) return openPostgres(url, options)
  // The URL may hold a password, so it is not shown.
  throw new Error('a database is sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE')
}

const same = (dialect: Dialect): Dialect => dialect

async function openSqlite(file: string, { watched, through = same, checkpoints }: DatabaseOptions): Promise<Database> {
  const opened = await openSqliteFile(file, BUSY_MS, watched?.clock, checkpoints)
  const { checkFile, emptyLog } = opened
  const dialect = through(opened.dialect)
  // The probe is beside the guard, but in the same line of those who write.
  const own = new Kysely<Record<never, never>>({ dialect })
  // Kysely closes only a database that was used, so it is queried at once.
  await sql`select 1`.execute(own)
  const guard = watched ? guardOf({ ...watched, probe: () => sqliteProbe(own, checkFile) }) : UNWATCHED
  const db = watched ? await watchedBy(guard, dialect) : own
  return {
    kind: 'sqlite',
    db,
    presence: guard,
    make: statements => make(db, statements),
    addColumns: (table, types) => addColumns(db, SQLITE_COLUMNS, [], table, types),
    async check() {
      checkFile()
      await make(db, [])
    },
    // The pages themselves are overwritten when they are deleted; their old content is in the write-ahead log.
    scrub: () => guard.during('write', emptyLog),
    async close() {
      guard.close()
      await own.destroy()
    },
  }
}

async function openPostgres(
  url: string,
  { onIdleError = () => undefined, watched, through = same }: DatabaseOptions,
): Promise<Database> {
  const pool = new Pool({
    Client: PostgresClient,
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    statement_timeout: STATEMENT_MS,
    lock_timeout: BUSY_MS,
    idle_in_transaction_session_timeout: QUERY_MS,
    query_timeout: QUERY_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    application_name: 'partyline',
  })
  const guard = watched ? guardOf({ ...watched, probe: () => postgresProbe(url, through) }) : UNWATCHED
  const bornAfter = new WeakMap<PoolClient, number>()
  pool.on('error', error => {
    onIdleError(error)
    guard.suspect(error)
  })
  pool.on('connect', client => {
    bornAfter.set(client, guard.absences())
    // A connection that breaks in use fails its query; without a listener it would end the process too.
    client.on('error', () => undefined)
  })

  /** A connection of before the database was last away may be to nobody, or to a server that can only be read by now. */
  async function connect(): Promise<PoolClient> {
    for (;;) {
      const client = await pool.connect()
      if (bornAfter.get(client) === guard.absences()) return closedAfterNoAnswer(client)
      client.release(true)
    }
  }

  const dialect = new PostgresDialect({ pool: { connect, end: () => pool.end() } })
  const db = new Kysely<Record<never, never>>({ dialect: guarded(through(dialect), guard) })
  try {
    await sql`select 1`.execute(db)
    if (watched) await make(db, [LOCK, PROBE_TABLE])
  } catch (error) {
    guard.close()
    await db.destroy()
    throw error
  }
  return {
    kind: 'postgres',
    db,
    presence: guard,
    make: statements => make(db, [LOCK, ...statements]),
    addColumns: (table, types) => addColumns(db, POSTGRES_COLUMNS, [LOCK], table, types),
    async check() {
      const { rows } = await sql<{
        setting: string
      }>`select current_setting('transaction_read_only') as setting`.execute(db)
      if (rows[0]?.setting === 'on') throw new Error('it can only be read: it is a standby')
    },
    scrub: async () => undefined,
    async close() {
      guard.close()
      await db.destroy()
    },
  }
}

async function watchedBy(guard: Guard, dialect: Dialect): Promise<Kysely<Record<never, never>>> {
  const db = new Kysely<Record<never, never>>({ dialect: guarded(dialect, guard) })
  await make(db, [PROBE_TABLE])
  return db
}

async function make(db: Kysely<Record<never, never>>, statements: readonly string[]): Promise<void> {
  await db.transaction().execute(async transaction => {
    for (const statement of statements) await sql.raw(statement).execute(transaction)
  })
}

/** The table is changed only if it must be: that waits for all who use it, and they wait meanwhile. */
async function addColumns(
  db: Kysely<Record<never, never>>,
  columnsOf: typeof SQLITE_COLUMNS,
  before: readonly string[],
  table: string,
  types: Readonly<Record<string, string>>,
): Promise<void> {
  await db.transaction().execute(async transaction => {
    for (const statement of before) await sql.raw(statement).execute(transaction)
    const { rows } = await columnsOf(table).execute(transaction)
    const there = new Set(rows.map(({ name }) => name))
    for (const [name, type] of Object.entries(types))
      if (!there.has(name))
        await sql`alter table ${sql.id(table)} add column ${sql.id(name)} ${sql.raw(type)}`.execute(transaction)
  })
}

/**
 * Closes the connection instead of returning it to the pool if a query got no answer: the next query would wait behind
 * that one.
 */
function closedAfterNoAnswer(client: PoolClient): PoolClient {
  let failure: Error | undefined
  async function query(text: string, parameters: unknown[]): Promise<unknown> {
    try {
      return await client.query(text, parameters)
    } catch (error) {
      // Errors that the database itself reports have a severity.
      if (error instanceof Error && !('severity' in error)) failure = error
      throw error
    }
  }
  const replaced: Readonly<Record<PropertyKey, unknown>> = { query, release: () => client.release(failure) }
  return new Proxy(client, { get: (target, name) => replaced[name] ?? Reflect.get(target, name) })
}
