import type { Cartesia } from '@cartesia/cartesia-js'
import { z } from 'zod'
import type { Clock } from '../conversation/ports.ts'
import { scopeOf } from '../conversation/scope.ts'
import { ProviderError } from '../errors.ts'
import { type Network, systemNetwork } from '../network.ts'
import { type CartesiaAccount, cartesiaClient, cartesiaError } from './cartesia-client.ts'
import { unstalled } from './stall.ts'

const PROVIDER = 'Cartesia'
const ANSWER_MS = 10_000
/** The most that the service gives in one page. */
const PAGE = 100
const MOST_VOICES = 20_000

const voice = z.object({ id: z.string(), name: z.string(), language: z.string(), description: z.string() })
export type CartesiaVoice = z.infer<typeof voice>

/**
 * The voices that an account may use, page by page; `search` is looked for in names, descriptions and ids. Throws
 * ProviderError.
 */
export async function* cartesiaVoices(
  account: CartesiaAccount,
  search: string,
  clock: Clock,
  signal: AbortSignal,
  network: Network = systemNetwork,
): AsyncGenerator<CartesiaVoice> {
  const scope = scopeOf(signal)
  let count = 0
  try {
    const client = await cartesiaClient(account, ANSWER_MS, network)
    const limits = { firstMs: ANSWER_MS, nextMs: ANSWER_MS }
    for await (const found of unstalled(listed(client, search, scope.signal), limits, PROVIDER, clock, scope.signal)) {
      // The SDK asks for more until a page is empty: a server that ignores its cursor would never end.
      if (++count > MOST_VOICES) throw new ProviderError(PROVIDER, 'a list without end', { retryable: false })
      const read = voice.safeParse(found)
      if (!read.success) throw new ProviderError(PROVIDER, 'a voice that cannot be read', { retryable: false })
      yield read.data
    }
  } catch (error) {
    throw signal.aborted ? error : cartesiaError(error)
  } finally {
    scope.abort(new Error('the request is over'))
  }
}

async function* listed(client: Cartesia, search: string, signal: AbortSignal): AsyncGenerator<unknown> {
  const query = { limit: PAGE, ...(search !== '' && { q: search }) }
  const { data: page, response } = await client.voices.list(query, { signal }).withResponse()
  // The SDK takes an answer that is no JSON for an empty list.
  if (!response.headers.get('content-type')?.includes('json')) {
    throw new ProviderError(PROVIDER, 'an answer that is not JSON', { retryable: false })
  }
  yield* page
}
