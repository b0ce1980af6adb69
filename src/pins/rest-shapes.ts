import { z } from 'zod'
import { PIN } from './pins.ts'

/** What goes in and out over /api/owner; the routes check with it, and the OpenAPI document is made of it. */
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
      summary: 'Makes the tasks of a phone number those of this browser; the number must have a PIN',
      requestBody: { required: true, content: json(joining) },
      responses: {
        204: cookie('The PIN is right: the cookie is that number’s from now on'),
        400: problem('The request is not as this document says'),
        403: problem(`The number or the PIN is not right. Or: ${FORBIDDEN.toLowerCase()}`),
        429: {
          ...problem('Too many wrong tries for this number, or too many requests at once'),
          headers: { 'retry-after': { description: 'Seconds', schema: { type: 'integer' } } },
        },
        503: problem('It cannot be checked just now'),
      },
    },
    delete: {
      operationId: 'leaveNumber',
      summary: 'Gives this browser an owner of its own again',
      responses: { 204: cookie('The cookie is a new owner’s from now on'), 403: problem(FORBIDDEN) },
    },
  },
}
