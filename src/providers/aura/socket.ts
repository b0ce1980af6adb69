import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { Queue } from '../../conversation/queue.ts'
import { ProviderError } from '../../errors.ts'
import type { Network } from '../../network.ts'
import { openVoiceSocket } from '../speaking/voice-socket.ts'

const PROVIDER = 'Deepgram'
const MOST_MESSAGE_BYTES = 4 * 1024 * 1024
/** A long reply in small chunks. */
const MOST_EVENTS = 3_000
/** The service takes twenty flushes a minute and does nothing on the next one. */
const MOST_FLUSHES = 20
const FLUSHES_WITHIN_MS = 60_000
/** A socket that closes sooner was not closed for being idle. */
const IDLE_MS = 30_000

const message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Flushed') }),
  z.object({ type: z.literal('Cleared') }),
  z.object({
    type: z.literal('Warning'),
    code: z.string().nullish(),
    description: z.string().nullish(),
    /** As older servers write it. */
    warn_code: z.string().nullish(),
    warn_msg: z.string().nullish(),
  }),
  z.object({ type: z.literal('Error'), code: z.string().nullish(), description: z.string().nullish() }),
])
/** A warning after which words are missing. */
const LOSES_WORDS = /flush|text|character|limit/i

/** What the service tells of a speech: sound, and that all of the text before a flush has been spoken. */
export type SpeechEvent = { readonly kind: 'sound'; readonly bytes: Buffer } | { readonly kind: 'flushed' }

/** Where the socket is, and what it is told. */
export interface AuraAccess {
  readonly apiKey: string
  /** http(s) or ws(s). */
  readonly baseUrl: string
  /** A voice is a model of the service. */
  readonly voiceId: string
  readonly rateHz: number
  /** Of the voice's own speed, for all that it says. */
  readonly speed?: number | undefined
  /** The W3C trace context of the call, where calls are traced. */
  readonly traceparent?: string | undefined
}

/** One connection to the speech socket. It has one speech at a time. */
export interface AuraSocket {
  readonly speed: number | undefined
  /** A speech can be begun, and flushed so many times. */
  isFree(flushes: number): boolean
  /** A speech was cut, and the service has not said so yet. */
  isClearing(): boolean
  /** Begins a speech; its events end when it is over, or throw ProviderError. */
  begin(): Queue<SpeechEvent>
  say(text: string): void
  flush(): void
  /** The flushes that the service still takes. */
  flushesLeft(): number
  /** The speech is over. `cut`: what is still on its way is dropped, and the socket is free when the service says so. */
  end(how: 'whole' | 'cut'): void
  giveUp(why: string): void
  close(): void
}

/** `onClosed` is called once, when it is of no use any more. `idle`: the service closed it because nobody spoke. */
export function auraSocket(
  { apiKey, baseUrl, voiceId, rateHz, speed, traceparent }: AuraAccess,
  clock: Clock,
  network: Network,
  onClosed: (idle: boolean) => void,
): AuraSocket {
  let speech: Queue<SpeechEvent> | undefined
  let failure: ProviderError | undefined
  let isClosing = false
  /** Each is answered once; until then all that comes is of a speech that was cut. */
  let clearsToCome = 0
  const flushedAtMs: number[] = []
  const openedMs = clock.now()

  function push(event: SpeechEvent): void {
    // Of a speech that was cut nothing is wanted, and until it is cleared no other one begins here.
    // A hole in the middle of a sentence would be worse than its end.
    if (speech?.isFull) speech.fail(new ProviderError(PROVIDER, 'more events than can be taken', { retryable: true }))
    else speech?.push(event)
  }

  function receive(text: string): void {
    const read = message.safeParse(parsed(text))
    // Metadata, and types of tomorrow.
    if (!read.success) return
    switch (read.data.type) {
      case 'Flushed':
        return push({ kind: 'flushed' })
      case 'Cleared':
        clearsToCome = Math.max(0, clearsToCome - 1)
        return
      case 'Warning': {
        const { code, warn_code, description, warn_msg } = read.data
        const why = [code ?? warn_code, description ?? warn_msg].filter(Boolean).join(' ')
        if (LOSES_WORDS.test(why)) speech?.fail(new ProviderError(PROVIDER, `warned: ${why}`, { retryable: true }))
        return
      }
      case 'Error': {
        const { code, description } = read.data
        throw new Error([code, description].filter(Boolean).join(' '))
      }
    }
  }

  const query = new URLSearchParams({ model: voiceId, encoding: 'linear16', sample_rate: String(rateHz) })
  if (speed !== undefined) query.set('speed', String(speed))
  const socket = openVoiceSocket(
    {
      provider: PROVIDER,
      url: `${baseUrl}/v1/speak?${query}`,
      headers: { authorization: `Token ${apiKey}`, ...(traceparent !== undefined && { traceparent }) },
      maxMessageBytes: MOST_MESSAGE_BYTES,
      // Bad data stays bad; its other codes are about the network and its own troubles.
      mayPass: code => code !== 1003 && code !== 1008 && code !== 1009,
    },
    {
      received: (data, isBinary) => (isBinary ? push({ kind: 'sound', bytes: data }) : receive(String(data))),
      failed(error, wasOpen) {
        const wasIdle = wasOpen && speech === undefined && !isClosing && clock.now() - openedMs > IDLE_MS
        failure = error
        speech?.fail(error)
        onClosed(wasIdle && error.retryable)
      },
    },
    clock,
    network,
  )

  function flushesLeft(): number {
    const sinceMs = clock.now() - FLUSHES_WITHIN_MS
    while ((flushedAtMs[0] ?? Number.POSITIVE_INFINITY) < sinceMs) flushedAtMs.shift()
    return MOST_FLUSHES - flushedAtMs.length
  }

  return {
    speed,
    isFree: flushes =>
      failure === undefined && !isClosing && speech === undefined && clearsToCome === 0 && flushesLeft() >= flushes,
    isClearing: () => failure === undefined && clearsToCome > 0,
    begin() {
      speech = new Queue<SpeechEvent>(MOST_EVENTS)
      if (failure) speech.fail(failure)
      return speech
    },
    say: text => socket.send({ type: 'Speak', text }),
    flush() {
      flushedAtMs.push(clock.now())
      socket.send({ type: 'Flush' })
    },
    flushesLeft,
    end(how) {
      speech?.close()
      speech = undefined
      if (how === 'whole') return
      clearsToCome++
      socket.send({ type: 'Clear' })
    },
    giveUp: why => socket.giveUp(why),
    close() {
      isClosing = true
      socket.close()
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error('a message that is not JSON', { cause })
  }
}
