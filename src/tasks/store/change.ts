import { createHash } from 'node:crypto'
import type { Due } from '../dates/due.ts'
import { sayTask, sayTitle, sentence } from '../say.ts'
import { type TaskAnswer, taskAnswer } from './answer.ts'
import { type AskingChange, answerAbout, notOne, readDue, readNotes, readTitle, refused } from './asking.ts'
import { find, type Meant } from './find.ts'
import type { OwnTasks } from './own-tasks.ts'
import type { Decision } from './store.ts'
import { MOST_PENDING, type Status, type Task } from './task.ts'

const FULL = 'You have ten thousand open tasks, and I can keep no more. Complete or delete some first.'

type What = 'create' | 'complete' | 'delete' | 'update'
type Decide = (tasks: OwnTasks) => Promise<Decision<TaskAnswer>>

const changing = ({ store, owner, key, at }: AskingChange, what: What, decide: Decide): Promise<TaskAnswer> =>
  store.change({ owner, key, what, at: at.now }, taskAnswer, decide)

/** A repeated request gets the same id. */
const idOf = ({ owner, key }: AskingChange): string =>
  createHash('sha256')
    .update(JSON.stringify([owner, key]))
    .digest('hex')
    .slice(0, 16)

const isFull = async (tasks: OwnTasks): Promise<boolean> => (await tasks.totals()).pending >= MOST_PENDING

/** Finds the task that is meant and lets `decide` decide about it. */
const withTask =
  (meant: Meant, { at }: AskingChange, decide: (task: Task, tasks: OwnTasks) => ReturnType<Decide>) =>
  async (tasks: OwnTasks): Promise<Decision<TaskAnswer>> => {
    const found = await find(tasks, meant, at)
    return found.kind === 'one' ? decide(found.task, tasks) : notOne(found, meant.title, at)
  }

export interface NewTask {
  readonly title: string
  readonly notes?: string | undefined
  /** In words, or as a program sends it. */
  readonly due?: string | Due | null | undefined
}

export function createTask(asking: AskingChange, wanted: NewTask): Promise<TaskAnswer> {
  return changing(asking, 'create', async tasks => {
    const title = readTitle(wanted.title)
    const notes = readNotes(wanted.notes ?? '')
    const due = readDue(wanted.due || null, asking.at)
    if (title.kind === 'unclear') return refused('unclear', title.say)
    if (notes.kind === 'unclear') return refused('unclear', notes.say)
    if (due.kind === 'unclear') return refused('unclear', due.say)
    if (await isFull(tasks)) return refused('full', FULL)
    const task: Task = {
      id: idOf(asking),
      title: title.value,
      notes: notes.value,
      status: 'pending',
      due: due.value,
      createdAt: asking.at.now.toISOString(),
      completedAt: null,
    }
    const said =
      task.due === null ? `Added: ${sayTitle(task.title)}, with no due date` : `Added: ${sayTask(task, asking.at)}`
    return { answer: answerAbout(sentence(said), task, asking.at), effect: { before: null, after: task } }
  })
}

export function completeTask(asking: AskingChange, meant: Meant): Promise<TaskAnswer> {
  const complete = async (task: Task): Promise<Decision<TaskAnswer>> => {
    const title = sayTitle(task.title)
    if (task.status === 'completed') return { answer: answerAbout(`${title} is already done.`, task, asking.at) }
    const after: Task = { ...task, status: 'completed', completedAt: asking.at.now.toISOString() }
    return { answer: answerAbout(sentence(`Done: ${title}`), after, asking.at), effect: { before: task, after } }
  }
  return changing(asking, 'complete', withTask(meant, asking, complete))
}

export function deleteTask(asking: AskingChange, meant: Meant): Promise<TaskAnswer> {
  const remove = async (task: Task): Promise<Decision<TaskAnswer>> => ({
    answer: answerAbout(sentence(`Deleted: ${sayTitle(task.title)}`), task, asking.at),
    effect: { before: task, after: null },
  })
  return changing(asking, 'delete', withTask(meant, asking, remove))
}

/** The fields to change; the others stay as they are. */
export interface Wanted {
  readonly title?: string | undefined
  readonly notes?: string | undefined
  readonly due?: string | Due | null | undefined
  readonly status?: Status | undefined
}

const same = (one: Task, other: Task): boolean => JSON.stringify(one) === JSON.stringify(other)

export function updateTask(asking: AskingChange, meant: Meant, wanted: Wanted): Promise<TaskAnswer> {
  const { at } = asking
  const update = async (task: Task, tasks: OwnTasks): Promise<Decision<TaskAnswer>> => {
    const title = wanted.title === undefined ? undefined : readTitle(wanted.title)
    const notes = wanted.notes === undefined ? undefined : readNotes(wanted.notes)
    const due = wanted.due === undefined ? undefined : readDue(wanted.due, at, task.due)
    if (title?.kind === 'unclear') return refused('unclear', title.say)
    if (notes?.kind === 'unclear') return refused('unclear', notes.say)
    if (due?.kind === 'unclear') return refused('unclear', due.say)
    const status = wanted.status ?? task.status
    const after: Task = {
      ...task,
      title: title?.value ?? task.title,
      notes: notes?.value ?? task.notes,
      due: due === undefined ? task.due : due.value,
      status,
      completedAt: status === 'pending' ? null : (task.completedAt ?? at.now.toISOString()),
    }
    if (Object.values(wanted).every(part => part === undefined)) return refused('unclear', 'What should I change?')
    if (same(task, after)) return { answer: answerAbout(sentence(`It is so already: ${sayTask(task, at)}`), task, at) }
    const reopens = task.status === 'completed' && status === 'pending'
    if (reopens && (await isFull(tasks))) return refused('full', FULL)
    return {
      answer: answerAbout(sentence(`Changed: ${sayTask(after, at)}`), after, at),
      effect: { before: task, after },
    }
  }
  return changing(asking, 'update', withTask(meant, asking, update))
}
