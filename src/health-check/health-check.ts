import type { Clock } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'
import { reasonOf } from '../failure-reason.ts'
import type { Network } from '../network.ts'

export interface HealthCheckParts {
  readonly clock: Clock
  readonly network: Network
}

/** Less than the time-out of the image's HEALTHCHECK, so that this says what is wrong before the engine stops it. */
const ANSWER_WITHIN_MS = 4_000
/** A server that listens on all addresses answers at the loopback. */
const ALL_ADDRESSES: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** Where a server with these settings answers on its own machine. Settings that are empty count as not set. */
export function ownAddress({ PORT, HOST }: Readonly<Record<string, string | undefined>>): string {
  const host = ALL_ADDRESSES[HOST ?? ''] ?? (HOST || '127.0.0.1')
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT || '8080'}/healthz`
}

/**
 * Asks the server at `address` whether it is alive. Resolves with what is wrong, or with nothing. That it takes calls is
 * another question, /readyz: an engine that restarts what is not ready would cut the calls of a server that drains.
 */
export async function healthProblem(
  address: string,
  { clock, network }: HealthCheckParts,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { ok, status } = await within(
      ANSWER_WITHIN_MS,
      'the answer',
      clock,
      // Without `close` the connection would be kept for another request, and this process with it.
      limited => network.fetch(address, { signal: limited, headers: { connection: 'close' } }),
      signal,
    )
    return ok ? undefined : `${address} answers ${status}`
  } catch (error) {
    return `${address} does not answer: ${reasonOf(error)}`
  }
}
