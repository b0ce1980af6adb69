import { z } from 'zod'
import { type SaidAt, sayDue } from '../dates/due.ts'
import { sayTask } from '../say.ts'
import { FILTERS } from './own-tasks.ts'
import { type Task, task } from './task.ts'

/** Why nothing was done; `say` then explains it to the person or asks them. */
export const PROBLEMS = {
  none: 'no task is meant by these words',
  several: 'several tasks may be meant: see candidates',
  unclear: 'something is missing or not understood',
  nothing: 'there is nothing to take back',
  full: 'there are as many open tasks as can be kept',
  unavailable: 'the tasks cannot be reached just now',
  unknown: 'nobody knows whether it was done; the same idempotency key tells later',
} as const

export type Problem = keyof typeof PROBLEMS

const say = z.string().describe('A short sentence to say to the person')
const shownTask = task.extend({
  due: task.shape.due.describe('When it is due: a day wherever the owner is, or an instant'),
  dueSaid: z.string().nullable().describe('The due date as people say it'),
  said: z.string().describe('The task in a few words, as people say it: "Call the vendor, due Friday"'),
})
/** A task as it appears in answers. */
export type ShownTask = z.infer<typeof shownTask>

/** The answer about one task, or the problem with it. */
export const taskAnswer = z.object({
  say,
  task: shownTask.optional().describe('The task as it is now, or was when it was deleted'),
  problem: z
    .enum(['none', 'several', 'unclear', 'nothing', 'full', 'unavailable', 'unknown'] satisfies Problem[])
    .optional()
    .describe(
      `Why nothing was done: ${Object.entries(PROBLEMS)
        .map(problem => problem.join(': '))
        .join('; ')}`,
    ),
  aside: z.string().optional().describe('For a model alone, not to be said to the person'),
  candidates: z.array(shownTask).optional().describe('The likeliest tasks; name one of them by its id'),
})
export type TaskAnswer = z.infer<typeof taskAnswer>

export const listAnswer = z.object({
  say,
  filter: z.enum(FILTERS),
  counts: z.object({
    pending: z.int(),
    completed: z.int(),
    dueToday: z.int().describe('Pending tasks that are due today, earlier or later'),
    overdue: z.int().describe('Pending tasks whose time has passed'),
  }),
  aside: z.string().optional().describe('For a model alone: what comes after the tasks that are said'),
  tasks: z.array(shownTask).describe('Pending ones first, by due date; then completed ones, the latest first'),
  more: z.boolean().describe('Whether there are more than these'),
})
export type ListAnswer = z.infer<typeof listAnswer>

export function shown(task: Task, at: SaidAt): ShownTask {
  const dueSaid = task.due && sayDue(task.due, at)
  return { ...task, dueSaid, said: sayTask(task, at, dueSaid) }
}
