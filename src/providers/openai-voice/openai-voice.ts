import type { Clock, Speech, TextToSpeech, VoiceRateHz } from '../../conversation/ports.ts'
import { orAborted, scopeOf } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import type { Network } from '../../network.ts'
import { estimatedWords } from '../estimated-words.ts'
import { beginningOf, broken, refusal } from '../http-answer.ts'
import { clausesOf } from '../speaking/clauses.ts'
import { unstalled } from '../stall.ts'
import { PROVIDER, samplesIn } from './sound.ts'

/** The API takes no more of the small models; others take 4,096. */
const MOST_LETTERS = 2_000
const FIRST_SOUND_MS = 4_000
const NEXT_SOUND_MS = 2_500

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
}

/**
 * OpenAI's speech (`/audio/speech`), or that of a compatible server: a request for each clause, and the next one while this
 * one sounds. Word times are estimated, since it tells none.
 */
export function openAiVoice(settings: OpenAiVoiceSettings, clock: Clock, { fetch }: Network): TextToSpeech {
  const { apiKey, baseUrl, model, voiceId: voice, rateHz, traceparent } = settings

  const ask = (input: string, signal: AbortSignal): Promise<Response> =>
    fetch(`${baseUrl}/audio/speech`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${apiKey}`,
        ...(traceparent !== undefined && { traceparent }),
      },
      body: JSON.stringify({ model, voice, input: input.trim().toWellFormed(), response_format: 'pcm' }),
      signal,
    })

  async function* chunksOf(answer: Promise<Response>): AsyncGenerator<Uint8Array | { readonly type: string | null }> {
    const response = await answer
    if (!response.ok) throw refusal(PROVIDER, response.status, await beginningOf(response))
    yield { type: response.headers.get('content-type') }
    if (response.body) yield* response.body
  }

  return {
    async *speak(text, signal) {
      const scope = scopeOf(signal)
      const clauses = clausesOf(text, MOST_LETTERS)
      const words = estimatedWords(clock)

      async function next(): Promise<Asked | undefined> {
        const clause = await clauses.next()
        if (clause.done || scope.signal.aborted) return undefined
        const answer = ask(clause.value, scope.signal)
        // It is awaited in its turn, if ever.
        answer.catch(() => undefined)
        return { text: clause.value, answer }
      }

      async function* spoken({ text: clause, answer }: Asked): AsyncGenerator<Speech> {
        yield* told(words.clause(clause))
        try {
          const limits = { firstMs: FIRST_SOUND_MS, nextMs: NEXT_SOUND_MS }
          const chunks = unstalled(chunksOf(answer), limits, PROVIDER, clock, scope.signal)
          const head = await chunks.next()
          const type = head.done || !('type' in head.value) ? null : head.value.type
          for await (const pcm of samplesIn(onlyBytes(chunks), type, rateHz)) {
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

function* told(words: readonly { readonly text: string; readonly startMs: number; readonly endMs: number }[]) {
  if (words.length > 0) yield { kind: 'words', words } as const
}

async function* onlyBytes(chunks: AsyncIterable<Uint8Array | { readonly type: string | null }>) {
  for await (const chunk of chunks) if (chunk instanceof Uint8Array) yield chunk
}
