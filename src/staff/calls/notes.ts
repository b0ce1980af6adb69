import { randomUUID } from 'node:crypto'
import type { Database } from '../../database/database.ts'
import type { Note } from '../api-shapes.ts'

/** `made_at` is when the note was written and `call_at` when its call began, ISO 8601 in UTC. */
type Tables = {
  staff_notes: {
    id: string
    call_id: string
    at_ms: number
    text: string
    made_by: string
    made_at: string
    call_at: string
  }
}

const TABLES = [
  `create table if not exists staff_notes (id text primary key, call_id text not null, at_ms integer not null,
    text text not null, made_by text not null, made_at text not null, call_at text not null)`,
  'create index if not exists staff_notes_by_call on staff_notes (call_id, at_ms)',
  'create index if not exists staff_notes_by_time on staff_notes (call_at)',
]

const MOST_OF_CALL = 200
/** A statement takes a bounded number of values. */
const IDS_AT_ONCE = 200

export interface NewNote {
  readonly atMs: number
  readonly text: string
  readonly by: string
}

/** What staff have written on moments of calls. */
export interface Notes {
  /** In the order of their moments. */
  of(callId: string): Promise<readonly Note[]>
  /** `startedAt`: when the call began. Undefined if the call has 200 notes already. */
  add(call: { readonly callId: string; readonly startedAt: string }, note: NewNote, at: Date): Promise<Note | undefined>
  /** False where there is no such note. */
  remove(callId: string, noteId: string): Promise<boolean>
  removeOf(callIds: readonly string[]): Promise<void>
  /** Deletes at most `most` notes on calls that began before then; gives how many. */
  tidy(before: Date, most: number): Promise<number>
}

export async function notesIn(database: Database): Promise<Notes> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()

  return {
    async of(callId) {
      const rows = await db
        .selectFrom('staff_notes')
        .selectAll()
        .where('call_id', '=', callId)
        .orderBy('at_ms')
        .orderBy('made_at')
        .execute()
      return rows.map(row => ({ id: row.id, atMs: row.at_ms, text: row.text, by: row.made_by, at: row.made_at }))
    },
    add: ({ callId, startedAt }, { atMs, text, by }, at) =>
      db.transaction().execute(async transaction => {
        const { made } = await transaction
          .selectFrom('staff_notes')
          .select(({ fn }) => fn.countAll<number | string>().as('made'))
          .where('call_id', '=', callId)
          .executeTakeFirstOrThrow()
        if (Number(made) >= MOST_OF_CALL) return undefined
        const note = { id: randomUUID(), atMs: Math.round(atMs), text, by, at: at.toISOString() }
        await transaction
          .insertInto('staff_notes')
          .values({
            id: note.id,
            call_id: callId,
            at_ms: note.atMs,
            text,
            made_by: by,
            made_at: note.at,
            call_at: startedAt,
          })
          .execute()
        return note
      }),
    async remove(callId, noteId) {
      const removed = await db
        .deleteFrom('staff_notes')
        .where('call_id', '=', callId)
        .where('id', '=', noteId)
        .executeTakeFirst()
      return removed.numDeletedRows > 0n
    },
    async removeOf(callIds) {
      for (let from = 0; from < callIds.length; from += IDS_AT_ONCE)
        await db
          .deleteFrom('staff_notes')
          .where('call_id', 'in', callIds.slice(from, from + IDS_AT_ONCE))
          .execute()
    },
    async tidy(before, most) {
      const old = db
        .selectFrom('staff_notes')
        .select('id')
        .where('call_at', '<', before.toISOString())
        .orderBy('call_at')
        .limit(most)
      const deleted = await db.deleteFrom('staff_notes').where('id', 'in', old).executeTakeFirst()
      return Number(deleted.numDeletedRows)
    },
  }
}
