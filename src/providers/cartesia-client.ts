import type { Cartesia } from '@cartesia/cartesia-js'
import { ProviderError } from '../errors.ts'
import type { Network } from '../network.ts'

export interface CartesiaAccount {
  readonly apiKey: string
  /** http(s) or ws(s). */
  readonly baseUrl: string
}

/**
 * The vendor's client for what is asked over HTTP. The SDK is loaded by the first call: it takes 100 ms and 20 MB, and a
 * server whose phrases are on disk never needs it. `headersMs` limits the wait for a response's headers; the wait for its
 * body has no limit, see `unstalled`.
 */
export async function cartesiaClient(
  { apiKey, baseUrl }: CartesiaAccount,
  headersMs: number,
  { fetch }: Network,
): Promise<Cartesia> {
  const sdk = await import('@cartesia/cartesia-js')
  const baseURL = baseUrl.replace(/^ws/, 'http')
  return new sdk.Cartesia({ apiKey, baseURL, maxRetries: 0, timeout: headersMs, logLevel: 'off', fetch })
}

/** What the SDK threw, as a ProviderError that names the innermost cause. */
export function cartesiaError(thrown: unknown): ProviderError {
  if (thrown instanceof ProviderError) return thrown
  const status = thrown instanceof Error && 'status' in thrown ? Number(thrown.status ?? 0) : 0
  const retryable = status === 0 || status === 408 || status === 429 || status >= 500
  return new ProviderError('Cartesia', messagesOf(thrown).join(': ').replaceAll('.: ', ': '), {
    retryable,
    cause: thrown,
  })
}

function messagesOf(thrown: unknown): readonly string[] {
  if (!(thrown instanceof Error)) return [String(thrown)]
  return [thrown.message, ...(thrown.cause === undefined ? [] : messagesOf(thrown.cause))]
}
