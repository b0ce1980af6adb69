import type { Caller } from '../caller/caller.ts'
import type { CallEvent, DialOutcome } from './call-event.ts'
import { type HangUp, type Line, openLine } from './line.ts'
import type { Jitter } from './stream.ts'
import type { Ticker } from './ticker.ts'
import { parseTwiml, type Verb } from './twiml.ts'
import {
  type DocumentSource,
  runVerb,
  type StreamFigures,
  type UntimedCallEvent,
  type VerbContext,
} from './twiml-verbs.ts'
import type { Legs } from './two-leg-recording.ts'
import { type Application, postWebhook } from './webhook.ts'

const MOST_DOCUMENTS = 20
const MOST_WARNINGS = 50
/** Twilio's number of an error, with which its message begins; a document that cannot be read has one of its own. */
const NUMBER = /^(\d{5}): /
const NOT_TWIML = '12100'

export interface CallOptions extends Application {
  readonly callSid: string
  readonly accountSid: string
  readonly authToken: string
  readonly from: string
  readonly to: string
  readonly answerUrl: string
  /** Gets the status callback when the call is over. */
  readonly statusUrl: string | undefined
  /** Requested when a document cannot be fetched or read: the number's fallback URL. Without one the call ends. */
  readonly fallbackUrl: string | undefined
  readonly caller: Caller
  readonly ticker: Ticker
  readonly random: () => number
  readonly jitter: Jitter | undefined
  readonly dialOutcome: DialOutcome
  readonly speak: VerbContext['speak']
  /** Twilio's limit on the length of a call. */
  readonly timeLimitMs: number
  readonly onEvent: (event: CallEvent) => void
  /** The application has made the call, and the person has answered it. Default: the person has rung the application. */
  readonly isOutbound?: boolean
  /** Done before the application hears of the call. What it throws is a warning. */
  readonly before?: (signal: AbortSignal) => Promise<void>
}

export type CallStatus =
  | 'queued'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'failed'
  | 'no-answer'
  | 'canceled'

/** The result of a call, before analysis. */
export interface CallOutcome {
  readonly status: CallStatus
  readonly endedBy: 'caller' | 'agent' | 'transfer'
  readonly why: string
  readonly gaveUp: boolean
  readonly legs: Legs
  readonly streams: readonly StreamFigures[]
  readonly events: readonly CallEvent[]
}

/** A call as Twilio runs it: requests TwiML, runs it, and requests more until the caller or the application ends it. */
export interface TwilioCall {
  readonly callSid: string
  readonly status: CallStatus
  /** Resolves when the call is over and its callbacks are done; never rejects. */
  readonly done: Promise<CallOutcome>
  /** Replaces the running document, as REST does. False when the call is over. */
  replace(source: DocumentSource): boolean
  /** Ends the call, as REST does. False when it is already over. */
  complete(): boolean
  /** The caller hangs up, whether the call was answered or not. */
  leave(why: string): void
}

/** Rings the application. Aborting `signal` hangs up. */
export function placeCall(options: CallOptions, signal: AbortSignal): TwilioCall {
  const { callSid, ticker, onEvent } = options
  const { clock } = ticker
  const over = new AbortController()
  const events: CallEvent[] = []
  const streams: StreamFigures[] = []
  const callbacks = new Set<Promise<void>>()
  const isOutbound = options.isOutbound === true
  let status: CallStatus = isOutbound ? 'in-progress' : 'ringing'
  let line: Line | undefined
  let running = new AbortController()
  let replacement: DocumentSource | undefined
  let hungUp: HangUp | undefined
  let transferred = false

  function emit(untimed: UntimedCallEvent): void {
    if (untimed.kind === 'warning' && events.length > MOST_WARNINGS * 4) return
    const event: CallEvent = { atMs: line ? Math.max(0, line.positionMs(clock.now())) : 0, ...untimed }
    events.push(event)
    onEvent(event)
  }

  function hangUp(end: HangUp): void {
    if (hungUp) return
    hungUp = end
    emit({ kind: 'hung-up', why: end.why })
    over.abort(new Error(end.why))
  }

  async function post(url: string, form: Readonly<Record<string, string>>, until: AbortSignal): Promise<string> {
    const { accountSid: AccountSid, authToken, from, to } = options
    const parties = { From: from, To: to, Caller: from, Called: to }
    const standard = {
      AccountSid,
      ApiVersion: '2010-04-01',
      CallSid: callSid,
      CallStatus: status,
      Direction: isOutbound ? 'outbound-api' : 'inbound',
    }
    return postWebhook({ url, form: { ...standard, ...parties, ...form }, authToken }, options, clock, until)
  }

  function callback(url: string, form: Readonly<Record<string, string>>): void {
    const posted: Promise<void> = post(url, form, signal)
      .then(
        () => undefined,
        cause => emit({ kind: 'warning', text: `15003: ${messageOf(cause)}` }),
      )
      .finally(() => callbacks.delete(posted))
    callbacks.add(posted)
  }

  async function fetchTwiml(source: DocumentSource, until: AbortSignal): Promise<readonly [string, readonly Verb[]]> {
    if (source.kind === 'twiml') return [options.answerUrl, parseTwiml(source.twiml)]
    try {
      return [source.url, parseTwiml(await post(source.url, source.form, until))]
    } catch (cause) {
      until.throwIfAborted()
      const { fallbackUrl } = options
      if (fallbackUrl === undefined) throw cause
      emit({ kind: 'warning', text: messageOf(cause) })
      const form = { ErrorCode: NUMBER.exec(messageOf(cause))?.[1] ?? NOT_TWIML, ErrorUrl: source.url }
      return [fallbackUrl, parseTwiml(await post(fallbackUrl, form, until))]
    }
  }

  function answer(): Line {
    status = 'in-progress'
    const opened = openLine(ticker, options.caller)
    opened.hungUp.then(hangUp, cause => hangUp({ withStop: true, why: messageOf(cause), gaveUp: true }))
    const tooLong: HangUp = { withStop: true, why: `the call's time limit was reached`, gaveUp: true }
    clock.sleep(options.timeLimitMs, over.signal).then(
      () => hangUp(tooLong),
      () => undefined,
    )
    return opened
  }

  async function runDocument(source: DocumentSource, until: AbortSignal): Promise<DocumentSource | undefined> {
    const [url, verbs] = await fetchTwiml(source, until)
    emit({ kind: 'document', url, verbs: verbs.map(({ verb }) => verb) })
    const [first] = verbs
    if (!line && first?.verb === 'Reject') {
      status = first.reason === 'busy' ? 'busy' : 'failed'
      return undefined
    }
    line ??= answer()
    const context: VerbContext = {
      ...options,
      application: options,
      clock,
      line,
      emit,
      callback,
      onStream: figures => streams.push(figures),
      onDialAnswered: () => {
        transferred = true
      },
      hangsUpWithStop: () => hungUp?.withStop ?? true,
    }
    for (const verb of verbs) {
      const after = await runVerb(verb, url, context, until)
      if (after === 'end') return undefined
      if (after !== 'next') return after
    }
    return undefined
  }

  async function run(): Promise<CallOutcome> {
    const stop = (): void => hangUp({ withStop: true, why: 'the call was aborted', gaveUp: true })
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    let failure: string | undefined
    let source: DocumentSource | undefined = { kind: 'url', url: options.answerUrl, form: {} }
    await options.before?.(over.signal).catch(cause => {
      if (!over.signal.aborted) emit({ kind: 'warning', text: messageOf(cause) })
    })
    for (let documents = 1; source && !over.signal.aborted; documents++) {
      running = new AbortController()
      try {
        if (documents > MOST_DOCUMENTS) throw new Error(`more than ${MOST_DOCUMENTS} TwiML documents: a loop`)
        source = await runDocument(source, AbortSignal.any([over.signal, running.signal]))
      } catch (cause) {
        if (over.signal.aborted) break
        source = running.signal.aborted ? replacement : undefined
        if (!running.signal.aborted) failure = messageOf(cause)
        if (failure !== undefined) emit({ kind: 'warning', text: failure })
      }
    }
    const durationS = Math.round((line?.positionMs(clock.now()) ?? 0) / 1000)
    if (status === 'in-progress') status = 'completed'
    if (status === 'ringing') status = 'failed'
    const legs = line?.close() ?? { caller: new Uint8Array(), agent: new Uint8Array() }
    over.abort(new Error('the call is over'))
    if (options.statusUrl !== undefined) callback(options.statusUrl, completion(durationS))
    await Promise.all(callbacks)
    signal.removeEventListener('abort', stop)
    return {
      status,
      endedBy: transferred ? 'transfer' : hungUp && hungUp !== completedByRest ? 'caller' : 'agent',
      why: failure ?? hungUp?.why ?? 'the application ended the call',
      gaveUp: failure !== undefined || (hungUp?.gaveUp ?? false),
      legs,
      streams,
      events,
    }
  }

  function completion(durationS: number): Readonly<Record<string, string>> {
    const Timestamp = clock.wallTime().toUTCString()
    return { CallDuration: String(durationS), Timestamp, CallbackSource: 'call-progress-events', SequenceNumber: '0' }
  }

  const done = run()
  return {
    callSid,
    get status() {
      return status
    },
    done,
    replace(source) {
      if (over.signal.aborted) return false
      replacement = source
      running.abort(new Error('another document replaced it'))
      return true
    },
    complete() {
      if (over.signal.aborted) return false
      hangUp(completedByRest)
      return true
    },
    leave: why => hangUp({ withStop: true, why, gaveUp: false }),
  }
}

const completedByRest: HangUp = { withStop: true, why: 'completed by REST', gaveUp: false }

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
