import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { Kysely, SqliteDialect, sql } from 'kysely'
import type { Next } from '../conversation/ports.ts'

/** Times are ISO 8601. `text` holds journal lines, one JSON a line, of one commit. */
interface Tables {
  calls: { call_id: string; streams: number; next: Next | null; seen_at: string }
  passes: { call_id: string; attempt: number }
  commits: { call_id: string; first_seq: number; text: string }
}

/** What all servers of one number share: which passes were used, what a call meets next, and its committed journal. */
export interface Store {
  /** True for the first who asks for this stream of this call, ever. */
  takePass(callId: string, attempt: number, at: Date): Promise<boolean>
  keepNext(callId: string, next: Next): Promise<void>
  factsOf(callId: string): Promise<{ readonly streams: number; readonly next: Next | undefined }>
  /** Durable once resolved. `text` is whole journal lines, the first of which has number `firstSeq`. */
  commit(callId: string, firstSeq: number, text: string): Promise<void>
  /** The committed lines of a call, in order. */
  linesOf(callId: string): Promise<readonly string[]>
  close(): Promise<void>
}

/** Another server may hold the file for so long. */
const BUSY_MS = 1_000
const ATTEMPTS = 20

/** Of two servers that open a new file at once one is refused WAL without any patience; a transaction does wait its turn. */
function writeAhead(database: DatabaseSync): void {
  for (let attempt = 1; ; attempt++) {
    try {
      return database.exec('pragma journal_mode = wal')
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
      database.exec('begin immediate; rollback')
    }
  }
}

/** Opens the store and makes its tables where they are missing. `url` is `sqlite:FILE`, or `sqlite::memory:`. */
export async function openStore(url: string): Promise<Store> {
  const file = url.slice('sqlite:'.length)
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
  const database = new DatabaseSync(file, { timeout: BUSY_MS })
  // WAL with NORMAL outlives a killed process; a power cut may take the last moments.
  writeAhead(database)
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: asDialectDatabase(database) }) })
  await sql`pragma synchronous = normal`.execute(db)
  await sql`create table if not exists calls (call_id text primary key, streams integer not null, next text, seen_at text not null)`.execute(
    db,
  )
  await sql`create table if not exists passes (call_id text, attempt integer, primary key (call_id, attempt))`.execute(
    db,
  )
  await sql`create table if not exists commits (call_id text, first_seq integer, text text not null, primary key (call_id, first_seq))`.execute(
    db,
  )

  return {
    async takePass(callId, attempt, at) {
      const taken = await db
        .insertInto('passes')
        .values({ call_id: callId, attempt })
        .onConflict(conflict => conflict.doNothing())
        .executeTakeFirst()
      if (taken.numInsertedOrUpdatedRows !== 1n) return false
      await db
        .insertInto('calls')
        .values({ call_id: callId, streams: attempt, next: null, seen_at: at.toISOString() })
        .onConflict(conflict => conflict.column('call_id').doUpdateSet({ streams: attempt, next: null }))
        .execute()
      return true
    },
    async keepNext(callId, next) {
      await db.updateTable('calls').set({ next }).where('call_id', '=', callId).execute()
    },
    async factsOf(callId) {
      const call = await db.selectFrom('calls').selectAll().where('call_id', '=', callId).executeTakeFirst()
      return { streams: call?.streams ?? 0, next: call?.next ?? undefined }
    },
    async commit(callId, firstSeq, text) {
      await db.insertInto('commits').values({ call_id: callId, first_seq: firstSeq, text }).execute()
    },
    async linesOf(callId) {
      const commits = await db
        .selectFrom('commits')
        .select('text')
        .where('call_id', '=', callId)
        .orderBy('first_seq')
        .execute()
      return commits.flatMap(({ text }) => text.split('\n').filter(line => line !== ''))
    },
    close: () => db.destroy(),
  }
}

/** Node's own SQLite in the shape that Kysely's dialect asks for. */
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
