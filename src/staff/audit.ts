import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'

export type AuditAction =
  | 'signed-in'
  | 'sign-in-refused'
  | 'signed-out'
  | 'searched-caller'
  | 'opened'
  | 'lines'
  | 'audio'
  | 'waveform'
  | 'transcript'
  | 'cost'
  | 'tags'
  | 'note'
  | 'note-deleted'
  | 'what-if'
  | 'fixture'
  | 'forgot-caller'
  | 'read-audit'
  | 'listened'
  | 'whispered'
  | 'transferred'
  | 'ended'

/** Who did it. The role is what they wanted to be where a sign-in was refused. */
export interface AuditWho {
  readonly name: string
  readonly role: string
}

/** `at` is ISO 8601 in UTC. `call_id` is null where it is about no call, or about one that was deleted on request. */
export type AuditRow = {
  id: string
  at: string
  name: string
  role: string
  action: AuditAction
  call_id: string | null
  /** How it was done, for people. Holds no words and no number of a caller. */
  detail: string
}

type Tables = { staff_audit: AuditRow }

const TABLES = [
  `create table if not exists staff_audit (id text primary key, at text not null, name text not null,
    role text not null, action text not null, call_id text, detail text not null)`,
  'create index if not exists staff_audit_by_time on staff_audit (at)',
  'create index if not exists staff_audit_by_call on staff_audit (call_id)',
  // People write their names as they like.
  'create index if not exists staff_audit_by_name on staff_audit (lower(name), at)',
]

/** What of the log is wanted; all that is given must hold. `name` is a whole one, in capitals or small letters. */
export interface AuditQuery {
  readonly name?: string | undefined
  readonly callId?: string | undefined
  /** `next` of the page before. */
  readonly after?: string | undefined
  readonly most: number
}

export interface AuditPage {
  readonly rows: readonly AuditRow[]
  /** Null where this is the last page. */
  readonly next: string | null
}

/** The last row of a page, as its cursor: rows of one moment are in the order of their ids. */
const cursorOf = ({ at, id }: AuditRow): string => `${at}~${id}`

/** Who opened which call, and what they did. Rows are written before the answer is sent, and are never changed. */
export interface Audit {
  /** Rejects if it cannot be written: then nothing is shown or done. */
  write(who: AuditWho, action: AuditAction, at: Date, callId?: string, detail?: string): Promise<void>
  /** The latest first. */
  read(query: AuditQuery): Promise<AuditPage>
  /** The rows say no longer which of these calls they are about, as their caller has a right to be forgotten. */
  forgetCalls(callIds: readonly string[]): Promise<void>
  /** Deletes at most `most` rows from before then; gives how many. */
  tidy(before: Date, most: number): Promise<number>
}

/** A statement takes a bounded number of values. */
const IDS_AT_ONCE = 200

export async function auditIn(database: Database): Promise<Audit> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()

  return {
    async write({ name, role }, action, at, callId, detail = '') {
      await db
        .insertInto('staff_audit')
        .values({ id: randomUUID(), at: at.toISOString(), name, role, action, call_id: callId ?? null, detail })
        .execute()
    },
    async read({ name, callId, after, most }) {
      const [at = '', id = ''] = after?.split('~') ?? []
      // A call has few rows and a name many: with both, the index of names would be the wrong one.
      const nameIn = callId === undefined ? sql`lower(name)` : sql`lower(name) || ''`
      const rows = await db
        .selectFrom('staff_audit')
        .selectAll()
        .$if(name !== undefined, query => query.where(nameIn, '=', sql`lower(${name})`))
        .$if(callId !== undefined, query => query.where('call_id', '=', callId ?? null))
        .$if(after !== undefined, query =>
          query.where('at', '<=', at).where(({ eb, or }) => or([eb('at', '<', at), eb('id', '<', id)])),
        )
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(most + 1)
        .execute()
      const page = rows.slice(0, most)
      const last = page.at(-1)
      return { rows: page, next: rows.length > most && last ? cursorOf(last) : null }
    },
    async forgetCalls(callIds) {
      for (let from = 0; from < callIds.length; from += IDS_AT_ONCE) {
        const some = callIds.slice(from, from + IDS_AT_ONCE)
        await db.updateTable('staff_audit').set({ call_id: null }).where('call_id', 'in', some).execute()
      }
    },
    async tidy(before, most) {
      const old = db
        .selectFrom('staff_audit')
        .select('id')
        .where('at', '<', before.toISOString())
        .orderBy('at')
        .limit(most)
      const deleted = await db.deleteFrom('staff_audit').where('id', 'in', old).executeTakeFirst()
      return Number(deleted.numDeletedRows)
    },
  }
}
