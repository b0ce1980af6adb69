import type { Database } from '../../database/database.ts'
import type { SaidAt } from '../dates/due.ts'
import { shown } from './answer.ts'
import { tasksIn } from './store.ts'

const MOST_LINES = 100

/** An owner's tasks in the order of their creation, one line each: "pending: Call Anna, due Friday". */
export async function taskLines(database: Database, owner: string, at: SaidAt): Promise<readonly string[]> {
  const store = await tasksIn(database)
  const tasks = await store.of(owner).list('all', MOST_LINES, at)
  return tasks
    .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
    .map(task => `${task.status}: ${shown(task, at).said}`)
}
