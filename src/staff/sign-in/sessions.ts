import { createHash, randomBytes } from 'node:crypto'
import type { Database } from '../../database/database.ts'
import type { Role } from '../api-shapes.ts'

/**
 * `id` is the hash of the cookie's token, so that who reads the database cannot sign in. `proof` is what the session
 * rests on. Times are ISO 8601 in UTC, so that they sort as text.
 */
type Tables = {
  staff_sessions: { id: string; name: string; role: Role; proof: string; ends_at: string }
}

const TABLES = [
  `create table if not exists staff_sessions (
    id text primary key, name text not null, role text not null, proof text not null, ends_at text not null)`,
  'create index if not exists staff_sessions_by_end on staff_sessions (ends_at)',
]

const TOKEN_BYTES = 32
const TOKEN = /^[\w-]{43}$/
export const SESSION_SECONDS = 12 * 3_600

/** Somebody who has signed in. */
export interface Session {
  readonly id: string
  readonly name: string
  readonly role: Role
}

export interface Sessions {
  /** Begins a session, and gives the token for the cookie, which is stored nowhere. */
  begin(
    who: Omit<Session, 'id'>,
    proof: string,
    at: Date,
  ): Promise<{ readonly token: string; readonly session: Session }>
  /** The session of a token, if it has neither ended nor lost what it rests on. */
  read(token: string | undefined, at: Date): Promise<Session | undefined>
  end(token: string): Promise<void>
  /** Deletes at most `most` sessions that are over; gives how many. */
  tidy(at: Date, most: number): Promise<number>
}

const idOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** `holds` says whether a session may still rest on its proof: one by a password ends when the password is changed. */
export async function sessionsIn(database: Database, holds: (role: Role, proof: string) => boolean): Promise<Sessions> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()

  return {
    async begin({ name, role }, proof, at) {
      const token = randomBytes(TOKEN_BYTES).toString('base64url')
      const session = { id: idOf(token), name, role }
      const endsAt = new Date(at.getTime() + SESSION_SECONDS * 1_000).toISOString()
      await db
        .insertInto('staff_sessions')
        .values({ ...session, proof, ends_at: endsAt })
        .execute()
      return { token, session }
    },
    async read(token, at) {
      if (token === undefined || !TOKEN.test(token)) return undefined
      const row = await db
        .selectFrom('staff_sessions')
        .selectAll()
        .where('id', '=', idOf(token))
        .where('ends_at', '>', at.toISOString())
        .executeTakeFirst()
      if (!row || !holds(row.role, row.proof)) return undefined
      return { id: row.id, name: row.name, role: row.role }
    },
    async end(token) {
      await db.deleteFrom('staff_sessions').where('id', '=', idOf(token)).execute()
    },
    async tidy(at, most) {
      const over = db
        .selectFrom('staff_sessions')
        .select('id')
        .where('ends_at', '<=', at.toISOString())
        .orderBy('ends_at')
        .limit(most)
      const deleted = await db.deleteFrom('staff_sessions').where('id', 'in', over).executeTakeFirst()
      return Number(deleted.numDeletedRows)
    },
  }
}
