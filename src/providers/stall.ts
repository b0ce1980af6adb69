import type { Clock } from '../conversation/ports.ts'
import { ProviderError } from '../errors.ts'

/** One reason for all: to make one takes a stack trace. */
const CAME = new Error('it came')

/**
 * Passes a provider's stream on, and throws when it keeps us waiting: the SDKs' own time limits end at the response's
 * headers. The caller of it must abort the request; a stream that hangs cannot be asked to stop.
 */
export async function* unstalled<T>(
  stream: AsyncIterable<T>,
  limits: { readonly firstMs: number; readonly nextMs: number },
  provider: string,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const iterator = stream[Symbol.asyncIterator]()
  for (let limitMs = limits.firstMs; ; limitMs = limits.nextMs) {
    const watch = new AbortController()
    const follow = (): void => watch.abort(signal.reason)
    signal.addEventListener('abort', follow, { once: true })
    if (signal.aborted) follow()
    const stalled = clock.sleep(limitMs, watch.signal).then((): never => {
      throw new ProviderError(provider, `nothing came for ${limitMs} ms`, { retryable: true })
    })
    try {
      const next = await Promise.race([iterator.next(), stalled])
      if (next.done) return
      yield next.value
    } finally {
      signal.removeEventListener('abort', follow)
      watch.abort(CAME)
      stalled.catch(() => undefined)
    }
  }
}
