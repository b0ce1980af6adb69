import { randomUUID } from 'node:crypto'
import type { Clock } from '../../conversation/ports.ts'
import { type DelayProfile, drawMs } from '../delays.ts'
import type { HeardWord, ScriptedTranscripts } from './scripted-transcripts.ts'

export interface SessionQuery {
  readonly interims: boolean
  readonly endpointingMs: number
  readonly utteranceEndMs: number | undefined
  readonly vadEvents: boolean
  readonly punctuates: boolean
  /** Transcribe "um" and other filler words. */
  readonly fillers: boolean
  /** Each word has the number of its speaker. */
  readonly diarizes: boolean
  readonly model: string
}

const FILLER = /^(?:u+h+|u+m+|e+r+|e+r+m+|h+m+|mhm|mm-?hm+)[.,…]*$/i
/** An empty result is sent this often in silence. */
const EMPTY_EVERY_MS = 1_000
/** With endpointing off, words still become final after this silence, but never speech_final. */
const WITHOUT_ENDPOINTING_MS = 1_000

/** One live nova session: sends the scripted transcripts as interim, final, speech_final and UtteranceEnd messages. */
export class DeepgramSession {
  readonly #query: SessionQuery
  readonly #transcripts: ScriptedTranscripts
  readonly #profile: DelayProfile
  readonly #chance: () => number
  readonly #clock: Clock
  readonly #send: (message: object) => void
  readonly #signal: AbortSignal
  readonly #requestId = randomUUID()
  /** Words since the last final. */
  #words: HeardWord[] = []
  #wordsAtMs = 0
  #finalDelayMs = 0
  #finalizeAtMs: number | undefined
  #finalPlanned = 0
  /** The final of the words so far is scheduled: each silence brings at most one. */
  #isPlanned = false
  #segmentStartMs = 0
  #lastWordEndMs: number | undefined
  #sentAtMs = 0

  constructor(
    query: SessionQuery,
    transcripts: ScriptedTranscripts,
    profile: DelayProfile,
    chance: () => number,
    clock: Clock,
    send: (message: object) => void,
    signal: AbortSignal,
  ) {
    this.#query = query
    this.#transcripts = transcripts
    this.#profile = profile
    this.#chance = chance
    this.#clock = clock
    this.#send = send
    this.#signal = signal
  }

  hear(pcm: Int16Array): void {
    const wasSilent = this.#transcripts.silentMs > 0
    const heard = this.#transcripts.hear(pcm).filter(({ text }) => this.#query.fillers || !FILLER.test(text))
    const began =
      wasSilent && this.#transcripts.silentMs === 0 && this.#transcripts.voicedSinceMs + 40 > this.#transcripts.audioMs
    if (began && this.#query.vadEvents) {
      this.#later(drawMs(this.#profile.interim, this.#chance), () =>
        this.#send({ type: 'SpeechStarted', channel: [0, 1], timestamp: this.#transcripts.voicedSinceMs / 1_000 }),
      )
    }
    if (heard.length > 0) this.#heard(heard)
    else this.#silence()
  }

  /** The client sent Finalize: makes the words so far final. */
  finalize(): void {
    this.#finalizeAtMs = this.#clock.now()
    if (this.#words.length === 0) return this.#later(20, () => this.#empty(true))
    if (!this.#isPlanned) this.#planFinal()
  }

  /** The client closes the stream: sends the last words and the metadata. */
  end(): void {
    if (this.#words.length > 0) this.#final(true)
    const duration = this.#transcripts.audioMs / 1_000
    this.#send({
      type: 'Metadata',
      transaction_key: 'deprecated',
      request_id: this.#requestId,
      sha256: '',
      created: '1970-01-01T00:00:00.000Z',
      duration,
      channels: 1,
    })
  }

  #heard(words: readonly HeardWord[]): void {
    if (this.#words.length === 0) this.#segmentStartMs = Math.min(words[0]?.startMs ?? 0, this.#transcripts.audioMs)
    this.#words.push(...words)
    this.#wordsAtMs = this.#clock.now()
    this.#finalizeAtMs = undefined
    this.#lastWordEndMs = words.at(-1)?.endMs
    this.#finalDelayMs = drawMs(this.#profile.final, this.#chance)
    this.#finalPlanned++
    this.#isPlanned = false
    if (!this.#query.interims) return
    const segment = this.#words
    const known = segment.length
    this.#later(drawMs(this.#profile.interim, this.#chance), () => {
      // Words that became final in the meantime are not sent again as an interim.
      if (this.#words === segment)
        this.#results(segment.slice(0, known), { final: false, speechFinal: false, finalized: false })
    })
  }

  #silence(): void {
    const { silentMs, audioMs } = this.#transcripts
    const { endpointingMs, utteranceEndMs } = this.#query
    const { final } = this.#profile
    const endpointMs = Number.isFinite(endpointingMs) ? endpointingMs : WITHOUT_ENDPOINTING_MS
    const wait = Math.max(final.after === 'silence' ? final.silenceMs : 0, endpointMs)
    if (this.#words.length > 0 && silentMs >= wait && !this.#isPlanned) this.#planFinal()
    const end = this.#lastWordEndMs
    if (
      end !== undefined &&
      utteranceEndMs !== undefined &&
      audioMs - end >= utteranceEndMs &&
      this.#words.length === 0
    ) {
      this.#lastWordEndMs = undefined
      this.#later(0, () => this.#send({ type: 'UtteranceEnd', channel: [0, 1], last_word_end: end / 1_000 }))
    }
    if (this.#words.length === 0 && audioMs - this.#sentAtMs >= EMPTY_EVERY_MS && silentMs > EMPTY_EVERY_MS)
      this.#empty(false)
  }

  /** Schedules the final by the profile's delay; more words cancel it. */
  #planFinal(): void {
    const now = this.#clock.now()
    const delayMs =
      this.#profile.final.after === 'silence'
        ? this.#finalDelayMs
        : Math.max(0, this.#wordsAtMs + this.#finalDelayMs - now)
    const plan = ++this.#finalPlanned
    this.#isPlanned = true
    this.#later(delayMs, () => {
      if (plan === this.#finalPlanned && this.#words.length > 0) this.#final(this.#finalizeAtMs !== undefined)
    })
  }

  #final(finalized: boolean): void {
    const words = this.#words
    this.#words = []
    this.#finalizeAtMs = undefined
    const speechFinal = this.#transcripts.silentMs >= this.#query.endpointingMs
    this.#results(words, { final: true, speechFinal, finalized })
  }

  #empty(finalized: boolean): void {
    this.#segmentStartMs = Math.min(this.#sentAtMs, this.#transcripts.audioMs)
    this.#results([], { final: true, speechFinal: false, finalized })
  }

  #results(words: readonly HeardWord[], how: { final: boolean; speechFinal: boolean; finalized: boolean }): void {
    const { audioMs } = this.#transcripts
    this.#sentAtMs = audioMs
    const last = words.length - 1
    const spelled = words.map(({ text, startMs, endMs, speaker = 0 }, i) => {
      const bare = text.replace(/[^\p{L}\p{N}'’-]/gu, '').toLowerCase()
      const shown = this.#query.punctuates ? (i === last && !how.final ? text.replace(/[.,!?…]+$/, '') : text) : bare
      return {
        word: bare,
        punctuated_word: shown,
        start: startMs / 1_000,
        end: endMs / 1_000,
        confidence: 0.98,
        ...(this.#query.diarizes && { speaker }),
      }
    })
    this.#send({
      type: 'Results',
      channel_index: [0, 1],
      start: this.#segmentStartMs / 1_000,
      duration: Math.max(0, audioMs - this.#segmentStartMs) / 1_000,
      is_final: how.final,
      speech_final: how.speechFinal,
      from_finalize: how.finalized,
      channel: {
        alternatives: [
          {
            transcript: spelled.map(word => word.punctuated_word).join(' '),
            confidence: words.length === 0 ? 0 : 0.98,
            words: spelled,
          },
        ],
      },
      metadata: {
        request_id: this.#requestId,
        model_info: { name: this.#query.model, version: 'sandbox', arch: 'script' },
        model_uuid: this.#requestId,
      },
    })
  }

  #later(ms: number, what: () => void): void {
    this.#clock.sleep(ms, this.#signal).then(what, () => undefined)
  }
}
