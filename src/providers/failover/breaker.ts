import type { Clock } from '../../conversation/ports.ts'
import { within } from '../../conversation/scope.ts'
import type { FailoverPort } from './candidate.ts'

/** `open`: it fails in all calls, and new requests go to another one. `probing`: it is tried whether it works again. */
export type BreakerState = 'closed' | 'open' | 'probing'

/** What this process knows of one provider's health, by the calls that use it. */
export interface Breaker {
  readonly state: BreakerState
  /** Whether a call may ask it: while another way finds out whether it works again, none does. */
  readonly allows: boolean
  /** It did what it was asked for. */
  worked(): void
  /** It failed. `lasting`: the next request will fail as well, such as one with a wrong key. */
  failed(lasting: boolean): void
}

/** A provider, as the breakers know it. */
export interface Breakable {
  readonly name: string
  /** Asks for something small, outside of any call; rejects where that fails. */
  probe?(signal: AbortSignal): Promise<void>
}

/** The breakers of all providers of this process. */
export interface Breakers {
  /** The same one for the same port and name. */
  of(port: FailoverPort, provider: Breakable): Breaker
  /** Ends the probes that are under way. */
  close(): Promise<void>
}

/** Is told each change of a state. */
export type BreakerChange = (port: FailoverPort, name: string, state: BreakerState) => void

/** Opens after so many failures, if they are at least half of what was asked for lately. */
const LEAST_FAILURES = 2
const LATELY_MS = 30_000
/** No more outcomes than this are remembered. */
const MOST_OUTCOMES = 40
const FIRST_WAIT_MS = 2_000
/** A provider that is away for an hour is asked every two minutes. */
const LONGEST_WAIT_MS = 120_000
const PROBE_WITHIN_MS = 5_000

/**
 * Breakers that close again by themselves: a probe asks the provider outside of any call, with growing waits between the
 * tries, so that no caller has to try it. One without a probe is tried by the next request after the wait.
 */
export function openBreakers(clock: Clock, onChange: BreakerChange = () => undefined): Breakers {
  const lifetime = new AbortController()
  const known = new Map<string, Breaker>()
  const probing = new Set<Promise<void>>()

  function breakerOf(port: FailoverPort, { name, probe }: Breakable): Breaker {
    let state: BreakerState = 'closed'
    let outcomes: readonly { readonly atMs: number; readonly isFailure: boolean }[] = []
    let waitMs = FIRST_WAIT_MS

    function become(next: BreakerState): void {
      if (state === next) return
      state = next
      onChange(port, name, next)
    }

    function add(isFailure: boolean): void {
      const now = clock.now()
      const recent = outcomes.filter(({ atMs }) => now - atMs < LATELY_MS)
      outcomes = [...recent, { atMs: now, isFailure }].slice(-MOST_OUTCOMES)
    }

    function closed(): void {
      outcomes = []
      waitMs = FIRST_WAIT_MS
      become('closed')
    }

    function opened(): void {
      become('open')
      const recovering = recover().catch(() => undefined)
      const watched = recovering.finally(() => probing.delete(watched))
      probing.add(watched)
    }

    async function recover(): Promise<void> {
      while (!lifetime.signal.aborted) {
        await clock.sleep(waitMs, lifetime.signal)
        waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)
        become('probing')
        if (!probe) return
        try {
          await probedWithin(probe, clock, lifetime.signal)
          return closed()
        } catch {
          become('open')
        }
      }
    }

    return {
      get state() {
        return state
      },
      get allows() {
        return state === 'closed' || (state === 'probing' && !probe)
      },
      worked() {
        add(false)
        // Where nothing probes, the request that dared to try it tells.
        if (state === 'probing' && !probe) closed()
      },
      failed(lasting) {
        add(true)
        if (state === 'probing' && !probe) return opened()
        if (state !== 'closed') return
        const failures = outcomes.filter(({ isFailure }) => isFailure).length
        if (lasting || (failures >= LEAST_FAILURES && failures * 2 >= outcomes.length)) opened()
      },
    }
  }

  return {
    of(port, provider) {
      const key = `${port} ${provider.name}`
      const breaker = known.get(key) ?? breakerOf(port, provider)
      known.set(key, breaker)
      return breaker
    },
    async close() {
      lifetime.abort(new Error('the server stops'))
      await Promise.all(probing)
    },
  }
}

/** A probe that hangs has failed. */
async function probedWithin(probe: (signal: AbortSignal) => Promise<void>, clock: Clock, signal: AbortSignal) {
  await within(PROBE_WITHIN_MS, 'the probe', clock, probe, signal)
}
