import { z } from 'zod'
import { callId, wholeNumber } from './api-shapes.ts'

/** The request and answer of /staff/api/audit. `at` is ISO 8601 in UTC. */

export const auditQuery = z.strictObject({
  name: z.string().trim().min(1).max(80).optional().describe('The whole name, in capitals or small letters'),
  call: callId.optional(),
  after: z
    .string()
    .regex(/^[\d:.TZ-]{20,30}~[\w-]{36}$/, 'is not a cursor of this list')
    .optional()
    .describe('`next` of the page before'),
  most: wholeNumber(1, 100).default(50),
})
export const auditRow = z.object({
  id: z.string(),
  at: z.string(),
  name: z.string(),
  role: z.string(),
  action: z.string(),
  callId: z.string().nullable().describe('Null where it is about no call, or about one that was deleted on request'),
  detail: z.string(),
})
export const auditPage = z.object({ rows: z.array(auditRow).readonly(), next: z.string().nullable() })
