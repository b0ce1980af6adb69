import { randomUUID } from 'node:crypto'
import type { Clock } from '../conversation/ports.ts'
import { type DelayProfile, drawMs } from './delays.ts'
import type { HeardWord, ScriptedEars } from './scripted-ears.ts'

export interface FluxQuery {
  /** Nothing: no eager events. */
  readonly eagerThreshold: number | undefined
  readonly endThreshold: number
  readonly endTimeoutMs: number
}

const UPDATE_EVERY_MS = 250
/** Silence after the last word of what the caller had to say, until the end is as good as certain. */
const SURE_AFTER_MS = 420
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
  readonly #query: FluxQuery
  readonly #ears: ScriptedEars
  readonly #profile: DelayProfile
  readonly #chance: () => number
  readonly #clock: Clock
  readonly #send: (message: object) => void
  readonly #signal: AbortSignal
  readonly #requestId = randomUUID()
  #sequence = 0
  #turn = 0
  #words: HeardWord[] = []
  /** Words that were heard and are not transcribed yet. */
  #underWay = 0
  #isEager = false
  #updatedAtMs = 0
  #turnFromMs = 0

  constructor(
    query: FluxQuery,
    ears: ScriptedEars,
    profile: DelayProfile,
    chance: () => number,
    clock: Clock,
    send: (message: object) => void,
    signal: AbortSignal,
  ) {
    this.#query = query
    this.#ears = ears
    this.#profile = profile
    this.#chance = chance
    this.#clock = clock
    this.#send = send
    this.#signal = signal
    this.#tell({ type: 'Connected' })
  }

  hear(pcm: Int16Array): void {
    const heard = this.#ears.hear(pcm)
    if (heard.length > 0) {
      this.#underWay += heard.length
      const delayMs = drawMs(this.#profile.interim, this.#chance)
      this.#clock.sleep(delayMs, this.#signal).then(
        () => this.#transcribed(heard),
        () => undefined,
      )
    }
    if (this.#words.length > 0 && this.#underWay === 0) this.#judge()
    if (this.#ears.audioMs - this.#updatedAtMs >= UPDATE_EVERY_MS) this.#info('Update')
  }

  #transcribed(words: readonly HeardWord[]): void {
    this.#underWay -= words.length
    const isFirst = this.#words.length === 0
    this.#words.push(...words)
    if (isFirst) this.#turnFromMs = words[0]?.startMs ?? 0
    const wasEager = this.#isEager
    this.#isEager = false
    this.#info(isFirst ? 'StartOfTurn' : wasEager ? 'TurnResumed' : 'Update')
  }

  #judge(): void {
    const { eagerThreshold = Number.POSITIVE_INFINITY, endThreshold, endTimeoutMs } = this.#query
    const confidence = this.#confidence()
    if (this.#isEager && this.#ears.silentMs === 0) {
      this.#isEager = false
      return this.#info('TurnResumed')
    }
    const isTimeout = this.#ears.silentMs >= endTimeoutMs
    if (confidence >= endThreshold || isTimeout) {
      this.#info('EndOfTurn', isTimeout ? 'timeout' : 'model')
      this.#turn++
      this.#words = []
      this.#isEager = false
    } else if (confidence >= eagerThreshold && !this.#isEager) {
      this.#isEager = true
      this.#info('EagerEndOfTurn')
    }
  }

  #confidence(): number {
    if (this.#words.length === 0) return 0
    const { silentMs, expectsMore } = this.#ears
    const [most, afterMs] = expectsMore ? [MOST_DOUBT, DOUBT_AFTER_MS] : [MOST_CONFIDENCE, SURE_AFTER_MS]
    return Math.min(most, (most * Math.max(0, silentMs)) / afterMs)
  }

  #info(event: Event, trigger?: string): void {
    const { audioMs } = this.#ears
    this.#updatedAtMs = audioMs
    this.#tell({
      type: 'TurnInfo',
      event,
      turn_index: this.#turn,
      audio_window_start: this.#turnFromMs / 1_000,
      audio_window_end: audioMs / 1_000,
      transcript: this.#words.map(({ text }) => text).join(' '),
      words: this.#words.map(({ text }) => ({ word: text, confidence: 0.98 })),
      end_of_turn_confidence: this.#confidence(),
      ...(trigger && { trigger }),
    })
  }

  #tell(message: object): void {
    this.#send({ ...message, request_id: this.#requestId, sequence_id: this.#sequence++ })
  }
}
