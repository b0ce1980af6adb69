import { z } from 'zod'
import type { Due } from '../dates/due.ts'

export type Status = 'pending' | 'completed'

/** A task. Times are ISO 8601 in UTC. */
export interface Task {
  readonly id: string
  readonly title: string
  readonly notes: string
  readonly status: Status
  readonly due: Due | null
  readonly createdAt: string
  readonly completedAt: string | null
}

export const MOST_TITLE = 200
export const MOST_NOTES = 2_000
export const MOST_PENDING = 10_000

export const taskId = z.string().regex(/^[0-9a-f]{16}$/, 'is not the id of a task')
export const due = z.union([
  z.object({ kind: z.literal('day'), date: z.iso.date().describe('YYYY-MM-DD, wherever the owner is') }),
  z.object({ kind: z.literal('time'), at: z.iso.datetime({ offset: true }).describe('ISO 8601 instant') }),
])
/** A task as `JSON.stringify` stored it. */
export const task = z.object({
  id: taskId,
  title: z.string(),
  notes: z.string(),
  status: z.enum(['pending', 'completed']),
  due: due.nullable(),
  createdAt: z.string(),
  completedAt: z.string().nullable(),
}) satisfies z.ZodType<Task>

const TAGS = /<\/?[a-z!?][^<>]*>/gi

/** Plain text without control or invisible characters or markup: a title may be read out or shown anywhere. */
function plain(text: string, newline: string): string {
  return text
    .toWellFormed()
    .normalize('NFC')
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replace(TAGS, ' ')
    .replace(/[<>]/g, ' ')
    .replace(/[^\P{C}\n]/gu, ' ')
    .replace(/\n+/g, newline)
    .replace(/[^\S\n]+/g, ' ')
    .trim()
}

/** A title in one line, without the final punctuation that speech recognition adds. */
export function cleanTitle(text: string): string {
  return plain(text, ' ')
    .replace(/(?<![.?!])[.,;]$/, '')
    .trim()
}

export function cleanNotes(text: string): string {
  return plain(text, '\n')
}
