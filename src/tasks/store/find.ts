import type { SaidAt } from '../dates/due.ts'
import type { Named, OwnTasks } from './own-tasks.ts'
import { MOST_PENDING, type Task, taskId } from './task.ts'
import { bestMatches } from './title-match.ts'
import { titleWords } from './title-words.ts'

/** Which task is meant: by its id, or by a title as people say it. */
export interface Meant {
  readonly id?: string | undefined
  readonly title?: string | undefined
}

export type Found =
  | { readonly kind: 'one'; readonly task: Task }
  | { readonly kind: 'several'; readonly count: number; readonly likeliest: readonly Task[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'unsaid' }

const MOST_CANDIDATES = 3
/** If more tasks match, the likeliest are chosen from this many. */
const MOST_COMPARED = 50
/** Only this many of the latest completed tasks are searched for a part of their title. */
const MOST_COMPLETED = 2_000
const MOST_SAID = 500

/** Callers may still speak of a task as open this long after it was completed. */
const RECENT_MS = 10 * 60_000

/**
 * The task that is meant. An exact title beats a part of one, even if that task was completed in the last ten minutes;
 * otherwise a pending task beats a completed one.
 */
export async function find(tasks: OwnTasks, meant: Meant, { now, zone }: SaidAt): Promise<Found> {
  const id = [meant.id, meant.title]
    .map(text => taskId.safeParse(text?.trim().toLowerCase()))
    .find(read => read.success)
  const named = id?.data === undefined ? undefined : await tasks.byId(id.data)
  if (named) return { kind: 'one', task: named }
  const title = meant.title?.slice(0, MOST_SAID) ?? ''
  const words = titleWords(title)
  if (words === '') return { kind: meant.id ? 'none' : 'unsaid' }

  const searches = [
    () => tasks.withWords('pending', words),
    () => tasks.withWords('completed', words, new Date(now.getTime() - RECENT_MS)),
    async () => bestMatches(words, await tasks.named('pending', MOST_PENDING))?.matches ?? [],
    () => tasks.withWords('completed', words),
    async () => bestMatches(words, await tasks.named('completed', MOST_COMPLETED))?.matches ?? [],
  ]
  for (const search of searches) {
    const matches = await search()
    if (matches.length > 0) return foundAmong(tasks, matches, zone)
  }
  return { kind: 'none' }
}

async function foundAmong(tasks: OwnTasks, matches: readonly Named[], zone: string): Promise<Found> {
  const found = await tasks.byIds(
    matches.slice(0, MOST_COMPARED).map(({ id }) => id),
    zone,
  )
  const [only] = found
  if (only && matches.length === 1) return { kind: 'one', task: only }
  return { kind: 'several', count: matches.length, likeliest: found.slice(0, MOST_CANDIDATES) }
}
