import type { Clock } from '../conversation/ports.ts'
import { quietFor } from '../conversation/quiet.ts'
import { ProviderError } from '../errors.ts'

/**
 * For the SDKs' own timers. They fire before the sockets are read when this process was stalled, so they must never be
 * the first to judge.
 */
export const SDK_LIMIT_MS = 60_000

/** Shared, because creating an Error takes a stack trace. */
const CAME = new Error('it came')

/**
 * Passes on a provider's stream and throws ProviderError if an item takes too long: the SDKs' own timeouts end at the
 * response's headers. The calling code must abort the request, because a hanging stream cannot be stopped.
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
    const stalled = quietFor(limitMs, clock, watch.signal).then((): never => {
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
