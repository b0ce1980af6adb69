import { openComfortNoise } from '../caller/comfort-noise.ts'
import { type LiveCaller, openLiveCaller } from '../caller/live-caller.ts'
import { seeded } from '../chance.ts'
import { type CallOptions, type CallOutcome, placeCall, type TwilioCall } from '../twilio/call.ts'
import type { CallEvent } from '../twilio/call-event.ts'
import { twilioSid } from '../twilio/sid.ts'

/** More than anybody talks to try something; what is recorded of a call takes 16 kB a second. */
const TIME_LIMIT_MS = 15 * 60_000

export interface LiveCallOptions
  extends Pick<
    CallOptions,
    'publicUrl' | 'dialUrl' | 'network' | 'authToken' | 'accountSid' | 'from' | 'to' | 'ticker' | 'speak'
  > {
  /** Seeds the call's identifiers and the line's noise. Calls of one server need different ones. */
  readonly seed: number
  /** How a <Dial> ends; default: no answer. */
  readonly dialOutcome?: CallOptions['dialOutcome'] | undefined
  readonly onAnswered: () => void
  /** What the caller hears, 20 ms each, as it is played. The bytes are shared and may not be kept. */
  readonly onHeard: (frame: Uint8Array) => void
  /** Besides what Twilio tells: each key as it goes out. */
  readonly onEvent: (event: CallEvent) => void
}

/** A call that a person holds. */
export interface LiveCall {
  readonly call: TwilioCall
  readonly caller: Pick<LiveCaller, 'speak' | 'press' | 'microphone'>
  /** Hangs up, before the call is answered too. */
  hangUp(why: string): void
  /** Resolves when all is over; never rejects. Its events have the keys too. */
  readonly done: Promise<CallOutcome>
}

/** Rings a server as Twilio does, and puts a person on the line. Aborting `signal` hangs up. */
export function placeLiveCall(options: LiveCallOptions, signal: AbortSignal): LiveCall {
  const { publicUrl, onEvent } = options
  const random = seeded(options.seed)
  const keys: CallEvent[] = []
  const caller = openLiveCaller({
    idle: openComfortNoise(random),
    onHeard: options.onHeard,
    onAnswered: options.onAnswered,
    onKey(key, atMs) {
      const event: CallEvent = { atMs, kind: 'key', key }
      keys.push(event)
      onEvent(event)
    },
  })
  const call = placeCall(
    {
      ...options,
      ...{ callSid: twilioSid('CA', random), caller, random, timeLimitMs: TIME_LIMIT_MS },
      answerUrl: new URL('/calls/answer', publicUrl).href,
      statusUrl: new URL('/calls/status', publicUrl).href,
      ...{ fallbackUrl: undefined, jitter: undefined },
      dialOutcome: options.dialOutcome ?? 'no-answer',
    },
    signal,
  )
  return {
    call,
    caller,
    hangUp: call.leave,
    done: call.done.then(outcome => ({
      ...outcome,
      events: [...outcome.events, ...keys].toSorted((one, other) => one.atMs - other.atMs),
    })),
  }
}
