import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { systemClock } from '../clock.ts'
import type { Clock } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'
import { makeFilePrivate, PRIVATE_FOLDER } from '../private-files.ts'
import { DatabaseAway } from './away.ts'
import { LONGEST_LOG_PAGES, type OpenCheckpoints } from './checkpoints.ts'
import { identityOf } from './file-identity.ts'
import { busy, isBusy, turns } from './sqlite-turns.ts'

/** A SQLite file, opened once for writing and once for reading. */
export interface SqliteFile {
  readonly dialect: Dialect
  /** Throws when the path leads to another file than the one that is open, or to none. */
  checkFile(): void
  /** Empties the write-ahead log. Throws BusyError where somebody else reads or writes for too long. */
  emptyLog(): Promise<void>
}

const BUSY_AGAIN_MS = 5
const MEMORY = ':memory:'

/**
 * Opens a SQLite file; missing folders are created. A query waits at most `waitMs` for a lock, whether another process
 * holds it or other queries of this one wait for it too. A read never waits for a writer. Without `checkpoints` SQLite makes
 * them within its writes.
 */
export async function openSqliteFile(
  file: string,
  waitMs: number,
  clock: Clock = systemClock,
  checkpoints?: OpenCheckpoints,
): Promise<SqliteFile> {
  if (file !== MEMORY) {
    mkdirSync(dirname(file), { recursive: true, mode: PRIVATE_FOLDER })
    // SQLite gives the files beside it, -wal and -shm, the mode of this one.
    makeFilePrivate(file)
  }
  const writer = new DatabaseSync(file, { timeout: 0 })
  const until = (): number => clock.now() + waitMs
  // WAL with NORMAL loses nothing if the process is killed; a power failure may lose the last transactions.
  await retryWhileBusy(() => writer.exec('pragma journal_mode = wal'), until(), clock)
  await retryWhileBusy(() => writer.exec('pragma synchronous = normal'), until(), clock)
  // What is deleted, such as all of a caller, is overwritten.
  writer.exec('pragma secure_delete = on')
  const reader = file === MEMORY ? undefined : new DatabaseSync(file, { timeout: 0, readOnly: true })
  const { signal: never } = new AbortController()
  const identity = (): string | undefined => (file === MEMORY ? MEMORY : identityOf(file))
  const opened = identity()
  const writing = turns(clock)
  const log = file === MEMORY ? undefined : checkpoints?.(file)
  if (log) writer.exec(`pragma wal_autocheckpoint = ${LONGEST_LOG_PAGES}`)

  function write<Row>(query: CompiledQuery): QueryResult<Row> {
    const result = run<Row>(writer, query)
    log?.wrote(query.parameters)
    return result
  }

  /** What is written to a file that nobody finds any more is lost. */
  function checkFile(): void {
    const now = identity()
    if (now === undefined && opened !== undefined) throw new DatabaseAway('its file was deleted')
    if (now !== opened) throw new DatabaseAway('its file was replaced by another one: restart the server')
  }

  async function enter(untilMs: number): Promise<void> {
    await writing.enter(untilMs)
    try {
      checkFile()
      const room = log?.room()
      if (room) {
        await within(Math.max(0, untilMs - clock.now()), 'the disk', clock, () => room, never).catch(cause => {
          throw new DatabaseAway('its disk is too slow', { cause })
        })
        checkFile()
      }
    } catch (error) {
      writing.leave()
      throw error
    }
  }

  /** A connection that asks for its turn to write only when it writes. */
  function connection() {
    let isInTransaction = false
    const own = {
      executeQuery: async <Row>(query: CompiledQuery): Promise<QueryResult<Row>> => {
        if (isInTransaction) return retryWhileBusy(() => write<Row>(query), until(), clock)
        const untilMs = until()
        if (reader && SelectQueryNode.is(query.query))
          return retryWhileBusy(() => run<Row>(reader, query), untilMs, clock)
        await enter(untilMs)
        try {
          return await retryWhileBusy(() => write<Row>(query), untilMs, clock)
        } finally {
          writing.leave()
        }
      },
      // biome-ignore lint/correctness/useYield: no store streams its rows.
      async *streamQuery(): AsyncGenerator<never> {
        throw new Error('rows are not streamed')
      },
      async begin(): Promise<void> {
        const untilMs = until()
        await enter(untilMs)
        try {
          // A deferred transaction fails at its first write if another process has written since it read.
          await retryWhileBusy(() => writer.exec('begin immediate'), untilMs, clock)
          isInTransaction = true
        } catch (error) {
          writing.leave()
          throw error
        }
      },
      async end(statement: 'commit' | 'rollback'): Promise<void> {
        // A full disk may have ended the transaction by itself.
        if (statement === 'rollback' && !writer.isTransaction) return
        await own.executeQuery(CompiledQuery.raw(statement))
      },
      release(): void {
        if (isInTransaction) writing.leave()
        isInTransaction = false
      },
    }
    return own
  }

  const connections = new WeakMap<DatabaseConnection, ReturnType<typeof connection>>()
  const own = (given: DatabaseConnection) => {
    const found = connections.get(given)
    if (!found) throw new Error('this connection is not of this file')
    return found
  }

  async function emptyLog(): Promise<void> {
    const untilMs = until()
    for (;;) {
      await writing.enter(untilMs)
      try {
        checkFile()
        const [row] = writer.prepare('pragma wal_checkpoint(truncate)').all()
        if (row?.busy !== 1) return
      } finally {
        writing.leave()
      }
      if (clock.now() >= untilMs) throw busy()
      // Others write in between: somebody may read for long.
      await clock.sleep(BUSY_AGAIN_MS, never)
    }
  }

  return {
    checkFile,
    emptyLog,
    dialect: {
      createDriver: () => ({
        init: async () => undefined,
        async acquireConnection() {
          const made = connection()
          connections.set(made, made)
          return made
        },
        beginTransaction: given => own(given).begin(),
        commitTransaction: given => own(given).end('commit'),
        rollbackTransaction: given => own(given).end('rollback'),
        releaseConnection: async given => own(given).release(),
        async destroy() {
          await log?.close()
          reader?.close()
          writer.close()
        },
      }),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: db => new SqliteIntrospector(db),
    },
  }
}

function run<Row>(database: DatabaseSync, { sql, parameters }: CompiledQuery): QueryResult<Row> {
  const statement = database.prepare(sql)
  const values = parameters as SQLInputValue[]
  if (statement.columns().length > 0) return { rows: statement.all(...values) as Row[] }
  const { changes, lastInsertRowid } = statement.run(...values)
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
}

/** Retries while the file is busy, as nothing was done then. SQLite's own busy timeout would block the event loop. */
async function retryWhileBusy<T>(work: () => T, untilMs: number, clock: Clock): Promise<T> {
  const { signal } = new AbortController()
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error)) throw error
      if (clock.now() >= untilMs) throw busy(error)
      await clock.sleep(BUSY_AGAIN_MS, signal)
    }
  }
}
