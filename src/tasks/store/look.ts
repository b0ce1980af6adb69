import { setImmediate } from 'node:timers/promises'
import type { SaidAt } from '../dates/due.ts'
import { countOf, sayList, sayRest, sayTask, sentence } from '../say.ts'
import { type ListAnswer, type ShownTask, shown, type TaskAnswer } from './answer.ts'
import { type Asking, answerAbout, notOne } from './asking.ts'
import { find, type Meant } from './find.ts'
import type { Filter } from './own-tasks.ts'
import type { Task } from './task.ts'

/** At most `most` tasks of a filter after the first `skip`, and how many there are. */
export async function listTasks(
  { store, owner, at }: Asking,
  { filter, most, skip = 0 }: { readonly filter: Filter; readonly most: number; readonly skip?: number },
): Promise<ListAnswer> {
  const own = store.of(owner)
  const tasks = await own.list(filter, most, at, skip)
  const counts = await own.counts(at)
  const rest = sayRest(filter, counts, tasks, at)
  return {
    say: sayList(filter, counts, tasks, at),
    ...(rest !== undefined && { aside: rest }),
    filter,
    counts,
    tasks: await allShown(tasks, at),
    more: countOf(filter, counts) > skip + tasks.length,
  }
}

/** Putting dates into words takes some 40 µs a task. After so many the event loop serves its sockets. */
const AT_ONCE = 25

async function allShown(tasks: readonly Task[], at: SaidAt): Promise<ShownTask[]> {
  const all: ShownTask[] = []
  for (let from = 0; from < tasks.length; from += AT_ONCE) {
    if (from > 0) await setImmediate()
    all.push(...tasks.slice(from, from + AT_ONCE).map(task => shown(task, at)))
  }
  return all
}

/** Everything that is known about one task. */
export async function taskDetails({ store, owner, at }: Asking, meant: Meant): Promise<TaskAnswer> {
  const found = await find(store.of(owner), meant, at)
  if (found.kind !== 'one') return notOne(found, meant.title, at).answer
  const { task } = found
  const notes = task.notes === '' ? '' : ` ${sentence(`The notes say: ${task.notes.slice(0, MOST_NOTES_SAID)}`)}`
  return answerAbout(`${sentence(sayTask(task, at))}${notes}`, task, at)
}

const MOST_NOTES_SAID = 300
