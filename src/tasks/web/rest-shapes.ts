import { z } from 'zod'
import { listAnswer, PROBLEMS, taskAnswer } from '../store/answer.ts'
import { FILTERS } from '../store/own-tasks.ts'
import { due, taskId } from '../store/task.ts'

/**
 * The requests and answers of /api/tasks. The routes validate with these schemas, and the OpenAPI document is made of
 * them.
 */
export const MOST_LISTED = 200
/** No owner has more. */
const MOST_SKIPPED = 1_000_000

/** The cursor of the page after so many tasks. */
export const cursorAfter = (count: number): string => Buffer.from(`${count}`).toString('base64url')

/** How many tasks come before the page of this cursor; undefined if it is none of ours. */
export function skippedBy(cursor: string): number | undefined {
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  return /^[1-9]\d{0,6}$/.test(text) && Number(text) <= MOST_SKIPPED ? Number(text) : undefined
}

const title = z.string().max(2_000).describe('At most 200 characters are taken')
const notes = z.string().max(10_000).describe('At most 2,000 characters are taken')
const whenDue = z
  .union([z.string().min(1).max(300), due])
  .nullable()
  .describe('In words ("Friday", "tomorrow at five"), as a day or as an instant; null for none')

export const listQuery = z.object({
  filter: z.enum(FILTERS).default('all'),
  limit: z.coerce.number().int().min(1).max(MOST_LISTED).default(100),
  cursor: z
    .string()
    .regex(/^[\w-]{1,20}$/)
    .refine(text => skippedBy(text) !== undefined, 'must be the `next` of an answer')
    .optional()
    .describe('The `next` of the answer before, for the tasks after it'),
})
export const newTask = z.strictObject({ title, notes: notes.optional(), due: whenDue.optional() })
export const taskChange = z.strictObject({
  title: title.optional(),
  notes: notes.optional(),
  due: whenDue.optional(),
  status: z.enum(['pending', 'completed']).optional(),
})
export const taskPath = z.object({ id: taskId })
export const listed = listAnswer.extend({
  next: z
    .string()
    .nullable()
    .describe(
      'The cursor of the next page; null if there is none. A task that changes in between may move to another page',
    ),
})
export const answered = taskAnswer
export const failed = z.object({
  error: z.object({
    kind: z.enum(['invalid', 'forbidden', 'limited', ...Object.keys(PROBLEMS)]),
    message: z.string().describe('A sentence for a person'),
  }),
})
