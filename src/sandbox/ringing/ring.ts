import { openCaller } from '../caller/caller.ts'
import { openComfortNoise } from '../caller/comfort-noise.ts'
import type { Script } from '../caller/fixture.ts'
import { seeded } from '../chance.ts'
import { announceUtterance } from '../deepgram/announce.ts'
import { markScripted } from '../deepgram/scripted-calls.ts'
import { type CallOptions, placeCall, type TwilioCall } from '../twilio/call.ts'
import type { CallEvent, DialOutcome } from '../twilio/call-event.ts'
import { twilioSid } from '../twilio/sid.ts'
import type { Jitter } from '../twilio/stream.ts'
import type { Ticker } from '../twilio/ticker.ts'
import type { VerbContext } from '../twilio/twiml-verbs.ts'
import type { Application } from '../twilio/webhook.ts'
import { type CallRecord, recordOf } from './call-record.ts'

const PATIENCE_MS = 20_000
const TIME_LIMIT_MS = 5 * 60_000

export interface RingOptions extends Application {
  readonly authToken: string
  readonly accountSid: string
  readonly from: string
  readonly to: string
  readonly script: Script
  /** Seeds this call's identifiers, line noise and jitter. Concurrent calls need different seeds. */
  readonly seed: number
  /** All calls of a process share one: `openTicker(systemClock)`. */
  readonly ticker: Ticker
  /** Base URL of the stand-in Deepgram, which needs the words; without it the server uses the real Deepgram. */
  readonly announceUrl?: string | undefined
  readonly jitter?: Jitter | undefined
  /** How a <Dial> ends; default: no answer. */
  readonly dialOutcome?: DialOutcome | undefined
  /** A voice for <Say>; without it the text is only recorded as an event, and its duration is silent. */
  readonly speak?: VerbContext['speak']
  readonly patienceMs?: number | undefined
  /** The number's fallback URL, requested when a document cannot be fetched or read. */
  readonly fallbackUrl?: string | undefined
  readonly onEvent?: ((event: CallEvent) => void) | undefined
  /** The application has made this call, and the script's person has answered it. */
  readonly answering?: Pick<CallOptions, 'callSid' | 'answerUrl' | 'statusUrl' | 'timeLimitMs'> | undefined
}

/** An ongoing call and its future record. */
export interface RingingCall {
  readonly call: TwilioCall
  /** Rejects only when the signal was aborted. */
  readonly record: Promise<CallRecord>
}

/** Rings a server as Twilio does, plays the script's side of the call, and returns its record. */
export function ring(options: RingOptions, signal: AbortSignal): Promise<CallRecord> {
  return startRinging(options, signal).record
}

/** Like `ring`, but also returns the ongoing call, so that REST can change it. */
export function startRinging(options: RingOptions, signal: AbortSignal): RingingCall {
  const { script, announceUrl, publicUrl, onEvent } = options
  const random = seeded(options.seed)
  const callSid = options.answering?.callSid ?? twilioSid('CA', random)
  const over = new AbortController()
  const caller = openCaller(
    {
      script,
      idle: openComfortNoise(random),
      patienceMs: options.patienceMs ?? PATIENCE_MS,
      onUtterance: (atMs, index, say) => onEvent?.({ atMs, kind: 'utterance', index, say }),
      announce: async (utterance, until) => {
        if (announceUrl !== undefined) await announceUtterance(announceUrl, callSid, utterance, options.network, until)
      },
    },
    AbortSignal.any([signal, over.signal]),
  )
  const call = placeCall(
    {
      ...options,
      before: async until => {
        if (announceUrl !== undefined) await markScripted(announceUrl, callSid, options.network, until)
      },
      callSid,
      caller,
      random,
      answerUrl: new URL('/calls/answer', publicUrl).href,
      statusUrl: new URL('/calls/status', publicUrl).href,
      fallbackUrl: options.fallbackUrl,
      jitter: options.jitter,
      dialOutcome: options.dialOutcome ?? 'no-answer',
      speak: options.speak,
      timeLimitMs: TIME_LIMIT_MS,
      onEvent: onEvent ?? (() => undefined),
      ...(options.answering && { ...options.answering, isOutbound: true }),
    },
    signal,
  )
  const record = call.done.then(outcome => {
    over.abort(new Error('the call is over'))
    signal.throwIfAborted()
    return recordOf(callSid, script, caller.played, outcome)
  })
  return { call, record }
}
