import { ProviderError } from '../errors.ts'
import type { Network } from '../network.ts'

/** No model writes so much in one event. The SDK searches a line anew with each piece, and parses it at once. */
const MOST_LINE_BYTES = 1024 * 1024
/** An answer of the most tokens that are asked for, each in an event of its own, is less. */
const MOST_BYTES = 4 * 1024 * 1024
const LINE_FEED = 10

/** The same fetch, but reading a response throws ProviderError when a line of it, or all of it, is too long. */
export function boundedFetch(fetch: Network['fetch'], provider: string): Network['fetch'] {
  return async (input, init) => {
    const response = await fetch(input, init)
    if (!response.body) return response
    const { status, statusText, headers } = response
    return new Response(response.body.pipeThrough(bounded(provider)), { status, statusText, headers })
  }
}

function bounded(provider: string): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0
  let lineBytes = 0
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length
      const lineEnd = chunk.lastIndexOf(LINE_FEED)
      lineBytes = lineEnd < 0 ? lineBytes + chunk.length : chunk.length - lineEnd - 1
      if (lineBytes > MOST_LINE_BYTES || bytes > MOST_BYTES)
        throw new ProviderError(provider, 'its answer is longer than can be read', { retryable: true })
      controller.enqueue(chunk)
    },
  })
}
