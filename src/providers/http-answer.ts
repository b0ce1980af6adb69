import type { ProviderError } from '../errors.ts'
import { failed, failureIn } from './chat/failure.ts'

const MOST_LETTERS = 200_000
const LONGEST_QUOTE = 200

/** The beginning of an answer as text: servers quote whole pages when they refuse something. */
export async function beginningOf({ body }: Response, mostLetters = MOST_LETTERS): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > mostLetters) break
  }
  return text
}

/** A limit of a day will not pass while the caller waits: Gemini's, Groq's. */
const SPENT_FOR_TODAY = /PerDay|\b(?:tokens|requests) per day\b/

/** The error that a refusal with this status tells, in the server's own words. */
export function refusal(provider: string, status: number, answer: string): ProviderError {
  const told = failureIn(jsonIn(answer)) ?? { message: answer.slice(0, LONGEST_QUOTE) }
  const isSpent = status === 429 && SPENT_FOR_TODAY.test(answer)
  return failed(provider, { ...told, status, ...(isSpent && { code: 'insufficient_quota' }) })
}

/** The value of a JSON text; undefined if it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Fetch quotes the header that it refuses to send, and with it the key. */
const QUOTED_HEADER = /".*"(?= is an invalid header)/s

/** The error of a request that brought no answer. */
export function broken(provider: string, cause: unknown): ProviderError {
  const why = cause instanceof Error ? [cause.message, detailOf(cause.cause)].filter(Boolean).join(': ') : String(cause)
  const message = why.replace(QUOTED_HEADER, '…')
  // Whoever writes down the cause would quote the key, too.
  return failed(provider, { message }, message === why ? cause : undefined)
}

/** Fetch says only "fetch failed"; what failed is in the cause. */
const detailOf = (cause: unknown): string => (cause instanceof Error ? cause.message : '')
