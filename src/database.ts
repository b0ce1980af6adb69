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

/** One database, opened once by a process and shared by all stores in it: SQLite has a single connection. */
export interface Database {
  /** Name the tables with `withTables`. A transaction that will write takes its lock at its start. */
  readonly db: Kysely<Record<never, never>>
  /** Runs statements that make what is missing, also when several servers do so at once. */
  make(statements: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** A lock that another process holds is waited for so long, without stopping this process meanwhile. */
const BUSY_MS = 2_000
const BUSY_AGAIN_MS = 5
const CONNECTIONS = 5
const CONNECT_MS = 3_000
/** The server gives up first, so that the connection stays good. */
const STATEMENT_MS = 3_000
const QUERY_MS = 4_000
const IDLE_MS = 30_000
/** Any number, but the same for all servers. */
const MAKING = 7_243_001

/**
 * Opens `sqlite:FILE`, `sqlite::memory:` or `postgres://USER:PASSWORD@HOST/DATABASE`. Queries throw when the database
 * does not answer in time; `onIdleError` is told when an idle connection breaks, which the next query does not notice.
 */
export function openDatabase(url: string, onIdleError: (error: Error) => void = () => undefined): Promise<Database> {
  if (url.startsWith('sqlite:')) return openSqlite(url.slice('sqlite:'.length))
  if (/^postgres(?:ql)?:\/\//.test(url)) return openPostgres(url, onIdleError)
  // The text may hold a password, so it is not shown.
  throw new Error('a database is sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE')
}

async function openSqlite(file: string): Promise<Database> {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
  const database = new DatabaseSync(file, { timeout: 0 })
  // WAL with NORMAL outlives a killed process; a power cut may take the last moments.
  await patiently(() => database.exec('pragma journal_mode = wal'))
  await patiently(() => database.exec('pragma synchronous = normal'))
  const dialect: Dialect = {
    createDriver: () => sqliteDriver(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: db => new SqliteIntrospector(db),
  }
  const db = new Kysely<Record<never, never>>({ dialect })
  // Asked at once: a database that never was is not closed by Kysely.
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
      pool: { connect: async () => careful(await pool.connect()), end: () => pool.end() },
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
    make: statements => make(db, [`select pg_advisory_xact_lock(${MAKING})`, ...statements]),
    close: () => db.destroy(),
  }
}

async function make(db: Kysely<Record<never, never>>, statements: readonly string[]): Promise<void> {
  await db.transaction().execute(async transaction => {
    for (const statement of statements) await sql.raw(statement).execute(transaction)
  })
}

/**
 * The connection, but one that left a query unanswered is closed, not given back: what is asked next would wait behind
 * that query.
 */
function careful(client: PoolClient): PoolClient {
  let failure: Error | undefined
  async function query(text: string, parameters: unknown[]): Promise<unknown> {
    try {
      return await client.query(text, parameters)
    } catch (error) {
      // What the server refused by its word has a severity.
      if (error instanceof Error && !('severity' in error)) failure = error
      throw error
    }
  }
  const replaced: Readonly<Record<PropertyKey, unknown>> = { query, release: () => client.release(failure) }
  return new Proxy(client, { get: (target, name) => replaced[name] ?? Reflect.get(target, name) })
}

/** Kysely's driver, but a transaction asks for the right to write at its start, and a busy file is waited for. */
function sqliteDriver(database: DatabaseSync): Driver {
  const inner = new SqliteDriver({ database: asDialectDatabase(database) })
  const patient = (connection: DatabaseConnection): DatabaseConnection => ({
    executeQuery: query => patiently(() => connection.executeQuery(query)),
    streamQuery: query => connection.streamQuery(query),
  })
  return {
    init: () => inner.init(),
    acquireConnection: async () => patient(await inner.acquireConnection()),
    // A deferred one fails at its first write when another process has written since it read.
    async beginTransaction(connection) {
      await connection.executeQuery(CompiledQuery.raw('begin immediate'))
    },
    commitTransaction: connection => inner.commitTransaction(connection),
    rollbackTransaction: connection => inner.rollbackTransaction(connection),
    releaseConnection: () => inner.releaseConnection(),
    destroy: () => inner.destroy(),
  }
}

/** Tries again while the file is busy: nothing has happened then. SQLite's own patience would stop the whole process. */
async function patiently<T>(run: () => T | Promise<T>): Promise<T> {
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

/** SQLITE_BUSY and its finer kinds, which are in the higher bits. */
function isBusy(error: unknown): boolean {
  return (
    error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 255) === 5
  )
}

/** Node's own SQLite in the shape that Kysely's driver asks for. */
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
