import { randomUUID } from 'node:crypto'
import type { Clock } from '../../conversation/ports.ts'
import type { HeardWord, ScriptedTranscripts } from '../deepgram/scripted-transcripts.ts'
import type { DelayProfile } from '../delays.ts'
import { WordsDue } from '../words-due.ts'

/** What the query asks for. */
export interface SessionQuery {
  readonly minTurnSilenceMs: number
  readonly maxTurnSilenceMs: number
  readonly formatsTurns: boolean
  readonly heartbeats: boolean
  /** The models of the third generation write as people do, without being asked. */
  readonly isFormatted: boolean
}

export interface SessionParts {
  readonly transcripts: ScriptedTranscripts
  readonly profile: DelayProfile
  readonly chance: () => number
  readonly clock: Clock
  readonly send: (message: object) => void
  readonly signal: AbortSignal
}

const SESSION_MS = 3 * 60 * 60_000
const HEARTBEAT_EVERY_MS = 5_000
const CONFIDENT = 0.9
/** In a pause in the middle of an utterance. */
const DOUBTFUL = 0.15

/** One session of Universal-Streaming: turns that grow word by word, and end by silence or when they are told to. */
export class AssemblyAiSession {
  readonly #query: SessionQuery
  readonly #parts: SessionParts
  readonly #words: WordsDue
  readonly #beganMs: number
  #turn = 0
  #confidence = 0

  constructor(query: SessionQuery, parts: SessionParts) {
    this.#query = query
    this.#parts = parts
    const { profile, chance, clock, signal, send } = parts
    this.#beganMs = clock.now()
    this.#words = new WordsDue({
      ...{ profile, chance, clock, signal },
      onWords: words => this.#turnOf(words, { ended: false, formatted: query.isFormatted }),
      onEnd: words => {
        this.#turnOf(words, { ended: true, formatted: query.isFormatted })
        if (query.formatsTurns && !query.isFormatted) this.#turnOf(words, { ended: true, formatted: true })
        this.#turn++
        this.#confidence = 0
      },
    })
    const expiresMs = clock.wallTime().getTime() + SESSION_MS
    send({ type: 'Begin', id: randomUUID(), expires_at: Math.floor(expiresMs / 1_000) })
    if (query.heartbeats) this.#beat().catch(() => undefined)
  }

  hear(pcm: Int16Array): void {
    const { transcripts } = this.#parts
    this.#words.add(transcripts.hear(pcm))
    const { silentMs, expectsMore } = transcripts
    const { minTurnSilenceMs, maxTurnSilenceMs } = this.#query
    if (!this.#words.isOpen || silentMs < (expectsMore ? maxTurnSilenceMs : minTurnSilenceMs)) return
    this.#confidence = expectsMore ? DOUBTFUL : CONFIDENT
    this.#words.end()
  }

  forceEndpoint(): void {
    this.#words.end()
  }

  /** The last messages of the session. */
  terminate(): void {
    this.#words.endNow()
    const { clock, transcripts, send } = this.#parts
    send({
      type: 'Termination',
      audio_duration_seconds: transcripts.audioMs / 1_000,
      session_duration_seconds: (clock.now() - this.#beganMs) / 1_000,
    })
  }

  async #beat(): Promise<void> {
    const { clock, signal, transcripts, send } = this.#parts
    while (true) {
      await clock.sleep(HEARTBEAT_EVERY_MS, signal)
      const durationMs = clock.now() - this.#beganMs
      send({
        type: 'Heartbeat',
        total_audio_received_ms: transcripts.audioMs,
        total_duration_ms: durationMs,
        realtime_factor: transcripts.audioMs / durationMs,
        max_speech_probability: transcripts.silentMs < HEARTBEAT_EVERY_MS ? 0.97 : 0.01,
      })
    }
  }

  #turnOf(words: readonly HeardWord[], { ended, formatted }: { ended: boolean; formatted: boolean }): void {
    const spelled = words.map(({ text, startMs, endMs }, i) => ({
      start: Math.round(startMs),
      end: Math.round(endMs),
      text: formatted ? text : bare(text),
      confidence: 0.98,
      // The last word may still change.
      word_is_final: ended || i < words.length - 1,
    }))
    const sure = spelled.filter(word => word.word_is_final || this.#query.isFormatted)
    const transcript = sure.map(({ text }) => text).join(' ')
    this.#parts.send({
      type: 'Turn',
      turn_order: this.#turn,
      turn_is_formatted: formatted,
      end_of_turn: ended,
      transcript,
      end_of_turn_confidence: ended ? this.#confidence : 0.01,
      words: spelled,
      utterance: ended ? transcript : '',
    })
  }
}

const bare = (text: string): string => text.replace(/[^\p{L}\p{N}'’-]/gu, '').toLowerCase()
