import { onTestFinished } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import type { AskingChange } from '../../src/tasks/store/asking.ts'
import { type TaskStore, tasksIn } from '../../src/tasks/store/store.ts'

/** A Saturday, ten in the morning in New York. */
export const NOW = new Date('2026-11-21T15:00:00Z')
export const ZONE = 'America/New_York'

export async function openTasks(url = 'sqlite::memory:'): Promise<TaskStore> {
  const database = await openDatabase(url)
  onTestFinished(() => database.close())
  return tasksIn(database)
}

/** Makes the requests of one owner. Each has its own key unless it is given one. */
export function person(store: TaskStore, owner = '+15550001') {
  let requests = 0
  return (
    more: { readonly key?: string; readonly minutesLater?: number; readonly zone?: string } = {},
  ): AskingChange => {
    requests += 1
    const now = new Date(NOW.getTime() + (more.minutesLater ?? 0) * 60_000)
    return { store, owner, key: more.key ?? `request ${requests}`, at: { now, zone: more.zone ?? ZONE } }
  }
}
