import type { Clock, SpeechToText, SttInput, Transcript } from '../../conversation/ports.ts'
import { scopeOf } from '../../conversation/scope.ts'
import type { KeptSound } from './kept-sound.ts'

/** Kept sound is given so many times faster than it was spoken: some services refuse a whole utterance at once. */
export const REPLAY_SPEED = 6
/** So much of it at once. */
const AT_ONCE_MS = 200
const STEP_MS = 20

/** What one try at hearing a call reports. */
export interface SttTryEvents {
  heard(transcript: Transcript): void
  /** It has heard all sound that there was. */
  ended(): void
  /** It is over, though nobody has stopped it and there may be more sound. */
  failed(error: unknown): void
}

/** One session with one provider, beginning with the sound that is kept. */
export interface SttTry {
  /** A moment of the sound that it was given, in ms, as a moment of the call's sound. */
  callMs(ms: number): number
  /** Until when it was given the call's sound. */
  readonly givenUntilMs: number
  /** It has been given all sound that there is. */
  readonly isLive: boolean
  /** How much sound it was given, and how much of that was there before it began. */
  readonly givenMs: number
  readonly againMs: number
  stop(): void
  /** Resolves when nothing of it goes on. */
  readonly over: Promise<void>
}

/** Begins a session: it gets what is kept, and then what comes. */
export function beginStt(
  open: () => SpeechToText | Promise<SpeechToText>,
  kept: KeptSound,
  events: SttTryEvents,
  clock: Clock,
  signal: AbortSignal,
): SttTry {
  const scope = scopeOf(signal)
  const first = kept.first
  const oldEnd = kept.end
  /** Where its sound begins, and where it goes on after sound that it was not given. */
  const stretches: { readonly givenMs: number; readonly callMs: number }[] = []
  let givenUntilMs = kept.startMs(first)
  let isLive = false
  let givenMs = 0
  let againMs = 0

  const stopped = new Promise<void>(resolve => {
    const end = (): void => resolve()
    if (scope.signal.aborted) end()
    else scope.signal.addEventListener('abort', end, { once: true })
  })

  async function* sound(): AsyncGenerator<SttInput, void, undefined> {
    const beganMs = clock.now()
    let next = -1
    for (let at = first; !scope.signal.aborted; at++) {
      while (at >= kept.end && !kept.isClosed && !scope.signal.aborted) {
        isLive = true
        await Promise.race([kept.more(), stopped])
      }
      // What became final meanwhile is not needed any more.
      at = Math.max(at, kept.first)
      const item = kept.at(at)
      if (item === undefined) {
        if (kept.isClosed || scope.signal.aborted) return
        at--
        continue
      }
      // It is asked for its first sound when it is open: by then some may be gone.
      if (at !== next) stretches.push({ givenMs, callMs: kept.startMs(at) })
      next = at + 1
      givenUntilMs = kept.startMs(next)
      if (item !== 'flush') {
        const ms = (item.pcm.length / item.rateHz) * 1_000
        givenMs += ms
        if (at < oldEnd) againMs += ms
      }
      yield item
      while (!isLive && givenMs > AT_ONCE_MS + (clock.now() - beganMs) * REPLAY_SPEED && !scope.signal.aborted)
        await clock.sleep(STEP_MS, scope.signal).catch(() => undefined)
    }
  }

  async function run(): Promise<void> {
    const opened = await open()
    for await (const transcript of opened.transcribe(sound(), scope.signal)) {
      if (scope.signal.aborted) return
      events.heard(transcript)
    }
    if (scope.signal.aborted) return
    if (!kept.isClosed) throw new Error('it ended by itself')
    events.ended()
  }

  const over = run().catch(error => {
    if (!scope.signal.aborted) events.failed(error)
  })
  return {
    callMs(ms) {
      const { givenMs: before, callMs } = stretches.findLast(one => one.givenMs <= ms) ?? { givenMs: 0, callMs: 0 }
      return callMs + ms - before
    },
    get givenUntilMs() {
      return givenUntilMs
    },
    get isLive() {
      return isLive
    },
    get givenMs() {
      return givenMs
    },
    get againMs() {
      return againMs
    },
    stop: () => scope.abort(new Error('another provider hears')),
    over,
  }
}
