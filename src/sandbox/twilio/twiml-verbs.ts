import { encodeMulaw } from '../../audio/mulaw.ts'
import { resample } from '../../audio/resample.ts'
import { decodeWav } from '../../audio/wav.ts'
import type { Clock } from '../../conversation/ports.ts'
import type { Arrivals } from './arrival-watch.ts'
import type { CallEvent, DialOutcome } from './call-event.ts'
import type { Line } from './line.ts'
import { openPlayout } from './playout.ts'
import { twilioSid } from './sid.ts'
import { type Jitter, type MediaStream, openMediaStream } from './stream.ts'
import type { StreamNoun, Verb } from './twiml.ts'
import { type Application, dialled } from './webhook.ts'

const RINGING_MS = 1000
const BRIDGED_MS = 1000
/** The assumed time to say one letter, when no voice speaks the text. */
const SPOKEN_LETTER_MS = 60

/** An event without its time on the call's timeline. */
export type UntimedCallEvent = CallEvent extends infer Event
  ? Event extends CallEvent
    ? Omit<Event, 'atMs'>
    : never
  : never

/** The source of the next TwiML. */
export type DocumentSource =
  | { readonly kind: 'url'; readonly url: string; readonly form: Readonly<Record<string, string>> }
  | { readonly kind: 'twiml'; readonly twiml: string }

/** The figures of one media stream of the call. */
export interface StreamFigures {
  readonly streamSid: string
  readonly firstAudioMs: number | undefined
  readonly unheardMs: number
  readonly arrivals: Arrivals
}

/** What verbs need from their call. */
export interface VerbContext {
  readonly application: Application
  readonly accountSid: string
  readonly authToken: string
  readonly callSid: string
  readonly clock: Clock
  readonly line: Line
  readonly random: () => number
  readonly jitter: Jitter | undefined
  readonly dialOutcome: DialOutcome
  /** A voice for <Say>: mu-law at 8 kHz. */
  readonly speak: ((text: string, signal: AbortSignal) => Promise<Uint8Array>) | undefined
  readonly emit: (event: UntimedCallEvent) => void
  /** Posts a signed status callback without waiting; a failure becomes a warning. */
  readonly callback: (url: string, form: Readonly<Record<string, string>>) => void
  readonly onStream: (figures: StreamFigures) => void
  readonly onDialAnswered: () => void
  /** Whether the stream gets a `stop` when the caller hangs up. */
  readonly hangsUpWithStop: () => boolean
}

/** What follows a verb: the next verb, the end of the call, or another document. */
export type AfterVerb = 'next' | 'end' | DocumentSource

/** Runs one verb to its end; `base` is the URL of its document. Rejects with the signal's reason on abort. */
export async function runVerb(verb: Verb, base: string, call: VerbContext, signal: AbortSignal): Promise<AfterVerb> {
  const warn = (text: string): void => call.emit({ kind: 'warning', text })
  switch (verb.verb) {
    case 'Connect':
      await connectStream(verb.stream, base, call, signal)
      return verb.action === undefined ? 'next' : document(verb.action, base, {})
    case 'Redirect':
      return document(verb.url, base, {})
    case 'Say':
      call.emit({ kind: 'say', text: verb.text })
      await say(verb.text, call, signal)
      return 'next'
    case 'Pause':
      await call.clock.sleep((Number.isFinite(verb.seconds) ? verb.seconds : 1) * 1000, signal)
      return 'next'
    case 'Play':
      await playFile(verb.url, call, signal)
      return 'next'
    case 'Dial':
      return dial(verb, base, call, signal)
    case 'Hangup':
    case 'Reject':
      return 'end'
    case 'unknown':
      warn(`12200: TwiML verb <${verb.name}> is not known to the sandbox`)
      return 'next'
  }
}

function document(url: string, base: string, form: Readonly<Record<string, string>>): DocumentSource {
  return { kind: 'url', url: new URL(url, base).href, form }
}

/** Resolves however the stream ends: Twilio goes on with the next verb, whether it was closed, broke, or never opened. */
async function connectStream(noun: StreamNoun, base: string, call: VerbContext, signal: AbortSignal): Promise<void> {
  const { application, accountSid, authToken, callSid, clock, random, jitter, line, emit } = call
  const streamSid = twilioSid('MZ', random)
  const statusUrl = noun.statusCallback === undefined ? undefined : new URL(noun.statusCallback, base).href
  const callback = (StreamEvent: string, more: Readonly<Record<string, string>> = {}): void => {
    if (statusUrl === undefined) return
    const Timestamp = clock.wallTime().toISOString()
    call.callback(statusUrl, { StreamSid: streamSid, StreamName: noun.name, StreamEvent, Timestamp, ...more })
  }
  let stream: MediaStream
  try {
    const publicUrl = streamUrl(noun.url, application)
    const onWarning = (text: string): void => emit({ kind: 'warning', text })
    const onClear = (droppedMs: number): void => emit({ kind: 'clear', droppedMs })
    stream = await openMediaStream(
      {
        ...{ streamSid, callSid, accountSid, authToken, clock, random, jitter, onWarning, onClear, publicUrl },
        dialUrl: dialled(publicUrl, application),
        network: application.network,
        parameters: noun.parameters,
      },
      signal,
    )
  } catch (cause) {
    signal.throwIfAborted()
    const text = cause instanceof Error ? cause.message : String(cause)
    emit({ kind: 'warning', text })
    return callback('stream-error', { StreamError: text })
  }
  callback('stream-started')
  emit({ kind: 'stream-started', streamSid })
  const disconnect = line.connect(stream)
  const leave = (): void => void stream.close(call.hangsUpWithStop())
  signal.addEventListener('abort', leave, { once: true })
  try {
    if (signal.aborted) leave()
    const { by, code, unheardMs, broken } = await stream.ended
    emit({ kind: 'stream-ended', by, code })
    if (broken !== undefined) {
      emit({ kind: 'warning', text: broken })
      callback('stream-error', { StreamError: broken })
    }
    call.onStream({ streamSid, firstAudioMs: stream.firstAudioMs, unheardMs, arrivals: stream.arrivals() })
    callback('stream-stopped')
    signal.throwIfAborted()
  } finally {
    signal.removeEventListener('abort', leave)
    disconnect()
  }
}

/** Twilio accepts only wss:// without a query. The sandbox also accepts ws:// when the application uses http://. */
function streamUrl(text: string, { publicUrl }: Application): string {
  const url = new URL(text)
  if (url.search !== '')
    throw new Error(`31920: <Stream url="${text}">: a query string is not allowed; use <Parameter>`)
  const plain = url.protocol === 'ws:' && new URL(publicUrl).protocol === 'http:'
  if (url.protocol !== 'wss:' && !plain) throw new Error(`31922: <Stream url="${text}"> must start with wss://`)
  return text
}

async function say(text: string, { speak, clock, line }: VerbContext, signal: AbortSignal): Promise<void> {
  if (!speak) return clock.sleep(text.length * SPOKEN_LETTER_MS, signal)
  await sound(await speak(text, signal), { clock, line }, signal)
}

/** Plays to the caller until it is over. */
async function sound(mulaw: Uint8Array, { clock, line }: Pick<VerbContext, 'clock' | 'line'>, signal: AbortSignal) {
  const playout = openPlayout()
  playout.enqueue(mulaw)
  const disconnect = line.connect({
    listening: false,
    get queuedMs() {
      return playout.queuedMs
    },
    slot: () => playout.slot().heard,
    press: () => undefined,
  })
  try {
    await clock.sleep(playout.queuedMs, signal)
  } finally {
    disconnect()
  }
}

/** A file that cannot be had, or played, is a warning, and the call goes on. */
async function playFile(url: string, call: VerbContext, signal: AbortSignal): Promise<void> {
  const { application, emit } = call
  let mulaw: Uint8Array
  try {
    const response = await application.network.fetch(dialled(new URL(url).href, application), { signal })
    const type = response.headers.get('content-type') ?? ''
    if (!response.ok) throw new Error(`11200: <Play> ${url} was answered with ${response.status}`)
    if (!/^audio\/(?:wav|wave|x-wav)\b/.test(type)) throw new Error(`12300: <Play> ${url} is ${type || 'of no type'}`)
    const { pcm, rateHz, channels } = decodeWav(new Uint8Array(await response.arrayBuffer()))
    if (channels !== 1) throw new Error(`<Play> ${url}: the sandbox plays one channel alone`)
    mulaw = encodeMulaw(resample(pcm, rateHz, 8_000))
  } catch (cause) {
    signal.throwIfAborted()
    return emit({ kind: 'warning', text: cause instanceof Error ? cause.message : String(cause) })
  }
  await sound(mulaw, call, signal)
}

async function dial(
  { number, action, timeoutS }: Verb & { verb: 'Dial' },
  base: string,
  call: VerbContext,
  signal: AbortSignal,
): Promise<AfterVerb> {
  const { clock, dialOutcome: outcome } = call
  call.emit({ kind: 'dial', number, outcome })
  await clock.sleep(Math.min(RINGING_MS, timeoutS * 1000), signal)
  const form: Record<string, string> = { DialCallSid: twilioSid('CA', call.random), DialCallStatus: outcome }
  if (outcome === 'answered') {
    call.onDialAnswered()
    await clock.sleep(BRIDGED_MS, signal)
    form.DialCallStatus = 'completed'
    form.DialCallDuration = String(BRIDGED_MS / 1000)
  }
  return action === undefined ? 'next' : document(action, base, form)
}
