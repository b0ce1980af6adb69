import { DeepgramClient } from '@deepgram/sdk'
import { z } from 'zod'
import type { Clock, EarInput, SpeechToText, Transcript } from '../conversation/ports.ts'
import { Queue } from '../conversation/queue.ts'
import { orAborted, scopeOf, within } from '../conversation/scope.ts'
import { ProviderError } from '../errors.ts'

const PROVIDER = 'Deepgram'
const OPEN_WITHIN_MS = 5_000
/** Without sound or this for 10 s the service hangs up. */
const KEEP_ALIVE_MS = 4_000
/** Silence too is transcribed, so that no message at all for this long, with sound going out, is a dead socket. */
const STALLED_MS = 10_000
/** Sound goes out in pieces of this length: each costs a system call, and a call has fifty frames a second. */
const SENT_MS = 40
const MOST_TRANSCRIPTS = 1_000

const message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('UtteranceEnd') }),
  z.object({
    type: z.literal('Results'),
    is_final: z.boolean().default(false),
    speech_final: z.boolean().default(false),
    channel: z.object({ alternatives: z.array(z.object({ transcript: z.string() })) }),
  }),
])

export interface DeepgramSettings {
  readonly apiKey: string
  readonly baseUrl: string
  readonly rateHz: number
  /** Told to the service with the session, so that its records can be joined with ours. */
  readonly callId: string
}

/** Deepgram's live transcription (nova-3), for one call; each `transcribe` is a session of its own. */
export function deepgram(settings: DeepgramSettings, clock: Clock): SpeechToText {
  return {
    async *transcribe(input, signal) {
      const scope = scopeOf(signal)
      const transcripts = new Queue<Transcript>(MOST_TRANSCRIPTS)
      const session = listen(settings, clock, input, transcripts, scope.signal).then(
        () => transcripts.close(),
        error => transcripts.fail(error),
      )
      const end = (): void => transcripts.close()
      signal.addEventListener('abort', end, { once: true })
      try {
        yield* transcripts
      } finally {
        signal.removeEventListener('abort', end)
        scope.abort(new Error('the session is over'))
        await session
      }
    },
  }
}

/** One session, from the handshake to the close. Rejects with ProviderError unless `signal` ended it. */
async function listen(
  { apiKey, baseUrl, rateHz, callId }: DeepgramSettings,
  clock: Clock,
  input: AsyncIterable<EarInput>,
  transcripts: Queue<Transcript>,
  signal: AbortSignal,
): Promise<void> {
  const scope = scopeOf(signal)
  const fail = (why: string, retryable = true, cause?: unknown): void =>
    scope.abort(new ProviderError(PROVIDER, why, { retryable, cause }))
  const client = new DeepgramClient({ apiKey, baseUrl: baseUrl.replace(/^http/, 'ws') })
  const socket = await client.listen.v1.connect({
    model: 'nova-3',
    encoding: 'linear16',
    sample_rate: rateHz,
    channels: 1,
    interim_results: 'true',
    endpointing: 300,
    utterance_end_ms: 1_000,
    smart_format: 'false',
    punctuate: 'true',
    extra: `call:${callId}`,
    // A reconnect of the SDK's own loses the sound meanwhile and tells nobody.
    reconnectAttempts: 0,
    Authorization: `Token ${apiKey}`,
  })
  let heardAtMs = clock.now()
  let sentAtMs = clock.now()
  let isOpen = false
  socket.on('open', () => {
    isOpen = true
  })
  socket.on('message', data => {
    heardAtMs = clock.now()
    const read = message.safeParse(data)
    // Other types are none of ours, and a broken message is known by the words that miss.
    if (!read.success) return
    if (read.data.type === 'UtteranceEnd') return transcripts.push({ text: '', final: true, ended: true })
    const { channel, is_final, speech_final } = read.data
    transcripts.push({ text: channel.alternatives[0]?.transcript ?? '', final: is_final, ended: speech_final })
  })
  // A handshake that is refused closes first and only then tells why, as an error.
  socket.on('close', event => isOpen && fail(`closed with ${event.code} ${event.reason}`))
  socket.on('error', error => fail(error.message, !/\b40[0-4]\b/.test(error.message), error))

  async function watch(): Promise<void> {
    while (true) {
      await clock.sleep(1_000, scope.signal)
      const now = clock.now()
      if (sentAtMs - heardAtMs > STALLED_MS) return fail(`no message for ${STALLED_MS} ms`)
      if (now - sentAtMs < KEEP_ALIVE_MS) continue
      socket.sendKeepAlive({ type: 'KeepAlive' })
      sentAtMs = now
      heardAtMs = now
    }
  }

  async function send(): Promise<void> {
    let held: Int16Array | undefined
    const sendHeld = (): void => {
      if (held) socket.sendMedia(held)
      held = undefined
      sentAtMs = clock.now()
    }
    for await (const item of input) {
      scope.signal.throwIfAborted()
      if (item === 'flush') {
        sendHeld()
        socket.sendFinalize({ type: 'Finalize' })
      } else {
        held = held ? joined(held, item.pcm) : item.pcm
        if (held.length >= (SENT_MS / 1_000) * rateHz) sendHeld()
      }
    }
  }

  try {
    socket.connect()
    await within(OPEN_WITHIN_MS, 'opening the session', clock, () => socket.waitForOpen(), scope.signal)
    heardAtMs = clock.now()
    await Promise.race([orAborted(send(), scope.signal), watch()])
    scope.signal.throwIfAborted()
  } catch (error) {
    if (signal.aborted) return
    if (scope.signal.aborted) throw scope.signal.reason
    throw error instanceof Error ? new ProviderError(PROVIDER, error.message, { retryable: true, cause: error }) : error
  } finally {
    scope.abort(new Error('the session is over'))
    socket.close()
  }
}

function joined(one: Int16Array, other: Int16Array): Int16Array {
  const both = new Int16Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}
