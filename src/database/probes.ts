import { type Dialect, Kysely, PostgresDialect, sql } from 'kysely'
import { Pool } from 'pg'
import { reasonOf } from '../failure-reason.ts'
import { isCrowded } from './away.ts'
import { PostgresClient } from './postgres-client.ts'
import type { Away } from './presence.ts'

/** One row, which probes write: a disk that is full is found out only by that. */
export const PROBE_TABLE =
  'create table if not exists database_probes (id integer primary key, times bigint not null default 0)'
const WRITE = `insert into database_probes (id, times) values (1, 1)
  on conflict (id) do update set times = database_probes.times + 1`
const WITHIN_MS = 1_000

/** Reads, and then writes. Undefined where both can be done; throws where not even the first can. */
export async function sqliteProbe(db: Kysely<Record<never, never>>, checkFile: () => void): Promise<Away | undefined> {
  // A select, and no raw query: it is read beside those who wait to write.
  await db.withTables<{ database_probes: { times: number } }>().selectFrom('database_probes').select('times').execute()
  try {
    checkFile()
    await sql.raw(WRITE).execute(db)
    return undefined
  } catch (error) {
    return { what: 'writes', why: reasonOf(error) }
  }
}

/** The same by a connection of its own: those of the pool may all be waiting for an answer. */
export async function postgresProbe(url: string, through: (dialect: Dialect) => Dialect): Promise<Away | undefined> {
  const pool = new Pool({
    Client: PostgresClient,
    max: 1,
    connectionString: url,
    connectionTimeoutMillis: WITHIN_MS,
    query_timeout: WITHIN_MS,
    statement_timeout: WITHIN_MS,
    application_name: 'partyline probe',
  })
  pool.on('error', () => undefined)
  pool.on('connect', client => void client.on('error', () => undefined))
  const db = new Kysely<Record<never, never>>({ dialect: through(new PostgresDialect({ pool })) })
  try {
    try {
      await sql`select 1`.execute(db)
    } catch (error) {
      // Those who have a connection go on.
      if (isCrowded(error)) return undefined
      throw error
    }
    try {
      await sql.raw(WRITE).execute(db)
      return undefined
    } catch (error) {
      return { what: 'writes', why: reasonOf(error) }
    }
  } finally {
    db.destroy().catch(() => undefined)
  }
}
