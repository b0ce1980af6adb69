import type { Transaction } from 'kysely'
import type { z } from 'zod'
import type { Database } from '../../database/database.ts'
import { type OwnTasks, ownTasks } from './own-tasks.ts'
import { renewWords } from './renewed-words.ts'
import { rowOf, TABLES, type TaskTables } from './tables.ts'
import type { Status, Task } from './task.ts'

/** A request to change something. It is carried out once per owner and key, however often it is repeated. */
export interface ChangeRequest {
  readonly owner: string
  readonly key: string
  readonly what: string
  readonly at: Date
}

/** What a change does to a task. An undo names the number of the change that it undoes. */
export interface Effect {
  readonly before: Task | null
  readonly after: Task | null
  readonly undoes?: number
}

/** What is answered, and what is changed, if anything. */
export interface Decision<Answer> {
  readonly answer: Answer
  readonly effect?: Effect
}

export interface TaskStore {
  of(owner: string): OwnTasks
  /**
   * Calls `decide` and carries out its effect in one transaction; an owner's changes wait for each other. A key that has
   * changed something gets its first answer again, without a call of `decide`. Throws KeyReused when that was another
   * kind of change, OutcomeUnknown when the database does not say whether the change was made.
   */
  change<Answer>(
    request: ChangeRequest,
    answer: z.ZodType<Answer>,
    decide: (tasks: OwnTasks) => Promise<Decision<Answer>>,
  ): Promise<Answer>
}

/** The idempotency key was used before, for a change of another kind. */
export class KeyReused extends Error {
  override readonly name = 'KeyReused'
}

/** The database failed during the commit and does not say whether the change was made. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown'
}

/** The task store in a database; missing tables are created. Whoever opened the database closes it. */
export async function tasksIn(database: Database): Promise<TaskStore> {
  await database.make(TABLES)
  const db = database.db.withTables<TaskTables>()
  await renewWords(db)
  return {
    of: owner => ownTasks(db, owner),
    async change(request, answer, decide) {
      let isCarriedOut = false
      const inTransaction = (): Promise<z.infer<typeof answer>> =>
        db.transaction().execute(async transaction => {
          const seq = await lockOwner(transaction, request.owner)
          const first = await answered(transaction, request)
          if (first !== undefined) return answer.parse(JSON.parse(first))
          const decision = await decide(ownTasks(transaction, request.owner))
          if (decision.effect) await carryOut(transaction, request, seq, decision.effect, decision.answer)
          // Nobody is stored for a request that changed nothing.
          else if (seq === 1) await transaction.deleteFrom('task_owners').where('owner', '=', request.owner).execute()
          isCarriedOut = decision.effect !== undefined
          return decision.answer
        })
      try {
        return await inTransaction()
      } catch (error) {
        if (!isCarriedOut) throw error
      }
      // The commit failed. The second run finds the key if the change was made, and makes the change if not.
      try {
        return await inTransaction()
      } catch (cause) {
        throw new OutcomeUnknown('the database failed during the commit', { cause })
      }
    },
  }
}

/** Locks the owner's row until the end of the transaction, and gives the number of the change. */
async function lockOwner(transaction: Transaction<TaskTables>, owner: string): Promise<number> {
  const { changes } = await transaction
    .insertInto('task_owners')
    .values({ owner, changes: 1, pending: 0, completed: 0 })
    .onConflict(conflict =>
      conflict.column('owner').doUpdateSet(now => ({ changes: now('task_owners.changes', '+', 1) })),
    )
    .returning('changes')
    .executeTakeFirstOrThrow()
  return changes
}

async function answered(transaction: Transaction<TaskTables>, { owner, key, what }: ChangeRequest) {
  const first = await transaction
    .selectFrom('task_changes')
    .where('owner', '=', owner)
    .where('key', '=', key)
    .select(['what', 'answer'])
    .executeTakeFirst()
  if (first && first.what !== what) throw new KeyReused(`this key was used to ${first.what}, not to ${what}`)
  return first?.answer
}

async function carryOut(
  transaction: Transaction<TaskTables>,
  { owner, key, what, at }: ChangeRequest,
  seq: number,
  { before, after, undoes }: Effect,
  answer: unknown,
): Promise<void> {
  if (before) await transaction.deleteFrom('tasks').where('owner', '=', owner).where('id', '=', before.id).execute()
  if (after) await transaction.insertInto('tasks').values(rowOf(owner, after)).execute()
  const more = (status: Status): number => Number(after?.status === status) - Number(before?.status === status)
  if (after?.status !== before?.status) {
    await transaction
      .updateTable('task_owners')
      .set(now => ({
        pending: now('pending', '+', more('pending')),
        completed: now('completed', '+', more('completed')),
      }))
      .where('owner', '=', owner)
      .execute()
  }
  if (undoes !== undefined) {
    await transaction
      .updateTable('task_changes')
      .set({ undone: 1 })
      .where('owner', '=', owner)
      .where('seq', '=', undoes)
      .execute()
  }
  await transaction
    .insertInto('task_changes')
    .values({
      owner,
      key,
      seq,
      what,
      at: at.toISOString(),
      before: JSON.stringify(before),
      after: JSON.stringify(after),
      answer: JSON.stringify(answer),
      // An undo cannot be undone.
      undone: undoes === undefined ? 0 : 1,
    })
    .execute()
}
