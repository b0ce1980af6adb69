import type { Delivery } from '../../conversation/delivery.ts'
import type { Clock, Speech, TextToSpeech, VoiceRateHz, Word } from '../../conversation/ports.ts'
import { quietFor } from '../../conversation/quiet.ts'
import { orAborted, type Scope, scopeOf } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import type { Network } from '../../network.ts'
import { estimatedWords } from '../estimated-words.ts'
import { beginningOf, broken, refusal } from '../http-answer.ts'
import { clausesOf } from '../speaking/clauses.ts'
import { asAsked } from './as-asked.ts'
import { type Piece, PROVIDER, samplesIn } from './sound.ts'

/** The API takes no more of the small models; others take 4,096. */
const MOST_LETTERS = 2_000
const FIRST_SOUND_MS = 4_000
const NEXT_SOUND_MS = 2_500
/** 20 ms of sound. */
const LEAST_PIECE_BYTES = 960

export interface OpenAiVoiceSettings {
  readonly apiKey: string
  readonly baseUrl: string
  readonly model: string
  readonly voiceId: string
  readonly rateHz: VoiceRateHz
  /** The W3C trace context of the call, where calls are traced. */
  readonly traceparent?: string | undefined
}

/** A clause that was asked for. Its answer is read when those before it have been spoken. */
interface Asked {
  readonly text: string
  readonly answer: Promise<Response>
  readonly scope: Scope
}

/**
 * OpenAI's speech (`/audio/speech`), or that of a compatible server: a request for each clause, and the next one while this
 * one sounds. Word times are estimated, since it tells none.
 */
export function openAiVoice(settings: OpenAiVoiceSettings, clock: Clock, { fetch }: Network): TextToSpeech {
  const { apiKey, baseUrl, model, voiceId: voice, rateHz, traceparent } = settings

  function ask(text: string, how: Delivery | undefined, speechSignal: AbortSignal): Asked {
    const scope = scopeOf(speechSignal)
    const answer = fetch(`${baseUrl}/audio/speech`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${apiKey}`,
        ...(traceparent !== undefined && { traceparent }),
      },
      body: JSON.stringify({
        ...{ model, voice, input: text.trim().toWellFormed(), response_format: 'pcm' },
        ...asAsked(model, how),
      }),
      signal: scope.signal,
    })
    // It is awaited in its turn, if ever.
    answer.catch(() => undefined)
    return { text, answer, scope }
  }

  return {
    async *speak(text, signal, _, how) {
      const scope = scopeOf(signal)
      const clauses = clausesOf(text, MOST_LETTERS)
      const words = estimatedWords(clock)

      async function next(): Promise<Asked | undefined> {
        const clause = await clauses.next()
        return clause.done || scope.signal.aborted ? undefined : ask(clause.value, how, scope.signal)
      }

      async function* spoken(asked: Asked): AsyncGenerator<Speech> {
        yield* told(words.clause(asked.text))
        try {
          for await (const pcm of samplesIn(answered(asked, clock), rateHz)) {
            const frame = { pcm, rateHz }
            yield* told(words.sound(frame))
            yield { kind: 'audio', frame }
          }
        } catch (error) {
          throw error instanceof ProviderError ? error : broken(PROVIDER, error)
        }
      }

      let coming = next()
      try {
        for (let asked = await orAborted(coming, scope.signal); asked; asked = await orAborted(coming, scope.signal)) {
          coming = next()
          // Whoever listens may leave before it is there.
          coming.catch(() => undefined)
          yield* spoken(asked)
        }
        yield* told(words.end())
      } catch (error) {
        if (!signal.aborted) throw error
      } finally {
        scope.abort(new Error('the speech is over'))
        Promise.resolve(clauses.return(undefined)).catch(() => undefined)
      }
    },
  }
}

/** The bytes of an answer, in pieces that are worth passing on. An answer that stalls while it is awaited is broken off. */
async function* answered({ answer, scope }: Asked, clock: Clock): AsyncGenerator<Piece> {
  let waitingSinceMs: number | undefined = clock.now()
  let graceMs = FIRST_SOUND_MS - NEXT_SOUND_MS
  async function watch(): Promise<void> {
    const sinceMs = (): number => (waitingSinceMs === undefined ? clock.now() : waitingSinceMs + graceMs)
    await quietFor(NEXT_SOUND_MS, clock, scope.signal, sinceMs)
    scope.abort(new ProviderError(PROVIDER, `nothing came for ${NEXT_SOUND_MS + graceMs} ms`, { retryable: true }))
  }
  watch().catch(() => undefined)
  try {
    const response = await answer
    if (!response.ok) throw refusal(PROVIDER, response.status, await beginningOf(response))
    const type = response.headers.get('content-type')
    let held: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of response.body ?? []) {
      held.push(chunk)
      bytes += chunk.length
      waitingSinceMs = clock.now()
      graceMs = 0
      if (bytes < LEAST_PIECE_BYTES) continue
      waitingSinceMs = undefined
      yield { type, bytes: Buffer.concat(held) }
      held = []
      bytes = 0
      waitingSinceMs = clock.now()
    }
    if (bytes > 0) yield { type, bytes: Buffer.concat(held) }
  } finally {
    scope.abort(new Error('the answer is over'))
  }
}

function* told(words: readonly Word[]): Generator<Speech> {
  if (words.length > 0) yield { kind: 'words', words }
}
