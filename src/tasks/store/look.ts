import { countOf, sayList, sayRest, sayTask, sentence } from '../say.ts'
import { type ListAnswer, shown, type TaskAnswer } from './answer.ts'
import { type Asking, answerAbout, notOne } from './asking.ts'
import { find, type Meant } from './find.ts'
import type { Filter } from './own-tasks.ts'

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
    tasks: tasks.map(task => shown(task, at)),
    more: countOf(filter, counts) > skip + tasks.length,
  }
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
