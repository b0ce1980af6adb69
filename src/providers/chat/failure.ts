import { z } from 'zod'
import { ProviderError } from '../../errors.ts'

/** What a server said went wrong. */
export interface Failure {
  readonly message: string
  readonly status?: number
  readonly code?: string
}

const LONGEST_MESSAGE = 300
const words = z.union([z.string(), z.number()]).optional().catch(undefined)
const status = z.coerce.number().int().min(400).max(599).optional().catch(undefined)
const told = z.object({ message: z.unknown(), code: words, type: words, status })

/**
 * The failure that a JSON value tells, undefined if it tells none. OpenAI writes `{"error": {…}}`, Ollama
 * `{"error": "…"}`, Gemini `[{"error": {…}}]`, vLLM and Mistral `{"object": "error", "message": …}`, FastAPI
 * `{"detail": …}`.
 */
export function failureIn(value: unknown): Failure | undefined {
  if (Array.isArray(value)) return value.map(failureIn).find(failure => failure !== undefined)
  const read = z.record(z.string(), z.unknown()).safeParse(value)
  if (!read.success) return undefined
  const { error, object, detail } = read.data
  const isNothing = error === undefined || error === null || error === '' || JSON.stringify(error) === '{}'
  if (!isNothing) return { ...failureOf(read.data), ...failureOf(error) }
  if (object === 'error' || (detail !== undefined && !('choices' in read.data))) return failureOf(detail ?? read.data)
  return undefined
}

function failureOf(value: unknown): Failure {
  const read = told.safeParse(value)
  if (!read.success) return { message: textOf(value) }
  const { message, code, type, status: given } = read.data
  const found = given ?? status.parse(code)
  return {
    message: textOf(message ?? value),
    ...(found !== undefined && { status: found }),
    ...((code ?? type) !== undefined && { code: `${code ?? type}` }),
  }
}

const textOf = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed().slice(0, LONGEST_MESSAGE)

/** Whether the same request may succeed a moment later. Without a status, the connection failed. */
export function failed(provider: string, { message, status: given, code }: Failure, cause?: unknown): ProviderError {
  const isPassing = given === undefined || given === 408 || given === 409 || given === 429 || given >= 500
  const why = given === undefined ? message : `${given} ${message}`
  return new ProviderError(provider, why, { retryable: isPassing && code !== 'insufficient_quota', cause })
}
