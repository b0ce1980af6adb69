import type { Clock } from '../../conversation/ports.ts'
import type { HeardWord, ScriptedTranscripts } from '../deepgram/scripted-transcripts.ts'
import type { DelayProfile } from '../delays.ts'
import { WordsDue } from '../words-due.ts'
import { hearsLive, type SessionUpdate } from './session-update.ts'

export interface SessionParts {
  readonly transcripts: ScriptedTranscripts
  readonly profile: DelayProfile
  readonly chance: () => number
  readonly clock: Clock
  /** Sends an event, which gets its id there. */
  readonly send: (event: object) => void
  readonly signal: AbortSignal
}

interface Item {
  readonly id: string
  readonly words: WordsDue
  readonly fromMs: number
  /** How many words were told so far. */
  told: number
}

const LEAST_COMMIT_MS = 100
/** From a commit to the empty transcript of a silence. */
const EMPTY_MS = 60

/** One transcription session: sound in items, whose words come as deltas and then completed. */
export class TranscriptionSession {
  readonly #settings: SessionUpdate
  readonly #parts: SessionParts
  #count = 0
  #item: Item
  #previous: string | null = null
  #committedMs = 0
  #isSpeaking = false

  constructor(settings: SessionUpdate, parts: SessionParts) {
    this.#settings = settings
    this.#parts = parts
    this.#item = this.#newItem()
  }

  hear(pcm: Int16Array): void {
    const { transcripts } = this.#parts
    this.#item.words.add(transcripts.hear(pcm))
    if (this.#settings.audio.input.turn_detection) this.#detect(this.#settings.audio.input.turn_detection)
  }

  /** The refusal, if the buffer has too little sound. */
  commit(): string | undefined {
    const bufferedMs = this.#parts.transcripts.audioMs - this.#committedMs
    if (bufferedMs < LEAST_COMMIT_MS)
      return `Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has ${bufferedMs.toFixed(2)}ms of audio.`
    this.#commit()
    return undefined
  }

  /** Drops what is not committed. */
  clear(): void {
    this.#committedMs = this.#parts.transcripts.audioMs
    this.#item = this.#newItem()
    this.#parts.send({ type: 'input_audio_buffer.cleared' })
  }

  #detect({ silence_duration_ms }: { readonly silence_duration_ms: number }): void {
    const { transcripts, send } = this.#parts
    const { audioMs, silentMs, voicedSinceMs } = transcripts
    if (!this.#isSpeaking && silentMs === 0) {
      this.#isSpeaking = true
      send({ type: 'input_audio_buffer.speech_started', audio_start_ms: voicedSinceMs, item_id: this.#item.id })
    }
    if (!this.#isSpeaking || silentMs < silence_duration_ms) return
    this.#isSpeaking = false
    send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: audioMs, item_id: this.#item.id })
    this.#commit()
  }

  #commit(): void {
    const { send, clock, signal, transcripts } = this.#parts
    const item = this.#item
    this.#committedMs = transcripts.audioMs
    send({ type: 'input_audio_buffer.committed', item_id: item.id, previous_item_id: this.#previous })
    send({ type: 'conversation.item.added', previous_item_id: this.#previous, item: itemOf(item.id, 'in_progress') })
    this.#previous = item.id
    this.#item = this.#newItem()
    if (item.words.isOpen) return item.words.end()
    clock.sleep(EMPTY_MS, signal).then(
      () => this.#complete(item, []),
      () => undefined,
    )
  }

  #newItem(): Item {
    const { profile, chance, clock, signal } = this.#parts
    const item: Item = {
      id: `item_${String(++this.#count).padStart(6, '0')}`,
      fromMs: this.#committedMs,
      told: 0,
      words: new WordsDue({
        ...{ profile, chance, clock, signal },
        onWords: words => hearsLive(this.#settings) && this.#tell(item, words),
        onEnd: words => {
          this.#tell(item, words)
          this.#complete(item, words)
        },
      }),
    }
    return item
  }

  #tell(item: Item, words: readonly HeardWord[]): void {
    for (const { text } of words.slice(item.told)) {
      const delta = item.told === 0 ? text : ` ${text}`
      item.told++
      this.#parts.send({
        ...{ type: 'conversation.item.input_audio_transcription.delta', item_id: item.id, content_index: 0 },
        delta,
      })
    }
  }

  #complete({ id, fromMs }: Item, words: readonly HeardWord[]): void {
    this.#parts.send({
      ...{ type: 'conversation.item.input_audio_transcription.completed', item_id: id, content_index: 0 },
      transcript: words.map(({ text }) => text).join(' '),
      usage: { type: 'duration', seconds: (this.#parts.transcripts.audioMs - fromMs) / 1_000 },
    })
  }
}

const itemOf = (id: string, status: string): object => ({
  ...{ id, object: 'realtime.item', type: 'message', status, role: 'user' },
  content: [{ type: 'input_audio', transcript: null }],
})
