import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { resample } from '../../audio/resample.ts'
import type { Clock } from '../../conversation/ports.ts'
import { type Scope, scopeOf } from '../../conversation/scope.ts'
import type { Spoken } from '../../flite/flite.ts'
import type { Refusal } from './hearing.ts'
import { answerSound, answerText, type UspRequest } from './usp.ts'

const TICKS_PER_MS = 10_000
const CHUNK_MS = 100
const LONGEST_SSML = 64 * 1024
const RATES: Readonly<Record<string, number>> = {
  'raw-8khz-16bit-mono-pcm': 8_000,
  'raw-16khz-16bit-mono-pcm': 16_000,
  'raw-24khz-16bit-mono-pcm': 24_000,
}
const context = z.looseObject({
  synthesis: z.looseObject({
    audio: z.looseObject({
      metadataOptions: z.looseObject({
        wordBoundaryEnabled: z.coerce.boolean().default(false),
        punctuationBoundaryEnabled: z.coerce.boolean().default(false),
      }),
      outputFormat: z.string(),
    }),
  }),
})

interface Parts {
  readonly speak: (text: string, signal: AbortSignal) => Promise<Spoken>
  readonly firstSoundMs: () => number
  readonly clock: Clock
  readonly send: (data: string | Buffer) => void
  /** Closes the connection after what was sent. */
  readonly close: (refusal: Refusal) => void
  readonly signal: AbortSignal
}

const wrong = (why: string): Refusal => ({ code: 1007, why })
const VOICE = /<voice\b[^>]*\bname=["']([a-z]{2,3}-[A-Z]{2}-[A-Za-z:\d]+)["'][^>]*>/

/** One connection to Azure's voices. They all sound alike: as flite does. */
export class AzureSpeaking {
  readonly #parts: Parts
  #isConfigured = false
  #context: { readonly id: string; readonly asked: z.output<typeof context> } | undefined
  #turn: Scope | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  take({ headers, body }: UspRequest, isBinary: boolean): Refusal | undefined {
    const path = headers.get('path')?.toLowerCase()
    const id = headers.get('x-requestid') ?? ''
    if (isBinary) return wrong('no binary message is expected')
    if (!/^[0-9a-f]{32}$/i.test(id)) return wrong('X-RequestId must be a UUID without dashes')
    if (path !== 'speech.config' && !this.#isConfigured) return wrong('speech.config must come first')
    switch (path) {
      case 'speech.config':
        this.#isConfigured = true
        return undefined
      case 'synthesis.context': {
        const read = context.safeParse(jsonIn(body))
        if (!read.success) return wrong(`synthesis.context: ${z.prettifyError(read.error)}`)
        if (RATES[read.data.synthesis.audio.outputFormat] === undefined) return wrong('Unsupported output format')
        this.#context = { id, asked: read.data }
        return undefined
      }
      case 'synthesis.control':
        this.#turn?.abort(new Error('the client stopped it'))
        return undefined
      case 'ssml':
        return this.#ssml(id, body.toString('utf8'))
      default:
        return wrong(`an unknown path: ${path}`)
    }
  }

  #ssml(id: string, ssml: string): Refusal | undefined {
    if (this.#context?.id !== id) return wrong('ssml without synthesis.context')
    if (this.#turn) return { code: 1002, why: 'a request began before the one before it was over' }
    if (ssml.length > LONGEST_SSML) return wrong('SSML is longer than 64 KB')
    const voice = VOICE.exec(ssml)
    if (!voice || !/^<speak\b[^>]*\bxml:lang=/.test(ssml)) return wrong('SSML parsing error')
    const text = textIn(ssml)
    if (text === undefined) return wrong('SSML parsing error: it is not well-formed')
    const { asked } = this.#context
    const turn = scopeOf(this.#parts.signal)
    this.#turn = turn
    this.#speak(id, text, asked, turn.signal).then(
      () => this.#over(id),
      error => {
        if (this.#parts.signal.aborted) return
        if (turn.signal.aborted) this.#over(id)
        else this.#parts.close({ code: 1011, why: String(error) })
      },
    )
    return undefined
  }

  #over(id: string): void {
    this.#turn = undefined
    this.#parts.send(answerText('turn.end', id, undefined))
  }

  async #speak(id: string, text: string, asked: z.output<typeof context>, signal: AbortSignal): Promise<void> {
    const { clock, firstSoundMs, speak, send } = this.#parts
    const { audio } = asked.synthesis
    const rateHz = RATES[audio.outputFormat] ?? 16_000
    const streamId = hexId()
    const dueMs = clock.now() + firstSoundMs()
    send(answerText('turn.start', id, { context: { serviceTag: hexId() } }))
    send(answerText('response', id, { context: { serviceTag: hexId() }, audio: { type: 'inline', streamId } }))
    const spoken = text.trim() === '' ? { pcm: new Int16Array(0), rateHz, words: [] } : await speak(text, signal)
    await clock.sleep(dueMs - clock.now(), signal)
    if (audio.metadataOptions.wordBoundaryEnabled) {
      for (const boundary of boundariesOf(spoken, audio.metadataOptions.punctuationBoundaryEnabled))
        send(answerText('audio.metadata', id, { Metadata: [boundary] }))
    }
    const pcm = resample(spoken.pcm, spoken.rateHz, rateHz)
    const chunk = (CHUNK_MS / 1_000) * rateHz
    for (let from = 0; from < pcm.length; from += chunk) {
      signal.throwIfAborted()
      send(answerSound(id, streamId, new Uint8Array(pcm.slice(from, from + chunk).buffer)))
    }
    // A message without sound is its end.
    send(answerSound(id, streamId, new Uint8Array(0)))
  }
}

/** The service tells punctuation apart from the words. */
function boundariesOf({ words }: Spoken, withPunctuation: boolean): readonly object[] {
  return words.flatMap(({ text, startMs, endMs }) => {
    const [, before = '', word = '', after = ''] = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/u.exec(text) ?? []
    const at = (Text: string, BoundaryType: string, fromMs: number, toMs: number): readonly object[] =>
      Text === ''
        ? []
        : [
            {
              Type: 'WordBoundary',
              Data: {
                Offset: Math.round(fromMs * TICKS_PER_MS),
                Duration: Math.round((toMs - fromMs) * TICKS_PER_MS),
                text: { Text, Length: Text.length, BoundaryType },
              },
            },
          ]
    const signs = (sign: string, atMs: number) => (withPunctuation ? at(sign, 'PunctuationBoundary', atMs, atMs) : [])
    return [...signs(before, startMs), ...at(word, 'WordBoundary', startMs, endMs), ...signs(after, endMs)]
  })
}

/** The text of SSML as the stand-in's clients write it; undefined where it is not well-formed. */
function textIn(ssml: string): string | undefined {
  const open: string[] = []
  let text = ''
  for (const [piece, close, name, self] of ssml.matchAll(
    /<(\/?)([\w:.-]+)(?:\s+[\w:.-]+\s*=\s*(?:'[^'<]*'|"[^"<]*"))*\s*(\/?)>|[^<]+|</g,
  )) {
    if (piece === '<' || /&(?!(?:amp|lt|gt|apos|quot|#\d+|#x[\da-f]+);)/i.test(piece)) return undefined
    if (name === undefined) text += piece
    else if (close) {
      if (open.pop() !== name) return undefined
    } else if (!self) open.push(name)
  }
  return open.length > 0 ? undefined : unescaped(text)
}

const SIGNS: Readonly<Record<string, string>> = { lt: '<', gt: '>', apos: "'", quot: '"', amp: '&' }
const unescaped = (text: string): string => text.replace(/&(lt|gt|apos|quot|amp);/g, (all, name) => SIGNS[name] ?? all)
const hexId = (): string => randomUUID().replaceAll('-', '')

function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
