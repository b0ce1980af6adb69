import { sayTask, sayTitle, sentence } from '../say.ts'
import { type TaskAnswer, taskAnswer } from './answer.ts'
import { type AskingChange, answerAbout, refused } from './asking.ts'
import type { Change } from './own-tasks.ts'
import type { Decision } from './store.ts'

/** How long a change can be undone. */
const UNDO_MS = 10 * 60_000

/** Undoes the owner's last change of the last ten minutes. Another key undoes the change before it. */
export function undoLastChange({ store, owner, key, at }: AskingChange): Promise<TaskAnswer> {
  return store.change({ owner, key, what: 'undo', at: at.now }, taskAnswer, async tasks => {
    const last = await tasks.lastChange(new Date(at.now.getTime() - UNDO_MS))
    const decided = last && undone(last, at)
    return decided ?? refused('nothing', 'There is nothing to take back from the last ten minutes.')
  })
}

function undone({ seq, before, after }: Change, at: AskingChange['at']): Decision<TaskAnswer> | undefined {
  const task = before ?? after
  if (!task) return undefined
  const effect = { before: after, after: before, undoes: seq }
  return { answer: answerAbout(sentence(sayUndone(before, after, sayTitle(task.title), at)), task, at), effect }
}

function sayUndone(before: Change['before'], after: Change['after'], title: string, at: AskingChange['at']): string {
  if (before === null) return `Taken back: ${title} is off your list`
  if (after === null) return `Taken back: ${title} is on your list again`
  if (before.status !== after.status) return `Taken back: ${title} is ${before.status} again`
  return `Taken back. It is as it was: ${sayTask(before, at)}`
}
