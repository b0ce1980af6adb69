import type { Kysely } from 'kysely'
import { DateTime } from 'luxon'
import type { Due, SaidAt } from '../dates/due.ts'
import { type TaskTables, taskOf } from './tables.ts'
import { type Status, type Task, task } from './task.ts'

export const FILTERS = ['all', 'pending', 'completed', 'due_today', 'overdue'] as const

export type Filter = (typeof FILTERS)[number]

export interface Counts {
  readonly pending: number
  readonly completed: number
  /** Pending tasks that are due today, including those whose time has passed. */
  readonly dueToday: number
  readonly overdue: number
}

/** A task's id and the words of its title. */
export interface Named {
  readonly id: string
  readonly words: string
}

/** What a change did: a created task has no `before`, a deleted one no `after`. */
export interface Change {
  readonly seq: number
  readonly what: string
  readonly before: Task | null
  readonly after: Task | null
}

/** The tasks of one owner, and of nobody else. */
export interface OwnTasks {
  byId(id: string): Promise<Task | undefined>
  /** In the same order as `list`. */
  byIds(ids: readonly string[], zone: string): Promise<readonly Task[]>
  /** The tasks with exactly these words (of titleWords). */
  withWords(status: Status, words: string, completedSince?: Date): Promise<readonly Named[]>
  /** The words of at most `most` titles, those completed last first. */
  named(status: Status, most: number): Promise<readonly Named[]>
  totals(): Promise<Pick<Counts, 'pending' | 'completed'>>
  counts(at: SaidAt): Promise<Counts>
  /** Pending tasks first, by due date; then completed ones, the latest first. The first `skip` are left out. */
  list(filter: Filter, most: number, at: SaidAt, skip?: number): Promise<readonly Task[]>
  /** The last change since then that was not undone. */
  lastChange(since: Date): Promise<Change | undefined>
}

/** A span of the index of due dates. */
type Span =
  | { readonly kind: 'none' }
  | { readonly kind: 'day'; readonly from?: string; readonly below?: string }
  | { readonly kind: 'time'; readonly from?: string; readonly below?: string }

const COLUMNS = ['id', 'title', 'notes', 'status', 'due_kind', 'due', 'created_at', 'completed_at'] as const
/** Sorts after every instant. */
const NEVER = '~'

/** The next instant, one millisecond later. */
const justAfter = (instant: DateTime): string => instant.plus({ milliseconds: 1 }).toJSDate().toISOString()

/** The spans of what is due on the owner's day. The midnight that ends a day belongs to that day. */
function dueToday({ now, zone }: SaidAt): readonly Span[] {
  const start = DateTime.fromJSDate(now, { zone }).startOf('day')
  const end = start.plus({ days: 1 }).startOf('day')
  return [
    { kind: 'day', from: start.toFormat('yyyy-MM-dd'), below: end.toFormat('yyyy-MM-dd') },
    { kind: 'time', from: justAfter(start), below: justAfter(end) },
  ]
}

function overdue({ now, zone }: SaidAt): readonly Span[] {
  const today = DateTime.fromJSDate(now, { zone }).toFormat('yyyy-MM-dd')
  return [
    { kind: 'day', below: today },
    { kind: 'time', below: now.toISOString() },
  ]
}

const ANY_TIME: readonly Span[] = [{ kind: 'day' }, { kind: 'time' }, { kind: 'none' }]

/**
 * Sorts like `dueKey` does: a time by its day in the zone and then by its instant, a day after its times. It asks for the
 * zone's offset once a time, because asking is what a list of a thousand tasks spends its time on.
 */
function sortKey(due: Due, zone: string): string {
  if (due.kind === 'day') return `${due.date}${NEVER}`
  return `${DateTime.fromMillis(Date.parse(due.at), { zone }).toISODate()} ${due.at}`
}

/** Sorts by due date; tasks that are due at the same time keep their order. */
function byDue(tasks: readonly Task[], zone: string): readonly Task[] {
  const keyed = tasks.map(task => ({ task, key: task.due === null ? NEVER : sortKey(task.due, zone) }))
  keyed.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
  return keyed.map(({ task }) => task)
}

const nullableTask = task.nullable()
const storedTask = (text: string): Task | null => nullableTask.parse(JSON.parse(text))

/** Reads one owner's tasks, inside or outside of a transaction. */
export function ownTasks(db: Kysely<TaskTables>, owner: string): OwnTasks {
  const own = () => db.selectFrom('tasks').where('owner', '=', owner)
  const within = (span: Span) => {
    const pending = own().where('status', '=', 'pending').where('due_kind', '=', span.kind)
    if (span.kind === 'none') return pending
    return pending
      .$if(span.from !== undefined, query => query.where('due', '>=', span.from ?? ''))
      .$if(span.below !== undefined, query => query.where('due', '<', span.below ?? ''))
  }

  /** Each change updates these counters, because counting a hundred thousand rows is slow. */
  async function totals(): Promise<Pick<Counts, 'pending' | 'completed'>> {
    const totals = db.selectFrom('task_owners').where('owner', '=', owner).select(['pending', 'completed'])
    return (await totals.executeTakeFirst()) ?? { pending: 0, completed: 0 }
  }

  async function countWithin(spans: readonly Span[]): Promise<number> {
    let count = 0
    for (const span of spans) {
      const { found } = await within(span)
        .select(({ fn }) => fn.countAll<number | string>().as('found'))
        .executeTakeFirstOrThrow()
      count += Number(found)
    }
    return count
  }

  async function listWithin(
    spans: readonly Span[],
    most: number,
    { zone }: SaidAt,
    skip: number,
  ): Promise<readonly Task[]> {
    const found: Task[] = []
    for (const span of spans) {
      const sorted = within(span).select(COLUMNS).orderBy('due').orderBy('created_at')
      const rows = await sorted.limit(skip + most).execute()
      found.push(...rows.map(taskOf))
    }
    return byDue(found, zone).slice(skip, skip + most)
  }

  async function completed(most: number, skip: number): Promise<readonly Task[]> {
    const rows = await own()
      .where('status', '=', 'completed')
      .select(COLUMNS)
      .orderBy('completed_at', 'desc')
      .limit(most)
      .offset(skip)
      .execute()
    return rows.map(taskOf)
  }

  return {
    totals,
    async byId(id) {
      const row = await own().where('id', '=', id).select(COLUMNS).executeTakeFirst()
      return row && taskOf(row)
    },
    async byIds(ids, zone) {
      const rows = await own()
        .where('id', 'in', ids)
        .select(COLUMNS)
        .orderBy('completed_at', 'desc')
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      const found = rows.map(taskOf)
      const open = found.filter(({ status }) => status === 'pending')
      return [...byDue(open, zone), ...found.filter(({ status }) => status === 'completed')]
    },
    withWords: (status, words, since) =>
      own()
        .where('status', '=', status)
        .where('words', '=', words)
        .$if(since !== undefined, query => query.where('completed_at', '>=', since?.toISOString() ?? ''))
        .select(['id', 'words'])
        .execute(),
    named: (status, most) =>
      own().where('status', '=', status).select(['id', 'words']).orderBy('completed_at', 'desc').limit(most).execute(),
    counts: async at => ({
      ...(await totals()),
      dueToday: await countWithin(dueToday(at)),
      overdue: await countWithin(overdue(at)),
    }),
    async list(filter, most, at, skip = 0) {
      switch (filter) {
        case 'pending':
          return listWithin(ANY_TIME, most, at, skip)
        case 'due_today':
          return listWithin(dueToday(at), most, at, skip)
        case 'overdue':
          return listWithin(overdue(at), most, at, skip)
        case 'completed':
          return completed(most, skip)
        case 'all': {
          const { pending } = await totals()
          const first = skip < pending ? await listWithin(ANY_TIME, most, at, skip) : []
          const left = most - first.length
          return left > 0 ? [...first, ...(await completed(left, Math.max(0, skip - pending)))] : first
        }
      }
    },
    async lastChange(since) {
      const row = await db
        .selectFrom('task_changes')
        .where('owner', '=', owner)
        .where('undone', '=', 0)
        .where('at', '>=', since.toISOString())
        .select(['seq', 'what', 'before', 'after'])
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row && { seq: row.seq, what: row.what, before: storedTask(row.before), after: storedTask(row.after) }
    },
  }
}
