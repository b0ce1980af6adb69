import { setImmediate } from 'node:timers/promises'
import type { Clock, Speech, TextToSpeech, VoiceRateHz } from '../../conversation/ports.ts'
import { quietFor } from '../../conversation/quiet.ts'
import { scopeOf } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import type { Network } from '../../network.ts'
import { spreadWords } from '../estimated-words.ts'
import { pcmReader } from '../pcm-reader.ts'
import { clausesOf } from '../speaking/clauses.ts'
import { alignedWords } from './alignment.ts'
import { PROVIDER } from './events.ts'
import { type ElevenLabsAccess, type ElevenLabsSocket, elevenLabsSocket } from './socket.ts'

export interface ElevenLabsSettings extends ElevenLabsAccess {
  readonly rateHz: VoiceRateHz
}

/** A model may write hundreds of clauses at once. After so many the event loop serves the other calls. */
const CLAUSES_AT_ONCE = 4
/** Text was sent and nothing has come of it for so long: the service hangs. */
const STALLED_MS = 3_000

/**
 * ElevenLabs by its multi-context socket, for one call. The socket opens at once, while the greeting plays, and again when it
 * was lost; each speech is a context of its own. It closes when `callSignal` aborts.
 */
export function elevenLabs(
  settings: ElevenLabsSettings,
  clock: Clock,
  callSignal: AbortSignal,
  network: Network,
): TextToSpeech {
  const sockets = new Set<ElevenLabsSocket>()
  let contexts = 0
  let current = opened()

  function opened(): ElevenLabsSocket {
    const socket = elevenLabsSocket(settings, clock, network, idle => {
      sockets.delete(socket)
      // The next words should not wait for another one.
      if (idle && socket === current && !callSignal.aborted) current = opened()
    })
    sockets.add(socket)
    return socket
  }

  const close = (): void => {
    for (const socket of sockets) socket.close()
  }
  callSignal.addEventListener('abort', close, { once: true })
  if (callSignal.aborted) close()

  return {
    async *speak(text, signal, _, how) {
      callSignal.throwIfAborted()
      if (!current.isUsable()) {
        current.retire()
        current = opened()
      }
      yield* spoken(current, `speech-${++contexts}`, settings.rateHz, text, how?.speed, clock, signal)
    },
  }
}

/** The service takes no other speeds. */
const voiced = (speed: number): object => ({ speed: Math.min(1.2, Math.max(0.7, speed)) })

async function* spoken(
  socket: ElevenLabsSocket,
  contextId: string,
  rateHz: VoiceRateHz,
  text: AsyncIterable<string>,
  speed: number | undefined,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Speech> {
  const scope = scopeOf(signal)
  const events = socket.open(contextId)
  const read = pcmReader()
  const aligned = alignedWords()
  let said = ''
  let soundMs = 0
  let waitingSinceMs: number | undefined
  let isAsked = false
  let isFinal = false

  function request(clause: string): void {
    // The first message of a context has to be a space, and is the only one that takes settings. The voice's own hold, so none
    // but its speed is sent.
    if (said === '')
      socket.send(contextId, { text: ' ', ...(speed !== undefined && { voice_settings: voiced(speed) }) })
    const written = clause.endsWith(' ') ? clause : `${clause} `
    said += written
    socket.send(contextId, { text: written, flush: true })
    waitingSinceMs = clock.now()
  }

  async function send(): Promise<void> {
    // Of signs alone a voice makes odd sounds: they go with the next words.
    let requests = 0
    for await (const clause of clausesOf(text)) {
      if (scope.signal.aborted) return
      request(clause)
      if (++requests % CLAUSES_AT_ONCE === 0) await setImmediate()
    }
    if (scope.signal.aborted) return
    if (said === '') return events.close()
    // What was flushed is still spoken; without this the service never says that it is done.
    socket.send(contextId, { close_context: true })
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
      switch (event.kind) {
        case 'sound': {
          // Until all was asked for, the next sound may have to wait for its text.
          waitingSinceMs = isAsked ? clock.now() : undefined
          const words = event.alignment ? aligned.take(event.alignment, soundMs) : []
          if (words.length > 0) yield { kind: 'words', words }
          const pcm = read(event.bytes)
          soundMs += (pcm.length / rateHz) * 1_000
          if (pcm.length > 0) yield { kind: 'audio', frame: { pcm, rateHz } }
          break
        }
        case 'final': {
          isFinal = true
          if (soundMs === 0) throw new ProviderError(PROVIDER, 'no sound came of these words', { retryable: true })
          const words = aligned.isEmpty ? spreadWords(said, 0, soundMs) : aligned.end()
          if (words.length > 0) yield { kind: 'words', words }
        }
      }
    }
  } finally {
    signal.removeEventListener('abort', end)
    if (said !== '' && !isAsked && !isFinal) socket.send(contextId, { close_context: true })
    socket.forget(contextId)
    scope.abort(new Error('the speech is over'))
  }
}
