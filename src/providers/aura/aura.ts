import type { Delivery } from '../../conversation/delivery.ts'
import type { Clock, Speech, TextToSpeech, VoiceRateHz } from '../../conversation/ports.ts'
import { quietFor } from '../../conversation/quiet.ts'
import { scopeOf } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import type { Network } from '../../network.ts'
import { estimatedWords } from '../estimated-words.ts'
import { pcmReader } from '../pcm-reader.ts'
import { clausesOf } from '../speaking/clauses.ts'
import { type AuraAccess, type AuraSocket, auraSocket } from './socket.ts'
import { takesSpeed, voiceFor } from './voices.ts'

export interface AuraSettings extends AuraAccess {
  readonly rateHz: VoiceRateHz
  /** BCP 47. */
  readonly language: string
  /** How it mostly speaks, if not as usual. */
  readonly delivery?: Delivery | undefined
}

/** The service takes no longer texts. */
const MOST_LETTERS = 2_000
/** A speech that begins has so many flushes at least: its first clause, its end, and some between. */
const LEAST_FLUSHES = 4
/** Those that are kept for later, busy ones aside. */
const MOST_FREE = 1
/** Those whose speech was cut and that have not said so yet. There may be some when interruptions follow each other. */
const MOST_CLEARING = 3
/** Text was flushed and nothing has come of it for so long: the service hangs. */
const STALLED_MS = 3_000

/**
 * Deepgram's Aura by its speech socket, for one call. A socket has one speech at a time, so a second one is opened where two
 * overlap. The first one opens at once, while the greeting plays. All close when `callSignal` aborts.
 */
export function aura(settings: AuraSettings, clock: Clock, callSignal: AbortSignal, network: Network): TextToSpeech {
  const access = { ...settings, voiceId: voiceFor(settings.voiceId, settings.language) }
  /** The oldest first. */
  const sockets = new Set<AuraSocket>()
  const speedOf = (how: Delivery | undefined) => (takesSpeed(access.voiceId) ? how?.speed : undefined)
  let speed = speedOf(settings.delivery)

  function opened(): AuraSocket {
    const socket = auraSocket({ ...access, speed }, clock, network, idle => {
      sockets.delete(socket)
      // The next words should not wait for another one.
      if (idle && sockets.size === 0 && !callSignal.aborted) opened()
    })
    sockets.add(socket)
    return socket
  }

  /** Closes what is not needed: the number of connections is what the vendor limits. */
  function tidy(): void {
    const free = [...sockets].filter(socket => socket.isFree(LEAST_FLUSHES))
    // The latest speed is that of the next words.
    const fit = free.filter(one => one.speed === speed)
    const unfit = free.filter(one => one.speed !== speed)
    const clearing = [...sockets].filter(socket => socket.isClearing())
    for (const socket of [...unfit, ...fit.slice(MOST_FREE), ...clearing.slice(0, -MOST_CLEARING)]) socket.close()
  }

  const close = (): void => {
    for (const socket of sockets) socket.close()
  }
  opened()
  callSignal.addEventListener('abort', close, { once: true })
  if (callSignal.aborted) close()

  return {
    async *speak(text, signal, _, how) {
      callSignal.throwIfAborted()
      speed = speedOf(how)
      const socket = [...sockets].find(one => one.speed === speed && one.isFree(LEAST_FLUSHES)) ?? opened()
      try {
        yield* spoken(socket, settings.rateHz, text, clock, signal)
      } finally {
        tidy()
      }
    },
  }
}

/**
 * A flush makes the service speak what it has, and is answered when that has been spoken. The first clause is flushed at once.
 * Of the others those that have come by then are flushed when the sound before them is there, so that flushes are few.
 */
async function* spoken(
  socket: AuraSocket,
  rateHz: VoiceRateHz,
  text: AsyncIterable<string>,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Speech> {
  const scope = scopeOf(signal)
  const events = socket.begin()
  const read = pcmReader()
  const words = estimatedWords(clock)
  /** What was said but not flushed. */
  let unflushed = ''
  /** What was flushed after what is being spoken. */
  const waiting: string[] = []
  let hasBegun = false
  let isFlushing = false
  let isRead = false
  let isOver = false
  let hasSound = false
  let waitingSinceMs: number | undefined

  function flush(): void {
    // The last flush of the minute is for the end, without which words would be lost.
    if (unflushed === '' || isFlushing || (!isRead && socket.flushesLeft() < 2)) return
    isFlushing = true
    unflushed = ''
    waitingSinceMs = clock.now()
    socket.flush()
  }

  async function send(): Promise<void> {
    const clauses = clausesOf(text, MOST_LETTERS)
    for await (const clause of clauses) {
      if (scope.signal.aborted) return
      const written = /\s$/.test(clause) ? clause : `${clause} `
      socket.say(written)
      hasBegun = true
      if (isFlushing) waiting.push(written)
      else words.more(written)
      unflushed += written
      flush()
    }
    if (scope.signal.aborted) return
    isRead = true
    flush()
    if (!isFlushing) events.close()
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
          waitingSinceMs = isFlushing ? clock.now() : undefined
          const frame = { pcm: read(event.bytes), rateHz }
          const due = words.sound(frame)
          if (due.length > 0) yield { kind: 'words', words: due }
          hasSound ||= frame.pcm.length > 0
          if (frame.pcm.length > 0) yield { kind: 'audio', frame }
          break
        }
        case 'flushed': {
          isFlushing = false
          waitingSinceMs = undefined
          const left = words.clause(waiting.splice(0).join(''))
          flush()
          if (left.length > 0) yield { kind: 'words', words: left }
          if (isRead && !isFlushing) events.close()
        }
      }
    }
    if (signal.aborted) return
    if (hasBegun && !hasSound) throw new ProviderError('Deepgram', 'no sound came of these words', { retryable: true })
    isOver = true
  } finally {
    signal.removeEventListener('abort', end)
    socket.end(isOver || !hasBegun ? 'whole' : 'cut')
    scope.abort(new Error('the speech is over'))
  }
}
