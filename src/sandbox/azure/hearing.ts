import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { scopeOf } from '../../conversation/scope.ts'
import type { ScriptedSession } from '../announced-calls.ts'
import type { HeardWord } from '../deepgram/scripted-transcripts.ts'
import type { DelayProfile } from '../delays.ts'
import { SpokenPhrases } from '../spoken-phrases.ts'
import { answerText, type UspRequest } from './usp.ts'

const TICKS_PER_MS = 10_000
const DEFAULT_SILENCE_MS = 650
const context = z.looseObject({
  phraseDetection: z
    .looseObject({
      mode: z.enum(['Interactive', 'Conversation', 'Dictation']).default('Interactive'),
      conversation: z
        .looseObject({
          segmentation: z
            .looseObject({
              mode: z.enum(['Normal', 'Disabled', 'Custom', 'Semantic']).default('Normal'),
              segmentationSilenceTimeoutMs: z.int().min(100).max(5_000).optional(),
            })
            .optional(),
        })
        .optional(),
    })
    .optional(),
})
const config = z.looseObject({ context: z.looseObject({ system: z.looseObject({ version: z.string() }) }) })

interface Parts {
  readonly join: (rateHz: number) => ScriptedSession
  readonly profile: DelayProfile
  readonly chance: () => number
  readonly clock: Clock
  readonly send: (data: string) => void
  readonly signal: AbortSignal
}

/** Why the service closes a connection. */
export interface Refusal {
  readonly code: number
  readonly why: string
}
const wrong = (why: string): Refusal => ({ code: 1007, why })

/** A turn: sound with one request id, until its end is told. */
interface Turn {
  readonly id: string
  readonly phrases: SpokenPhrases
  isEnded: boolean
  isStarted: boolean
}

/** One connection to Azure's transcription. */
export class AzureHearing {
  readonly #parts: Parts
  #isConfigured = false
  #silenceMs = DEFAULT_SILENCE_MS
  /** The request whose context came; its sound is next. */
  #contextOf: string | undefined
  #session: (ScriptedSession & { readonly rateHz: number }) | undefined
  #turn: Turn | undefined
  #past = ''

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get session(): ScriptedSession | undefined {
    return this.#session
  }

  /** Takes a message of the client; returns why the connection must be closed, if it must. */
  take({ headers, body }: UspRequest, isBinary: boolean): Refusal | undefined {
    const path = headers.get('path')?.toLowerCase()
    const id = headers.get('x-requestid') ?? ''
    if (path !== 'speech.config' && !this.#isConfigured) return wrong('speech.config must come first')
    if (!/^[0-9a-f]{32}$/i.test(id)) return wrong('X-RequestId must be a UUID without dashes')
    if (!headers.has('x-timestamp')) return wrong('X-Timestamp is missing')
    switch (path) {
      case 'speech.config':
        this.#isConfigured = config.safeParse(jsonIn(body)).success
        return this.#isConfigured ? undefined : wrong('speech.config cannot be read')
      case 'speech.context': {
        const read = context.safeParse(jsonIn(body))
        if (!read.success) return wrong(`speech.context: ${z.prettifyError(read.error)}`)
        this.#silenceMs =
          read.data.phraseDetection?.conversation?.segmentation?.segmentationSilenceTimeoutMs ?? DEFAULT_SILENCE_MS
        this.#contextOf = id
        return undefined
      }
      case 'audio':
        return isBinary ? this.#sound(id, body) : wrong('sound must be binary')
      case 'telemetry':
        return undefined
      default:
        return wrong(`an unknown path: ${path}`)
    }
  }

  #sound(id: string, body: Buffer): Refusal | undefined {
    if (this.#turn?.id === id) return this.#more(this.#turn, body)
    if (id === this.#past) return body.length === 0 ? undefined : wrong('sound for a request that is over')
    if (this.#turn) return { code: 1002, why: 'a request began before the one before it was over' }
    if (this.#contextOf !== id) return wrong('sound without speech.context')
    const rateHz = rateIn(body)
    if (rateHz === undefined) return wrong('Unsupported audio format')
    if (this.#session && this.#session.rateHz !== rateHz) return wrong('the format of the sound changed')
    this.#session ??= { ...this.#parts.join(rateHz), rateHz }
    this.#turn = this.#begin(id, this.#session)
    return undefined
  }

  #begin(id: string, { transcripts }: ScriptedSession): Turn {
    const fromMs = transcripts.audioMs
    const scope = scopeOf(this.#parts.signal)
    const spanOf = (words: readonly HeardWord[]): object => {
      const startMs = Math.max(0, (words[0]?.startMs ?? 0) - fromMs)
      const endMs = Math.max(startMs, (words.at(-1)?.endMs ?? 0) - fromMs)
      return { Offset: Math.round(startMs * TICKS_PER_MS), Duration: Math.round((endMs - startMs) * TICKS_PER_MS) }
    }
    const { profile, chance, clock } = this.#parts
    const parts = { transcripts, profile, chance, clock, signal: scope.signal, silenceMs: this.#silenceMs }
    const phrases = new SpokenPhrases(parts, {
      interim: words => this.#say(id, 'speech.hypothesis', { Id: hexId(), Text: bare(words), ...spanOf(words) }),
      final: words => {
        const DisplayText = words.map(({ text }) => text).join(' ')
        this.#say(id, 'speech.phrase', { Id: hexId(), RecognitionStatus: 'Success', DisplayText, ...spanOf(words) })
      },
    })
    return { id, phrases, isEnded: false, isStarted: false }
  }

  #more(turn: Turn, body: Buffer): Refusal | undefined {
    // The vendor's SDK tells the end twice.
    if (turn.isEnded) return body.length === 0 ? undefined : wrong('sound after its end')
    if (!turn.isStarted) this.#say(turn.id, 'turn.start', { context: { serviceTag: hexId() } })
    turn.isStarted = true
    if (body.length > 0) {
      if (body.length % 2 === 1) return wrong('half a sample')
      turn.phrases.hear(samplesIn(body))
      return undefined
    }
    turn.isEnded = true
    turn.phrases.end(() => {
      this.#say(turn.id, 'speech.endDetected', { Offset: 0 })
      this.#say(turn.id, 'speech.phrase', { Id: hexId(), RecognitionStatus: 'EndOfDictation', Offset: 0, Duration: 0 })
      this.#past = turn.id
      this.#turn = undefined
      this.#say(turn.id, 'turn.end', undefined)
    })
    return undefined
  }

  #say(id: string, path: string, body: object | undefined): void {
    this.#parts.send(answerText(path, id, body))
  }
}

const hexId = (): string => randomUUID().replaceAll('-', '')
/** As interim words are spelled: no capitals, no punctuation. */
const bare = (words: readonly HeardWord[]): string =>
  words.map(({ text }) => text.replace(/[^\p{L}\p{N}'’-]/gu, '').toLowerCase()).join(' ')

function samplesIn(bytes: Buffer): Int16Array {
  const pcm = new Int16Array(bytes.length / 2)
  for (let i = 0; i < pcm.length; i++) pcm[i] = bytes.readInt16LE(i * 2)
  return pcm
}

/** The rate of a WAV header's format, if it is one that the service takes: 16 bits, one channel. */
function rateIn(header: Buffer): number | undefined {
  if (header.length < 44 || header.toString('latin1', 0, 4) !== 'RIFF') return undefined
  const [kind, channels, bits] = [header.readUInt16LE(20), header.readUInt16LE(22), header.readUInt16LE(34)]
  const rateHz = header.readUInt32LE(24)
  return kind === 1 && channels === 1 && bits === 16 && rateHz >= 8_000 && rateHz <= 48_000 ? rateHz : undefined
}

function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
