import type { Clock, SpeechToText, SttInput, Transcript } from '../conversation/ports.ts'
import { Queue } from '../conversation/queue.ts'
import { quietFor } from '../conversation/quiet.ts'
import { orAborted, type Scope, scopeOf, within } from '../conversation/scope.ts'
import { wordedText } from '../conversation/turn/utterance.ts'
import { ProviderError } from '../errors.ts'

const OPEN_WITHIN_MS = 5_000
/** After this time without sound a keep-alive is sent. After 10 s the service would close the session. */
const KEEP_ALIVE_MS = 4_000
/** Silence is transcribed too, so a service that sends no message for this long while sound goes out is dead. */
const STALLED_MS = 10_000
/**
 * Words that were told and are not final yet owe a message when the caller pauses: services make them final within half a
 * second. One that says nothing at all for this long has lost them.
 */
const FINAL_WITHIN_MS = 3_000
const MOST_TRANSCRIPTS = 1_000
/** How often a socket is asked whether its session is still good. */
const CHECK_EVERY_MS = 1_000

/** The socket of one session. All methods except `open` throw if it is not open. */
export interface SttSocket {
  /** Resolves when sound may be sent. */
  open(): Promise<unknown>
  sound(pcm: Int16Array): void
  /** The caller has paused: the words so far should be made final. */
  flush(): void
  keepAlive(): void
  /**
   * Looked at every second, for services that send nothing while nobody speaks: asks for a sign of life, and tells why the
   * session is dead, where it is.
   */
  check?(nowMs: number): string | undefined
  close(): void
}

/** What the socket reports. */
export interface SttEvents {
  /** Any message from the service, with its transcript if it has one. */
  heard(transcript?: Transcript): void
  /** The session is over, for example by a refused handshake or a lost connection. */
  failed(why: string, retryable: boolean, cause?: unknown): void
}

export interface SttWire {
  readonly provider: string
  readonly rateHz: number
  /** Frames are sent together in pieces of this length, because each piece costs a system call. */
  readonly sentMs: number
  readonly connect: (events: SttEvents) => Promise<SttSocket>
}

/** Live transcription over a socket. Each `transcribe` is one session, watched for stalls. */
export function sttSessions(wire: SttWire, clock: Clock): SpeechToText {
  return {
    async *transcribe(input, signal) {
      const scope = scopeOf(signal)
      const transcripts = new Queue<Transcript>(MOST_TRANSCRIPTS)
      const session = listen(wire, clock, input, transcripts, scope.signal).then(
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

/** Runs one session from the handshake to the close. Rejects with ProviderError unless `signal` ended it. */
async function listen(
  { provider, rateHz, sentMs, connect }: SttWire,
  clock: Clock,
  input: AsyncIterable<SttInput>,
  transcripts: Queue<Transcript>,
  signal: AbortSignal,
): Promise<void> {
  const scope = scopeOf(signal)
  const fail = (why: string, retryable = true, cause?: unknown): void =>
    scope.abort(new ProviderError(provider, why, { retryable, cause }))
  let heardAtMs = clock.now()
  let sentAtMs = clock.now()
  /** Words were told that are not final. */
  let hasInterim = false
  /** Aborted by the next message. */
  let owed: Scope | undefined
  const socket = await connect({
    heard(transcript) {
      heardAtMs = clock.now()
      owed?.abort(new Error('a message came'))
      owed = undefined
      if (!transcript) return
      hasInterim = !transcript.final && wordedText(transcript.text) !== ''
      transcripts.push(transcript)
    },
    failed: fail,
  })

  function expectFinal(): void {
    // Who looks at the socket knows more of what is owed.
    if (!hasInterim || owed || socket.check) return
    owed = scopeOf(scope.signal)
    quietFor(FINAL_WITHIN_MS, clock, owed.signal).then(
      () => fail(`no message for ${FINAL_WITHIN_MS} ms after a pause, and words that are not final`),
      () => undefined,
    )
  }

  async function keepAlive(): Promise<void> {
    while (true) {
      await quietFor(KEEP_ALIVE_MS, clock, scope.signal, () => sentAtMs)
      socket.keepAlive()
      sentAtMs = clock.now()
      heardAtMs = clock.now()
    }
  }

  async function watch(): Promise<void> {
    await quietFor(STALLED_MS, clock, scope.signal, () => heardAtMs)
    fail(`no message for ${STALLED_MS} ms`)
  }

  async function lookAt(check: NonNullable<SttSocket['check']>): Promise<void> {
    let why: string | undefined
    while (why === undefined) {
      await quietFor(CHECK_EVERY_MS, clock, scope.signal)
      why = check(clock.now())
    }
    fail(why)
  }

  async function send(): Promise<void> {
    let unsent: Int16Array | undefined
    const sendUnsent = (): void => {
      if (unsent) socket.sound(unsent)
      unsent = undefined
      sentAtMs = clock.now()
    }
    for await (const item of input) {
      scope.signal.throwIfAborted()
      if (item === 'flush') {
        sendUnsent()
        socket.flush()
        expectFinal()
      } else {
        unsent = unsent ? joined(unsent, item.pcm) : item.pcm
        // As near to what the provider wants as pieces of this length come.
        if (unsent.length + item.pcm.length / 2 > (sentMs / 1_000) * rateHz) sendUnsent()
      }
    }
  }

  try {
    await within(OPEN_WITHIN_MS, 'opening the session', clock, () => socket.open(), scope.signal)
    heardAtMs = clock.now()
    await Promise.race([
      orAborted(send(), scope.signal),
      keepAlive(),
      watch(),
      ...(socket.check ? [lookAt(socket.check)] : []),
    ])
    scope.signal.throwIfAborted()
  } catch (error) {
    if (signal.aborted) return
    if (scope.signal.aborted) throw scope.signal.reason
    throw error instanceof Error ? new ProviderError(provider, error.message, { retryable: true, cause: error }) : error
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
