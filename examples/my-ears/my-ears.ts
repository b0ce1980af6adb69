import type { SpeechToText } from 'partyline/ports'
import { ProviderError } from 'partyline/errors'
import { provider } from 'partyline/provider'
import { byUtterance, type UtteranceEars } from 'partyline/utterance'
import { z } from 'zod'

/**
 * Ears of one's own: a service that is sent an utterance at a time as raw samples (16 bits, 16 kHz) and answers with its
 * words, `POST /hear` → `{"words": "hello there"}`. STT=./examples/my-ears/my-ears.ts chooses it.
 */
const TITLE = 'My ears'
const RATE_HZ = 16_000
const LEAST_VOICE_MS = 100
const MOST_ANSWER_LETTERS = 10_000

const answer = z.object({ words: z.string() })

export const myEars = provider({
  port: 'STT',
  title: TITLE,
  settings: {
    apiKey: { name: 'MY_EARS_API_KEY', kind: 'secret', optional: true },
    baseUrl: { name: 'MY_EARS_BASE_URL', kind: 'url', default: 'http://127.0.0.1:9000', protocols: ['https:', 'http:'] },
  },
  async load() {
    // What takes long to import belongs here: it is loaded only when it was chosen.
    return ({ apiKey, baseUrl }, { clock, network, voiceActivity }) => {
      async function hear(pcm: Int16Array, signal: AbortSignal): Promise<string> {
        const response = await network.fetch(`${baseUrl}/hear`, {
          method: 'POST',
          headers: {
            'content-type': 'application/octet-stream',
            ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
          },
          body: new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength).slice(),
          signal,
        })
        const text = await beginningOf(response)
        if (!response.ok) throw refused(response.status, text)
        return answer.parse(JSON.parse(text)).words
      }
      const ears: UtteranceEars = {
        ...{ rateHz: RATE_HZ, longestMs: 20_000, finalWithinMs: 5_000 },
        final: async ({ pcm, voiceMs }, signal) => (voiceMs < LEAST_VOICE_MS ? '' : hear(pcm, signal)),
        asProviderError,
      }
      return { forCall: ({ rateHz }): SpeechToText => byUtterance({ ears, rateHz, voiceActivity }, clock) }
    }
  },
})

/** The name by which the server finds it. */
export { myEars as provider }

/** Whatever a server sends, this much of it is read. */
async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MOST_ANSWER_LETTERS) throw new Error('its answer is longer than can be read')
  }
  return text
}

/** A refusal of the key or of the request stays one. Too many requests and faults of the server may pass. */
const refused = (status: number, text: string): ProviderError =>
  new ProviderError(TITLE, `${status} ${text.slice(0, 200)}`, { retryable: status === 429 || status >= 500 })

function asProviderError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error
  return new ProviderError(TITLE, error instanceof Error ? error.message : String(error), { retryable: true, cause: error })
}
