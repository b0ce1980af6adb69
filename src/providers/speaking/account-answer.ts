import { within } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import type { ProviderParts } from '../entry.ts'
import { beginningOf, broken, jsonIn, refusal } from '../http-answer.ts'

const ANSWER_MS = 10_000
/** What is sent with a request may be long. */
const UPLOAD_MS = 120_000

/** What is asked of an account, such as the list of its voices. */
export interface AccountRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Makes it a POST. */
  readonly form?: FormData
  /** A longer answer is cut, and so cannot be read; 200,000 if it is not said. */
  readonly mostLetters?: number
}

/** The JSON that a vendor answers. Throws ProviderError for a refusal, no JSON, or none in time. */
export async function answerOf(
  provider: string,
  { url, headers, form, mostLetters }: AccountRequest,
  { clock, network: { fetch } }: ProviderParts,
  signal: AbortSignal,
): Promise<unknown> {
  async function ask(inner: AbortSignal): Promise<unknown> {
    const response = await fetch(url, { headers, signal: inner, ...(form && { method: 'POST', body: form }) })
    const text = await beginningOf(response, mostLetters)
    if (!response.ok) throw refusal(provider, response.status, text)
    const json = jsonIn(text)
    if (json === undefined) throw new ProviderError(provider, 'an answer that is not JSON', { retryable: false })
    return json
  }
  try {
    return await within(form ? UPLOAD_MS : ANSWER_MS, 'the answer', clock, ask, signal)
  } catch (error) {
    throw signal.aborted || error instanceof ProviderError ? error : broken(provider, error)
  }
}
