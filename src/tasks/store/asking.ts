import { type Due, isWithinReach, parseDue, type SaidAt } from '../dates/due.ts'
import { sayNumber, sayTasks, sayTitle, sentence } from '../say.ts'
import { type Problem, shown, type TaskAnswer } from './answer.ts'
import type { Found } from './find.ts'
import type { Decision, TaskStore } from './store.ts'
import { cleanNotes, cleanTitle, MOST_NOTES, MOST_TITLE, type Task } from './task.ts'

/** Whose tasks are asked about, when and where. None of it comes from a model. */
export interface Asking {
  readonly store: TaskStore
  readonly owner: string
  readonly at: SaidAt
}

/** A request for a change. Requests with the same key are one change. */
export interface AskingChange extends Asking {
  readonly key: string
}

/** A requested field of a task, or what to say if it cannot be used. */
export type Read<T> = { readonly kind: 'read'; readonly value: T } | { readonly kind: 'unclear'; readonly say: string }

export function readTitle(text: string): Read<string> {
  const title = cleanTitle(text)
  if (title === '') return { kind: 'unclear', say: 'What should the task be called?' }
  if (title.length > MOST_TITLE)
    return { kind: 'unclear', say: 'That is too long for a title. Can you say it shorter?' }
  return { kind: 'read', value: title }
}

export function readNotes(text: string): Read<string> {
  const notes = cleanNotes(text)
  if (notes.length > MOST_NOTES) return { kind: 'unclear', say: 'Those notes are too long. Can you make them shorter?' }
  return { kind: 'read', value: notes }
}

/** Reads a due date in words ("Friday", "none") or as a program sends it. Words correct what was due `before`. */
export function readDue(due: string | Due | null, at: SaidAt, before: Due | null = null): Read<Due | null> {
  if (due === null || (typeof due === 'string' && /^\s*(?:none|never|no date|no due date)\s*$/i.test(due))) {
    return { kind: 'read', value: null }
  }
  if (typeof due !== 'string') {
    if (!isWithinReach(due, at)) return { kind: 'unclear', say: 'That date is too far away. When is it due?' }
    return { kind: 'read', value: due.kind === 'day' ? due : { kind: 'time', at: new Date(due.at).toISOString() } }
  }
  const reading = parseDue(due, at, before)
  if (reading.kind === 'due') return { kind: 'read', value: reading.due }
  return { kind: 'unclear', say: `${reading.why}. When is it due?` }
}

/** The answer when nothing is done. */
export function refused(problem: Problem, say: string): Decision<TaskAnswer> {
  return { answer: { say, problem } }
}

/** The answer when no task or several tasks may be meant. */
export function notOne(found: Exclude<Found, { kind: 'one' }>, title: string | undefined, at: SaidAt) {
  switch (found.kind) {
    case 'unsaid':
      return refused('unclear', 'Which task do you mean?')
    case 'none': {
      const named = cleanTitle(title ?? '')
      return refused(
        'none',
        named === '' ? 'I found no such task.' : `I found no task like ${sentence(sayTitle(named))}`,
      )
    }
    case 'several': {
      const { count, likeliest } = found
      const which = count > likeliest.length ? `${sayNumber(count)} tasks could be meant, such as` : 'Do you mean'
      const asked = `${which} ${sayTasks(likeliest, at, 'or')}`
      const say = count > likeliest.length ? `${sentence(asked)} Which one?` : `${asked}?`
      const answer: TaskAnswer = {
        say: capital(say),
        problem: 'several',
        aside: `Not to be said: in this order their ids are ${likeliest.map(({ id }) => id).join(', ')}.`,
        candidates: likeliest.map(one => shown(one, at)),
      }
      return { answer }
    }
  }
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** The answer when a task was changed, or already was as requested. */
export function answerAbout(say: string, task: Task, at: SaidAt): TaskAnswer {
  return { say, task: shown(task, at) }
}
