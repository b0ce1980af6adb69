import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import type { FailureKind } from './api-shapes.ts'

const STATUS: Readonly<Record<FailureKind, number>> = {
  invalid: 400,
  'signed-out': 401,
  'wrong-password': 403,
  forbidden: 403,
  'not-found': 404,
  busy: 409,
  elsewhere: 409,
  limited: 429,
  unavailable: 503,
  'too-slow': 504,
}

/** The request is not carried out. `kind` is for programs, the message for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly kind: FailureKind
  /** When it may be tried again. */
  readonly retrySeconds: number | undefined

  constructor(kind: FailureKind, message: string, retrySeconds?: number) {
    super(message)
    this.kind = kind
    this.retrySeconds = retrySeconds
  }
}

/** The value as the schema reads it. Throws a Refusal that says which part is wrong. */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const said = read.error.issues.map(({ path, message }) => `${path.join('.') || 'the request'}: ${message}`)
  throw new Refusal('invalid', said.join('; '))
}

/** Answers with what went wrong. Only Refusals tell their message: others may quote what nobody should see. */
export async function sendFailure(error: unknown, reply: FastifyReply, onError: (error: unknown) => void) {
  const refusal = error instanceof Refusal ? error : refusalOf(error)
  if (!refusal) onError(error)
  const { kind, message, retrySeconds } = refusal ?? new Refusal('unavailable', 'This cannot be reached just now.')
  if (retrySeconds !== undefined) reply.header('retry-after', retrySeconds)
  reply.type('application/json; charset=utf-8')
  return reply.code(STATUS[kind]).send({ error: { kind, message } })
}

/** The refusal of the server's own mistakes, such as a body that is no JSON; undefined where something broke. */
function refusalOf(error: unknown): Refusal | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (status === 429) return new Refusal('limited', 'There were too many requests. Please try again in a minute.', 60)
  if (typeof status !== 'number' || status >= 500) return undefined
  return new Refusal('invalid', 'This request cannot be read: only a small JSON object is accepted here.')
}
