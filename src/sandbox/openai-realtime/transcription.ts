import type { Clock } from '../../conversation/ports.ts'
import type { HeardWord, ScriptedTranscripts } from '../deepgram/scripted-transcripts.ts'
import { type DelayProfile, drawMs } from '../delays.ts'
import type { HeldItem } from './context.ts'

/** It transcribes while the sound comes; the others when it was committed. */
const LIVE = 'gpt-realtime-whisper'
const LEAST_MS = 20

export interface TranscriptionParts {
  readonly model: string
  readonly transcripts: ScriptedTranscripts
  readonly profile: DelayProfile
  readonly chance: () => number
  readonly clock: Clock
  readonly send: (event: object) => void
  readonly signal: AbortSignal
}

/** The words of one buffer of sound, whose item has this id once it is committed. */
export class BufferWords {
  readonly #itemId: string
  readonly #parts: TranscriptionParts
  readonly #words: HeardWord[] = []
  #sent = 0
  #lastAtMs = 0

  constructor(itemId: string, parts: TranscriptionParts) {
    this.#itemId = itemId
    this.#parts = parts
  }

  get transcript(): string {
    return this.#words.map(({ text }) => text).join(' ')
  }

  hear(pcm: Int16Array): void {
    this.#take(this.#parts.transcripts.hear(pcm))
  }

  /** The buffer is an item now. Its words are told some time after its last one. */
  commit(item: Extract<HeldItem, { kind: 'sound' }>): void {
    const { profile, chance, clock, transcripts } = this.#parts
    this.#take(transcripts.pause())
    item.transcript = this.transcript
    const dueMs = Math.max(clock.now() + LEAST_MS, this.#lastAtMs + drawMs(profile.final, chance))
    this.#later(dueMs, () => {
      this.#tellWords(this.#words.length)
      this.#parts.send({
        type: 'conversation.item.input_audio_transcription.completed',
        item_id: this.#itemId,
        content_index: 0,
        transcript: this.transcript,
        usage: { type: 'duration', seconds: item.ms / 1_000 },
      })
    })
  }

  /** The buffer was cleared: what it says is nothing any more. */
  drop(): void {
    this.#parts.transcripts.pause()
  }

  #take(words: readonly HeardWord[]): void {
    if (words.length === 0) return
    const { model, profile, chance, clock } = this.#parts
    this.#words.push(...words)
    this.#lastAtMs = clock.now()
    const known = this.#words.length
    if (model === LIVE) this.#later(clock.now() + drawMs(profile.interim, chance), () => this.#tellWords(known))
  }

  #tellWords(upTo: number): void {
    for (const { text } of this.#words.slice(this.#sent, upTo)) {
      this.#parts.send({
        type: 'conversation.item.input_audio_transcription.delta',
        item_id: this.#itemId,
        content_index: 0,
        delta: this.#sent === 0 ? text : ` ${text}`,
      })
      this.#sent++
    }
  }

  #later(atMs: number, what: () => void): void {
    const { clock, signal } = this.#parts
    clock.sleep(atMs - clock.now(), signal).then(what, () => undefined)
  }
}
