import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { type Delay, type DelayProfile, drawMs } from '../delays.ts'
import type { HeardWord, ScriptedTranscripts } from './scripted-transcripts.ts'

/** When Flux takes a turn for ended, as a query or a Configure message names it; without an eager one, no eager events. */
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
/** So long after the last word of what the caller had to say it is sure enough for the default threshold. */
const SURE: Delay = { medianMs: 260, p95Ms: 400 }
const SURE_CONFIDENCE = 0.7
const MOST_CONFIDENCE = 0.95
/** In the middle of what he has to say, a pause alone does not fool it much. */
const MOST_DOUBT = 0.3
const DOUBT_AFTER_MS = 1_500

type Event = 'StartOfTurn' | 'Update' | 'EagerEndOfTurn' | 'TurnResumed' | 'EndOfTurn'

/**
 * One live session of Flux: turns what the ears hear into TurnInfo messages, by the audio's own clock. How sure it is of
 * an end it takes from the script (is he in the middle of what he has to say?) and from the silence.
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
  /** Words that were heard and are not transcribed yet. */
  #underWay: HeardWord[] = []
  #isEager = false
  #sureAfterMs = 0
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
    this.#tell({ type: 'Connected' })
  }

  hear(pcm: Int16Array): void {
    const heard = this.#transcripts.hear(pcm)
    if (heard.length > 0) {
      this.#underWay.push(...heard)
      const delayMs = drawMs(this.#profile.interim, this.#chance)
      this.#clock.sleep(delayMs, this.#signal).then(
        () => this.#transcribed(heard),
        () => undefined,
      )
    }
    if (this.#words.length > 0 && this.#underWay.length === 0) this.#judge()
    if (this.#transcripts.audioMs - this.#updatedAtMs >= UPDATE_EVERY_MS) this.#info('Update')
  }

  /** The client wants other thresholds; what it does not name stays. Keyterms change nothing in a script. */
  configure(asked: object): void {
    const read = fluxThresholds.safeParse({ ...this.#thresholds, ...asked })
    if (!read.success) return this.#tell({ type: 'ConfigureFailure' })
    this.#thresholds = read.data
    this.#tell({ type: 'ConfigureSuccess', thresholds: read.data, keyterms: [] })
  }

  /** The client has sent what it must not; nothing more comes after this. */
  refuse(): void {
    const description = 'The message is not one of those that this service knows.'
    this.#tell({ type: 'Error', code: 'UNPARSABLE_CLIENT_MESSAGE', description })
  }

  /** The client is done: the words that are left, but no end of their turn. */
  end(): void {
    if (this.#underWay.length > 0) this.#transcribed(this.#underWay)
  }

  #transcribed(words: readonly HeardWord[]): void {
    const isFirst = this.#words.length === 0
    this.#underWay = this.#underWay.filter(word => !words.includes(word))
    this.#words.push(...words)
    this.#sureAfterMs = drawMs(SURE, this.#chance)
    if (isFirst) this.#turnFromMs = words[0]?.startMs ?? 0
    const wasEager = this.#isEager
    this.#isEager = false
    this.#info(isFirst ? 'StartOfTurn' : wasEager ? 'TurnResumed' : 'Update')
  }

  #judge(): void {
    const { eager_eot_threshold: eager, eot_threshold, eot_timeout_ms } = this.#thresholds
    if (this.#isEager && this.#transcripts.silentMs === 0) {
      this.#isEager = false
      return this.#info('TurnResumed')
    }
    const confidence = this.#confidence()
    const isTimeout = this.#transcripts.silentMs >= eot_timeout_ms
    const isEnd = confidence >= eot_threshold || isTimeout
    // No turn ends that was not thought to be ending: even one that is over at once has its eager end first.
    if (eager !== undefined && (confidence >= eager || isEnd) && !this.#isEager) {
      this.#isEager = true
      this.#info('EagerEndOfTurn')
    }
    if (!isEnd) return
    this.#info('EndOfTurn', isTimeout ? 'timeout' : 'model')
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
      ? Math.min(MOST_DOUBT, (MOST_DOUBT * silence) / DOUBT_AFTER_MS)
      : Math.min(MOST_CONFIDENCE, (SURE_CONFIDENCE * silence) / this.#sureAfterMs)
  }

  #info(event: Event, trigger?: string): void {
    const { audioMs } = this.#transcripts
    this.#updatedAtMs = audioMs
    this.#tell({
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

  #tell(message: object): void {
    this.#send({ ...message, request_id: this.#requestId, sequence_id: this.#sequence++ })
  }
}
