import { setImmediate } from 'node:timers/promises'
import type { Delivery } from '../conversation/delivery.ts'
import type { Clock, Speech, TextToSpeech, VoiceRateHz } from '../conversation/ports.ts'
import { quietFor } from '../conversation/quiet.ts'
import { scopeOf } from '../conversation/scope.ts'
import { ProviderError } from '../errors.ts'
import { type Network, systemNetwork } from '../network.ts'
import { chunkReader, generationOf, spokenLanguage, VOICE_MODEL, wordsOf } from './cartesia-events.ts'
import { type CartesiaAccess, type CartesiaSocket, cartesiaSocket } from './cartesia-socket.ts'
import { clausesOf } from './speaking/clauses.ts'

export interface CartesiaSettings extends CartesiaAccess {
  readonly voiceId: string
  /** BCP 47, of what is spoken. Default: English. */
  readonly language?: string
  readonly rateHz: VoiceRateHz
}

/** A model may write hundreds of clauses at once. After so many the event loop serves the other calls. */
const CLAUSES_AT_ONCE = 4
/** Text was sent and nothing has come of it for so long: the service hangs. */
const STALLED_MS = 2_500

/**
 * Cartesia's sonic-3, for one call. The socket opens at once, while the greeting plays, and again when it was lost; each
 * speech is a context of its own. It closes when `callSignal` aborts.
 */
export function cartesia(
  settings: CartesiaSettings,
  clock: Clock,
  callSignal: AbortSignal,
  network: Network = systemNetwork,
): TextToSpeech {
  const opened = (): CartesiaSocket => cartesiaSocket(settings, clock, network)
  let socket = opened()
  let contexts = 0
  const close = (): void => socket.close()
  callSignal.addEventListener('abort', close, { once: true })
  if (callSignal.aborted) close()

  return {
    async *speak(text, signal, _, how) {
      callSignal.throwIfAborted()
      if (!socket.isUsable()) {
        socket.close()
        socket = opened()
      }
      const contextId = `speech-${++contexts}`
      yield* spoken(socket, contextId, settings, text, how, clock, signal)
    },
  }
}

async function* spoken(
  socket: CartesiaSocket,
  contextId: string,
  { voiceId, rateHz, language }: CartesiaSettings,
  text: AsyncIterable<string>,
  how: Delivery | undefined,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Speech> {
  const scope = scopeOf(signal)
  const events = socket.open(contextId)
  const samplesOf = chunkReader()
  let waitingSinceMs: number | undefined
  let hasBegun = false
  let hasSound = false
  let generation: ReturnType<typeof generationOf> | undefined
  let isAsked = false
  let isDone = false

  function request(transcript: string, more: boolean): void {
    // A context has one way to speak, known when its first words are.
    generation ??= generationOf(how)
    socket.send({
      model_id: VOICE_MODEL,
      transcript,
      voice: { mode: 'id', id: voiceId },
      language: spokenLanguage(language),
      context_id: contextId,
      continue: more,
      // The sentences are cut already: buffering them again would only cost time.
      max_buffer_delay_ms: 0,
      add_timestamps: true,
      output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: rateHz },
      ...generation,
    })
  }

  async function send(): Promise<void> {
    // The service refuses a context that begins with punctuation alone.
    let requests = 0
    for await (const clause of clausesOf(text)) {
      if (scope.signal.aborted) return
      request(clause, true)
      hasBegun = true
      waitingSinceMs = clock.now()
      if (++requests % CLAUSES_AT_ONCE === 0) await setImmediate()
    }
    if (scope.signal.aborted) return
    if (!hasBegun) return events.close()
    request('', false)
    isAsked = true
    waitingSinceMs = clock.now()
  }

  async function watch(): Promise<void> {
    await quietFor(STALLED_MS, clock, scope.signal, () => waitingSinceMs ?? clock.now())
    socket.giveUp(`nothing came for ${STALLED_MS} ms`)
  }

  const end = (): void => events.close()
  signal.addEventListener('abort', end, { once: true })
  send().catch(error => events.fail(error))
  watch().catch(() => undefined)
  try {
    for await (const event of events) {
      if (signal.aborted) return
      switch (event.type) {
        case 'chunk': {
          // Until all was asked for, the next sound may have to wait for its text.
          waitingSinceMs = isAsked ? clock.now() : undefined
          const pcm = samplesOf(event)
          hasSound ||= pcm.length > 0
          if (pcm.length > 0) yield { kind: 'audio', frame: { pcm, rateHz } }
          break
        }
        case 'timestamps':
          yield { kind: 'words', words: wordsOf(event) }
          break
        case 'done':
          isDone = true
      }
    }
    if (isDone && hasBegun && !hasSound && !signal.aborted)
      throw new ProviderError('Cartesia', 'no sound came of these words', { retryable: true })
  } finally {
    signal.removeEventListener('abort', end)
    if (hasBegun && !isDone) socket.send({ context_id: contextId, cancel: true })
    socket.forget(contextId)
    scope.abort(new Error('the speech is over'))
  }
}
