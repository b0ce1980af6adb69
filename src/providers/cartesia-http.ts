import type { Clock, Speech, TextToSpeech } from '../conversation/ports.ts'
import { hasWords } from '../conversation/reply/has-words.ts'
import { scopeOf } from '../conversation/scope.ts'
import { ProviderError } from '../errors.ts'
import { type Network, systemNetwork } from '../network.ts'
import type { CartesiaSettings } from './cartesia.ts'
import { cartesiaClient, cartesiaError } from './cartesia-client.ts'
import {
  cartesiaEvent,
  chunkReader,
  errorOf,
  generationOf,
  spokenLanguage,
  VOICE_MODEL,
  wordsOf,
} from './cartesia-events.ts'
import { SDK_LIMIT_MS, unstalled } from './stall.ts'

const PROVIDER = 'Cartesia'
/** Nobody waits on the line for it: more patience than for live speech. */
const FIRST_EVENT_MS = 10_000
const NEXT_EVENT_MS = 5_000

/**
 * Cartesia's sonic-3 by one HTTP request for each text (`/tts/sse`, the only endpoint besides the socket that gives word
 * times). For what is rendered ahead: the text is asked for when all of it is there.
 */
export function cartesiaOverHttp(
  settings: CartesiaSettings,
  clock: Clock,
  network: Network = systemNetwork,
): TextToSpeech {
  return {
    async *speak(text, signal, _, how) {
      const transcript = (await Array.fromAsync(text)).join('')
      if (!hasWords(transcript)) return
      const scope = scopeOf(signal)
      try {
        const events = requested(settings, transcript, generationOf(how), network, scope.signal)
        const limits = { firstMs: FIRST_EVENT_MS, nextMs: NEXT_EVENT_MS }
        yield* speechOf(unstalled(events, limits, PROVIDER, clock, scope.signal), settings.rateHz)
      } catch (error) {
        if (!signal.aborted) throw cartesiaError(error)
      } finally {
        scope.abort(new Error('the request is over'))
      }
    },
  }
}

async function* requested(
  settings: CartesiaSettings,
  transcript: string,
  generation: ReturnType<typeof generationOf>,
  network: Network,
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  const client = await cartesiaClient(settings, SDK_LIMIT_MS, network)
  yield* await client.tts.generateSSE(
    {
      model_id: VOICE_MODEL,
      transcript,
      voice: { mode: 'id', id: settings.voiceId },
      language: spokenLanguage(settings.language),
      add_timestamps: true,
      output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: settings.rateHz },
      ...generation,
    },
    { signal },
  )
}

async function* speechOf(events: AsyncIterable<unknown>, rateHz: number): AsyncGenerator<Speech> {
  const samplesOf = chunkReader()
  let hasSound = false
  for await (const received of events) {
    const read = cartesiaEvent.safeParse(received)
    if (!read.success) {
      if (isOfUnknownType(received)) continue
      throw new ProviderError(PROVIDER, 'an event that cannot be read', { retryable: true, cause: read.error })
    }
    const event = read.data
    switch (event.type) {
      case 'chunk': {
        const pcm = samplesOf(event)
        hasSound ||= pcm.length > 0
        if (pcm.length > 0) yield { kind: 'audio', frame: { pcm, rateHz } }
        break
      }
      case 'timestamps':
        yield { kind: 'words', words: wordsOf(event) }
        break
      case 'error':
        throw errorOf(event)
      case 'done':
        if (hasSound) return
        throw new ProviderError(PROVIDER, 'no sound came of these words', { retryable: true })
    }
  }
  // A connection that is cut cleanly ends the SDK's loop without an error.
  throw new ProviderError(PROVIDER, 'the speech broke off', { retryable: true })
}

/** The vendor may add types of events; those that we know must be right, since the sound is kept for good. */
function isOfUnknownType(received: unknown): boolean {
  if (typeof received !== 'object' || received === null || !('type' in received)) return false
  return !cartesiaEvent.options.some(({ shape }) => shape.type.safeParse(received.type).success)
}
