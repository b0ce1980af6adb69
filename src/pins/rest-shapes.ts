import { z } from 'zod'
import { PIN } from './pins.ts'

/**
 * The requests and answers of /api/owner. The routes validate with these schemas, and the OpenAPI document is made of
 * them.
 */
export const joining = z.strictObject({
  number: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number like +15551234567')
    .describe('The phone number, such as +15551234567'),
  pin: z.string().regex(PIN, 'must be 4 to 8 digits').describe('The PIN of the number'),
})
export const refused = z.object({
  error: z.object({
    kind: z.enum(['invalid', 'forbidden', 'locked', 'busy', 'unavailable']),
    message: z.string().describe('A sentence for a person'),
  }),
})

const json = (schema: z.ZodType) => {
  const { $schema, ...plain } = z.toJSONSchema(schema)
  return { 'application/json': { schema: plain } }
}
const problem = (description: string) => ({ description, content: json(refused) })
const cookie = (description: string) => ({ description, headers: { 'set-cookie': { schema: { type: 'string' } } } })
const FORBIDDEN = 'Asked by a page of another site'

/** The paths of /api/owner in an OpenAPI 3.1 document. */
export const OWNER_PATHS = {
  '/api/owner': {
    post: {
      operationId: 'joinNumber',
      summary: 'Shows the tasks of a phone number in this browser; the number must have a PIN',
      requestBody: { required: true, content: json(joining) },
      responses: {
        204: cookie('The PIN is right: from now on the cookie stands for that number'),
        400: problem('The request does not match this document'),
        403: problem(`The number or the PIN is not right. Or: ${FORBIDDEN.toLowerCase()}`),
        429: {
          ...problem('Too many wrong tries for this number, or too many requests at once'),
          headers: { 'retry-after': { description: 'Seconds', schema: { type: 'integer' } } },
        },
        503: problem('The PIN cannot be checked just now'),
      },
    },
    delete: {
      operationId: 'leaveNumber',
      summary: 'Gives this browser a new owner of its own',
      responses: { 204: cookie('From now on the cookie stands for a new owner'), 403: problem(FORBIDDEN) },
    },
  },
}
