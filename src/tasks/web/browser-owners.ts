import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '../../database/database.ts'
import { BROWSER_OWNER } from './owner-cookie.ts'

/** `address` is a keyed hash. Times are ISO 8601 in UTC, so that they sort as text. */
type Tables = { browser_owners: { owner: string; address: string; created_at: string; used_at: string } }

const TABLES = [
  `create table if not exists browser_owners (
    owner text primary key, address text not null, created_at text not null, used_at text not null)`,
  'create index if not exists browser_owners_by_address on browser_owners (address, created_at)',
  'create index if not exists browser_owners_by_use on browser_owners (used_at)',
]

const DAY_MS = 24 * 3_600_000
/** Families and small offices share an address. */
const MOST_A_DAY = 20
/** Of a page that nobody vouches for. An undo needs the last few changes alone. */
const CHANGES_KEPT = 100
/** Open and completed. */
export const MOST_TASKS_OF_BROWSER = 200

/** The owners that only a browser's cookie names. One is stored when it gets its first task, and not before. */
export interface BrowserOwners {
  /** Stores a new owner. False if its address has made 20 others within a day; a known owner is always let in. */
  admit(owner: string, address: string, at: Date): Promise<boolean>
  /** Notes that the owner is used, once a day. */
  used(owner: string, at: Date): Promise<void>
  /** Deletes all but the last 100 records of an owner's changes. */
  trimChanges(owner: string): Promise<void>
  /** Deletes at most `most` owners that were not used since then, with all that is theirs; gives how many. */
  deleteUnused(before: Date, most: number): Promise<number>
}

/** Owners from before this table count as used at `at`. `secret` is the key of the addresses' hashes. */
export async function browserOwnersIn(database: Database, secret: string, at: Date): Promise<BrowserOwners> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()
  const key = createHmac('sha256', secret).update('partyline browser address').digest()
  const hashed = (address: string): string => createHmac('sha256', key).update(address).digest('base64url')
  const now = at.toISOString()
  await sql`insert into browser_owners (owner, address, created_at, used_at)
    select owner, '', ${now}, ${now} from task_owners where owner like ${`${BROWSER_OWNER}%`}
    on conflict (owner) do nothing`.execute(db)

  return {
    admit: (owner, from, askedAt) =>
      db.transaction().execute(async transaction => {
        const known = transaction.selectFrom('browser_owners').select('owner').where('owner', '=', owner)
        if (await known.executeTakeFirst()) return true
        const address = hashed(from)
        const { made } = await transaction
          .selectFrom('browser_owners')
          .select(({ fn }) => fn.countAll<number | string>().as('made'))
          .where('address', '=', address)
          .where('created_at', '>', new Date(askedAt.getTime() - DAY_MS).toISOString())
          .executeTakeFirstOrThrow()
        if (Number(made) >= MOST_A_DAY) return false
        const time = askedAt.toISOString()
        await transaction
          .insertInto('browser_owners')
          .values({ owner, address, created_at: time, used_at: time })
          .onConflict(conflict => conflict.doNothing())
          .execute()
        return true
      }),
    async used(owner, usedAt) {
      await db
        .updateTable('browser_owners')
        .set({ used_at: usedAt.toISOString() })
        .where('owner', '=', owner)
        .where('used_at', '<', new Date(usedAt.getTime() - DAY_MS).toISOString())
        .execute()
    },
    async trimChanges(owner) {
      await sql`delete from task_changes where owner = ${owner} and seq <=
        (select changes - ${CHANGES_KEPT} from task_owners where owner = ${owner})`.execute(db)
    },
    deleteUnused: (before, most) =>
      db.transaction().execute(async transaction => {
        const unused = await transaction
          .selectFrom('browser_owners')
          .select('owner')
          .where('used_at', '<', before.toISOString())
          .orderBy('used_at')
          .limit(most)
          .execute()
        for (const { owner } of unused) {
          for (const table of ['tasks', 'task_changes', 'task_owners', 'browser_owners']) {
            await sql`delete from ${sql.table(table)} where owner = ${owner}`.execute(transaction)
          }
        }
        return unused.length
      }),
  }
}
