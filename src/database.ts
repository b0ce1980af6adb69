import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresDialect,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import { Pool, type PoolClient } from 'pg'
import { systemClock } from './clock.ts'
import { makeFilePrivate, PRIVATE_FOLDER } from './private-files.ts'

/** One database, opened once per process and shared by all its stores, because SQLite has a single connection. */
export interface Database {
  /** Type the tables with `withTables`. On SQLite a transaction takes the write lock when it begins. */
  readonly db: Kysely<Record<never, never>>
  /** Runs statements that create what is missing. Safe when several servers do so at once. */
  make(statements: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** How long to wait for a lock of another process. The wait does not block the event loop. */
const BUSY_MS = 2_000
const BUSY_AGAIN_MS = 5
const CONNECTIONS = 5
const CONNECT_MS = 3_000
/** Shorter than QUERY_MS: the database gives up first, so that the connection stays usable. */
const STATEMENT_MS = 3_000
const QUERY_MS = 4_000
const IDLE_MS = 30_000
/** The key of the advisory lock: arbitrary, but the same for all servers. */
const MAKE_LOCK_KEY = 7_243_001

/**
 * Opens `sqlite:FILE`, `sqlite::memory:` or `postgres://USER:PASSWORD@HOST/DATABASE`. Queries throw when the database
 * does not answer in time. `onIdleError` is called when an idle connection breaks; the next query gets another one.
 */
export function openDatabase(url: string, onIdleError: (error: Error) => void = () => undefined): Promise<Database> {
  if (url.startsWith('sqlite:')) return openSqlite(url.slice('sqlite:'.length))
  if (/^postgres(?:ql)?:\/\//.test(url)) return openPostgres(url, onIdleError)
  // The URL may hold a password, so it is not shown.
  throw new Error('a database is sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE')
}

async function openSqlite(file: string): Promise<Database> {
  if (file !== ':memory:') {
    mkdirSync(dirname(file), { recursive: true, mode: PRIVATE_FOLDER })
    // SQLite gives the files beside it, -wal and -shm, the mode of this one.
    makeFilePrivate(file)
  }
  const database = new DatabaseSync(file, { timeout: 0 })
  // WAL with NORMAL loses nothing if the process is killed; a power failure may lose the last transactions.
  await retryWhileBusy(() => database.exec('pragma journal_mode = wal'))
  await retryWhileBusy(() => database.exec('pragma synchronous = normal'))
  const dialect: Dialect = {
    createDriver: () => sqliteDriver(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: db => new SqliteIntrospector(db),
  }
  const db = new Kysely<Record<never, never>>({ dialect })
  // Kysely closes only a database that was used, so it is queried at once.
  await sql`select 1`.execute(db)
  return { db, make: statements => make(db, statements), close: () => db.destroy() }
}

async function openPostgres(url: string, onIdleError: (error: Error) => void): Promise<Database> {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    statement_timeout: STATEMENT_MS,
    lock_timeout: BUSY_MS,
    idle_in_transaction_session_timeout: QUERY_MS,
    query_timeout: QUERY_MS,
    keepAlive: true,
    application_name: 'partyline',
  })
  pool.on('error', onIdleError)
  // A connection that breaks in use fails its query; without a listener it would end the process too.
  pool.on('connect', client => client.on('error', () => undefined))
  const db = new Kysely<Record<never, never>>({
    dialect: new PostgresDialect({
      pool: { connect: async () => closedAfterNoAnswer(await pool.connect()), end: () => pool.end() },
    }),
  })
  try {
    await sql`select 1`.execute(db)
  } catch (error) {
    await db.destroy()
    throw error
  }
  return {
    db,
    make: statements => make(db, [`select pg_advisory_xact_lock(${MAKE_LOCK_KEY})`, ...statements]),
    close: () => db.destroy(),
  }
}

async function make(db: Kysely<Record<never, never>>, statements: readonly string[]): Promise<void> {
  await db.transaction().execute(async transaction => {
    for (const statement of statements) await sql.raw(statement).execute(transaction)
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

/** Kysely's driver, but transactions take the write lock at once, and a busy file is waited for. */
function sqliteDriver(database: DatabaseSync): Driver {
  const inner = new SqliteDriver({ database: asDialectDatabase(database) })
  const retrying = (connection: DatabaseConnection): DatabaseConnection => ({
    executeQuery: query => retryWhileBusy(() => connection.executeQuery(query)),
    streamQuery: query => connection.streamQuery(query),
  })
  return {
    init: () => inner.init(),
    acquireConnection: async () => retrying(await inner.acquireConnection()),
    // A deferred transaction fails at its first write if another process has written since it read.
    async beginTransaction(connection) {
      await connection.executeQuery(CompiledQuery.raw('begin immediate'))
    },
    commitTransaction: connection => inner.commitTransaction(connection),
    rollbackTransaction: connection => inner.rollbackTransaction(connection),
    releaseConnection: () => inner.releaseConnection(),
    destroy: () => inner.destroy(),
  }
}

/** Retries while the file is busy, as nothing was done then. SQLite's own busy timeout would block the event loop. */
async function retryWhileBusy<T>(run: () => T | Promise<T>): Promise<T> {
  const untilMs = systemClock.now() + BUSY_MS
  const signal = new AbortController().signal
  for (;;) {
    try {
      return await run()
    } catch (error) {
      if (!isBusy(error) || systemClock.now() > untilMs) throw error
      await systemClock.sleep(BUSY_AGAIN_MS, signal)
    }
  }
}

/** SQLITE_BUSY or one of its extended codes, which use the higher bits. */
function isBusy(error: unknown): boolean {
  return (
    error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 255) === 5
  )
}

/** Adapts Node's SQLite to Kysely's driver. */
function asDialectDatabase(database: DatabaseSync) {
  return {
    close: () => database.close(),
    prepare(text: string) {
      const statement = database.prepare(text)
      const values = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[]
      return {
        reader: statement.columns().length > 0,
        all: (parameters: readonly unknown[]) => statement.all(...values(parameters)),
        run: (parameters: readonly unknown[]) => statement.run(...values(parameters)),
        iterate: (parameters: readonly unknown[]) => statement.iterate(...values(parameters)),
      }
    },
  }
}
