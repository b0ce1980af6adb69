import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { type Delay, type DelayProfile, drawMs } from '../delays.ts'
import type { HeardWord, ScriptedTranscripts } from './scripted-transcripts.ts'

/** Flux's end-of-turn settings, from the query or a Configure message. Without an eager threshold, no eager events. */
export const fluxThresholds = z
  .object({
    eot_threshold: z.coerce.number().min(0.5).max(1).default(0.7),
    eager_eot_threshold: z.coerce.number().min(0.3).max(0.9).optional(),
    eot_timeout_ms: z.coerce.number().int().min(500).max(60_000).default(5_000),
  })
  .refine(({ eot_threshold, eager_eot_threshold: eager }) => eager === undefined || eager <= eot_threshold, {
    message: 'eager_eot_threshold must not be above eot_threshold',
  })
export type FluxThresholds = z.output<typeof fluxThresholds>

const UPDATE_EVERY_MS = 250
/** From an utterance's last word until the confidence reaches the default threshold. */
const CONFIDENT_AFTER: Delay = { medianMs: 260, p95Ms: 400 }
const DEFAULT_CONFIDENCE = 0.7
const MOST_CONFIDENCE = 0.95
/** The confidence stays low in a pause in the middle of an utterance. */
const MOST_PAUSE_CONFIDENCE = 0.3
const MOST_PAUSE_CONFIDENCE_AFTER_MS = 1_500

type Event = 'StartOfTurn' | 'Update' | 'EagerEndOfTurn' | 'TurnResumed' | 'EndOfTurn'

/**
 * One live Flux session: turns the scripted transcripts into TurnInfo messages, timed by the audio. The end-of-turn
 * confidence comes from the script (does the caller have more to say?) and from the length of the silence.
 */
export class FluxSession {
  readonly #transcripts: ScriptedTranscripts
  readonly #profile: DelayProfile
  readonly #chance: () => number
  readonly #clock: Clock
  readonly #send: (message: object) => void
  readonly #signal: AbortSignal
  readonly #requestId = randomUUID()
  #thresholds: FluxThresholds
  #sequence = 0
  #turn = 0
  #words: HeardWord[] = []
  /** Words that were heard but not transcribed yet. */
  #untranscribed: HeardWord[] = []
  #isEager = false
  #confidentAfterMs = 0
  #updatedAtMs = 0
  #turnFromMs = 0

  constructor(
    thresholds: FluxThresholds,
    transcripts: ScriptedTranscripts,
    profile: DelayProfile,
    chance: () => number,
    clock: Clock,
    send: (message: object) => void,
    signal: AbortSignal,
  ) {
    this.#thresholds = thresholds
    this.#transcripts = transcripts
    this.#profile = profile
    this.#chance = chance
    this.#clock = clock
    this.#send = send
    this.#signal = signal
    this.#sendNumbered({ type: 'Connected' })
  }

  hear(pcm: Int16Array): void {
    const heard = this.#transcripts.hear(pcm)
    if (heard.length > 0) {
      this.#untranscribed.push(...heard)
      const delayMs = drawMs(this.#profile.interim, this.#chance)
      this.#clock.sleep(delayMs, this.#signal).then(
        () => this.#transcribed(heard),
        () => undefined,
      )
    }
    if (this.#words.length > 0 && this.#untranscribed.length === 0) this.#checkEnd()
    if (this.#transcripts.audioMs - this.#updatedAtMs >= UPDATE_EVERY_MS) this.#sendInfo('Update')
  }

  /** Changes the thresholds that the client names. Keyterms have no effect on scripted transcripts. */
  configure(asked: object): void {
    const read = fluxThresholds.safeParse({ ...this.#thresholds, ...asked })
    if (!read.success) return this.#sendNumbered({ type: 'ConfigureFailure' })
    this.#thresholds = read.data
    this.#sendNumbered({ type: 'ConfigureSuccess', thresholds: read.data, keyterms: [] })
  }

  /** Reports an invalid client message; the last message of the session. */
  refuse(): void {
    const description = 'The message is not one of those that this service knows.'
    this.#sendNumbered({ type: 'Error', code: 'UNPARSABLE_CLIENT_MESSAGE', description })
  }

  /** The client closes the stream: sends the words that are left, but no end of their turn. */
  end(): void {
    if (this.#untranscribed.length > 0) this.#transcribed(this.#untranscribed)
  }

  #transcribed(words: readonly HeardWord[]): void {
    const isFirst = this.#words.length === 0
    this.#untranscribed = this.#untranscribed.filter(word => !words.includes(word))
    this.#words.push(...words)
    this.#confidentAfterMs = drawMs(CONFIDENT_AFTER, this.#chance)
    if (isFirst) this.#turnFromMs = words[0]?.startMs ?? 0
    const wasEager = this.#isEager
    this.#isEager = false
    this.#sendInfo(isFirst ? 'StartOfTurn' : wasEager ? 'TurnResumed' : 'Update')
  }

  #checkEnd(): void {
    const { eager_eot_threshold: eager, eot_threshold, eot_timeout_ms } = this.#thresholds
    if (this.#isEager && this.#transcripts.silentMs === 0) {
      this.#isEager = false
      return this.#sendInfo('TurnResumed')
    }
    const confidence = this.#confidence()
    const isTimeout = this.#transcripts.silentMs >= eot_timeout_ms
    const isEnd = confidence >= eot_threshold || isTimeout
    // EagerEndOfTurn comes before every EndOfTurn, even when both are due at once.
    if (eager !== undefined && (confidence >= eager || isEnd) && !this.#isEager) {
      this.#isEager = true
      this.#sendInfo('EagerEndOfTurn')
    }
    if (!isEnd) return
    this.#sendInfo('EndOfTurn', isTimeout ? 'timeout' : 'model')
    this.#turn++
    this.#words = []
    this.#isEager = false
    this.#turnFromMs = this.#transcripts.audioMs
  }

  #confidence(): number {
    if (this.#words.length === 0) return 0
    const { silentMs, expectsMore } = this.#transcripts
    const silence = Math.max(0, silentMs)
    return expectsMore
      ? Math.min(MOST_PAUSE_CONFIDENCE, (MOST_PAUSE_CONFIDENCE * silence) / MOST_PAUSE_CONFIDENCE_AFTER_MS)
      : Math.min(MOST_CONFIDENCE, (DEFAULT_CONFIDENCE * silence) / this.#confidentAfterMs)
  }

  #sendInfo(event: Event, trigger?: string): void {
    const { audioMs } = this.#transcripts
    this.#updatedAtMs = audioMs
    this.#sendNumbered({
      type: 'TurnInfo',
      event,
      turn_index: this.#turn,
      audio_window_start: this.#turnFromMs / 1_000,
      audio_window_end: audioMs / 1_000,
      transcript: this.#words.map(({ text }) => text).join(' '),
      words: this.#words.map(({ text, startMs, endMs }) => ({
        word: text,
        confidence: 0.98,
        start: startMs / 1_000,
        end: endMs / 1_000,
      })),
      end_of_turn_confidence: this.#confidence(),
      ...(trigger && { trigger }),
    })
  }

  #sendNumbered(message: object): void {
    this.#send({ ...message, request_id: this.#requestId, sequence_id: this.#sequence++ })
  }
}
