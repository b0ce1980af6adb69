import { sayTask, sayTitle, sentence } from '../tools/say.ts'
import { type TaskAnswer, taskAnswer } from './answer.ts'
import { type AskingChange, refused, told } from './asking.ts'
import type { Change } from './own-tasks.ts'
import type { Decision } from './store.ts'

/** So long a change can be taken back. */
const UNDO_MS = 10 * 60_000

/** Takes back the owner's last change of the last ten minutes; asked again with another key, the one before. */
export function undoLastChange({ store, owner, key, at }: AskingChange): Promise<TaskAnswer> {
  return store.change({ owner, key, what: 'undo', at: at.now }, taskAnswer, async tasks => {
    const last = await tasks.lastChange(new Date(at.now.getTime() - UNDO_MS))
    const decided = last && takenBack(last, at)
    return decided ?? refused('nothing', 'There is nothing to take back from the last ten minutes.')
  })
}

function takenBack({ seq, before, after }: Change, at: AskingChange['at']): Decision<TaskAnswer> | undefined {
  const task = before ?? after
  if (!task) return undefined
  const effect = { before: after, after: before, undoes: seq }
  return { answer: told(sentence(sayTakenBack(before, after, sayTitle(task.title), at)), task, at), effect }
}

function sayTakenBack(before: Change['before'], after: Change['after'], title: string, at: AskingChange['at']): string {
  if (before === null) return `Taken back: ${title} is off your list`
  if (after === null) return `Taken back: ${title} is on your list again`
  if (before.status !== after.status) return `Taken back: ${title} is ${before.status} again`
  return `Taken back. It is as it was: ${sayTask(before, at)}`
}
