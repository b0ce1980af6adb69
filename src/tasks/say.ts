import { isOverdue, type SaidAt, sayDue } from './dates/due.ts'
import type { Counts, Filter } from './store/own-tasks.ts'
import type { Task } from './store/task.ts'

const NUMBERS = 'no one two three four five six seven eight nine ten eleven twelve'.split(' ')
const MOST_SAID = 3
const LONGEST_TITLE = 80

/** "three", "240". */
export function sayNumber(value: number): string {
  return NUMBERS[value] ?? String(value)
}

/** A title that can be read aloud: a long one is cut at a word, symbols that are not spoken are left out. */
export function sayTitle(title: string): string {
  const plain = title
    .replace(/[*_~`#|\\{}[\]^=]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (plain.length <= LONGEST_TITLE) return plain || 'the task without words'
  return `${plain.slice(0, LONGEST_TITLE).replace(/\s+\S*$/, '')} and so on`
}

/** "Call the vendor, due Friday". */
export function sayTask(task: Task, at: SaidAt, dueSaid = task.due && sayDue(task.due, at)): string {
  const title = sayTitle(task.title)
  if (task.status === 'completed') return `${title}, done`
  if (task.due === null) return title
  return `${title}, ${isOverdue(task.due, at) ? 'which was due' : 'due'} ${dueSaid}`
}

/** "A; B, due Friday; and C": at most the first three tasks. */
export function sayTasks(tasks: readonly Task[], at: SaidAt, joint: 'and' | 'or' = 'and'): string {
  return joined(
    tasks.slice(0, MOST_SAID).map(task => sayTask(task, at)),
    joint,
  )
}

function joined(said: readonly string[], joint: 'and' | 'or'): string {
  if (said.length < 3) return said.join(said.some(text => text.includes(',')) ? `; ${joint} ` : ` ${joint} `)
  return `${said.slice(0, -1).join('; ')}; ${joint} ${said.at(-1)}`
}

/** A task in a list, without what the heading already says: of a task due today only the time, if it has one. */
function sayInList(filter: Filter, task: Task, at: SaidAt): string {
  if (filter === 'completed') return sayTitle(task.title)
  if (filter !== 'due_today' || task.due === null) return sayTask(task, at)
  const time = task.due.kind === 'day' ? '' : sayDue(task.due, at).replace(/^today /, '')
  return time === '' ? sayTitle(task.title) : `${sayTitle(task.title)}, ${time}`
}

/** The text, with a full stop if it does not end in punctuation. */
export function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

function heading(filter: Filter, { pending, completed, dueToday, overdue }: Counts): string {
  switch (filter) {
    case 'pending':
      return `You have ${sayNumber(pending)} pending`
    case 'completed':
      return `You have completed ${sayNumber(completed)}`
    case 'due_today':
      return `${capital(sayNumber(dueToday))} ${dueToday === 1 ? 'is' : 'are'} due today`
    case 'overdue':
      return `${capital(sayNumber(overdue))} ${overdue === 1 ? 'is' : 'are'} overdue`
    case 'all':
      return completed === 0
        ? `You have ${sayNumber(pending)} pending`
        : `You have ${sayNumber(pending)} pending and ${sayNumber(completed)} completed`
  }
}

const EMPTY: Readonly<Record<Filter, string>> = {
  pending: 'You have nothing pending.',
  completed: 'You have not completed anything yet.',
  due_today: 'Nothing is due today.',
  overdue: 'Nothing is overdue.',
  all: 'You have no tasks.',
}

/** How many tasks match a filter. */
export function countOf(filter: Filter, { pending, completed, dueToday, overdue }: Counts): number {
  switch (filter) {
    case 'pending':
      return pending
    case 'completed':
      return completed
    case 'due_today':
      return dueToday
    case 'overdue':
      return overdue
    case 'all':
      return pending + completed
  }
}

const MOST_ASIDE = 9

/** The tasks after those that `sayList` names, for a caller who asks for more; undefined if there are none. */
export function sayRest(filter: Filter, counts: Counts, tasks: readonly Task[], at: SaidAt): string | undefined {
  const rest = tasks.slice(MOST_SAID, MOST_SAID + MOST_ASIDE)
  if (rest.length === 0) return undefined
  const left = countOf(filter, counts) - MOST_SAID - rest.length
  const more = left > 0 ? `; and ${sayNumber(left)} more` : ''
  return `Not to be said unless the rest is asked for: then come ${rest.map(task => sayInList(filter, task, at)).join('; ')}${more}.`
}

/** "You have 240 pending; the next three are A, due today; B, due Friday; and C." */
export function sayList(filter: Filter, counts: Counts, tasks: readonly Task[], at: SaidAt): string {
  const count = countOf(filter, counts)
  if (count === 0 || tasks.length === 0) return EMPTY[filter]
  const which = filter === 'completed' ? 'last' : filter === 'pending' || filter === 'all' ? 'next' : 'first'
  const said = joined(
    tasks.slice(0, MOST_SAID).map(task => sayInList(filter, task, at)),
    'and',
  )
  const few = count <= MOST_SAID && tasks.length >= count
  const shownCount = Math.min(tasks.length, MOST_SAID)
  const some = shownCount === 1 ? `the ${which} one is` : `the ${which} ${sayNumber(shownCount)} are`
  return `${heading(filter, counts)}${few ? ':' : `; ${some}`} ${sentence(said)}`
}
