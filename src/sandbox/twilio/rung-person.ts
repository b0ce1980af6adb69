import type { Clock } from '../../conversation/ports.ts'
import type { Script } from '../caller/fixture.ts'
import type { CallStatus, TwilioCall } from './call.ts'

/** What somebody does whom an application has rung, so long after it begins to ring. */
export type RungPerson =
  | { readonly kind: 'answers'; readonly afterMs: number; readonly script: Script }
  | { readonly kind: 'is-busy'; readonly afterMs: number }
  /** Lets it ring until Twilio gives up. */
  | { readonly kind: 'does-not-answer' }
  /** The number leads nowhere. */
  | { readonly kind: 'fails'; readonly afterMs: number }

export interface RungCallParts {
  readonly callSid: string
  readonly clock: Clock
  readonly person: RungPerson
  readonly ringMs: number
  /** Before it rings: Twilio makes one call a second. */
  readonly queuedMs: number
  /** Begins the call itself, when the person has answered. */
  readonly answered: (script: Script) => Pick<TwilioCall, 'status' | 'done' | 'replace' | 'complete' | 'leave'>
  /** Tells the application how the call stands. `event`: what Twilio calls that. */
  readonly tell: (event: 'initiated' | 'ringing' | 'answered' | 'completed', status: CallStatus) => void
}

/** A call that an application makes, from its queue to its end. Before it is answered it can be completed, as by REST. */
export function rungCall(parts: RungCallParts, signal: AbortSignal) {
  const { callSid, clock, person, ringMs, queuedMs, answered, tell } = parts
  const ringing = new AbortController()
  let status: CallStatus = 'queued'
  let call: ReturnType<RungCallParts['answered']> | undefined

  async function rings(): Promise<CallStatus | Script> {
    await clock.sleep(queuedMs, ringing.signal)
    tell('initiated', 'queued')
    status = 'ringing'
    tell('ringing', status)
    switch (person.kind) {
      case 'does-not-answer':
        await clock.sleep(ringMs, ringing.signal)
        return 'no-answer'
      case 'is-busy':
        await clock.sleep(person.afterMs, ringing.signal)
        return 'busy'
      case 'fails':
        await clock.sleep(person.afterMs, ringing.signal)
        return 'failed'
      case 'answers':
        await clock.sleep(Math.min(person.afterMs, ringMs), ringing.signal)
        return person.afterMs < ringMs ? person.script : 'no-answer'
    }
  }

  async function run(): Promise<void> {
    const stop = (): void => ringing.abort(new Error('the call is over'))
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    const came = await rings().catch((): CallStatus => 'canceled')
    signal.removeEventListener('abort', stop)
    if (typeof came === 'string') {
      status = came
      return tell('completed', status)
    }
    status = 'in-progress'
    tell('answered', status)
    call = answered(came)
    await call.done
  }

  const done = run()
  return {
    callSid,
    get status() {
      return call?.status ?? status
    },
    /** Resolves when the call is over, answered or not. */
    done,
    replace: (source: Parameters<TwilioCall['replace']>[0]) => call?.replace(source) ?? false,
    complete(): boolean {
      if (call) return call.complete()
      if (ringing.signal.aborted || (status !== 'queued' && status !== 'ringing')) return false
      ringing.abort(new Error('completed by REST'))
      return true
    },
  }
}
