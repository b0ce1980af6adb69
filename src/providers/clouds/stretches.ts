import { isVoiced } from '../../audio/loudness.ts'
import type { Clock, Transcript } from '../../conversation/ports.ts'
import { quietFor } from '../../conversation/quiet.ts'
import { type Scope, scopeOf } from '../../conversation/scope.ts'
import type { SttEvents, SttSocket } from '../stt-session.ts'
import { UnsettledSound } from './unsettled-sound.ts'

/** These services say nothing in silence. One that was silent for so long is asked for an end, which it must answer. */
const PROBED_MS = 5_000
/** A live service gives the last words within this time. */
const ENDS_WITHIN_MS = 4_000
/** The next stretch begins with so much of one without words: a word may begin right where it ended. */
const LEAD_MS = 1_000
/** Only after such a pause is nobody in the middle of a word, which an end would cut. */
const PAUSE_MS = 800
/** A stretch that is due to end may wait for a pause so long. Noise may never have one. */
const OVERTIME_MS = 15_000
/** A service that ends a stretch by itself so soon would do so again and again. */
const TOO_SOON_MS = 1_000
/** More sound than this never waits for a stretch to end: the watch ends it before. */
const MOST_WAITING = 2_000
const KEPT_ALIVE_MS = 100

/** What a stretch reports. */
export interface StretchEvents {
  /** Any message, with its words if it has some. Final ones cover the sound of the stretch up to `throughMs`. */
  heard(transcript?: Transcript, throughMs?: number): void
  /**
   * It is over, because it was asked to end or by itself. `answered`: all its words were reported. `torn`: the connection
   * ended in good order, and words may be missing.
   */
  ended(how: 'answered' | 'torn'): void
  failed(why: string, retryable: boolean, cause?: unknown): void
}

/** A part of a session that the service takes for a whole: sound goes in until `end`; then its last words come. */
export interface Stretch {
  /** May be called at once; throws nothing when the connection is lost, which is reported. */
  sound(pcm: Int16Array): void
  end(): void
  /** Nothing more of it is wanted. */
  drop(): void
}

export interface StretchWire {
  readonly rateHz: number
  /** A stretch that is as long is ended in the next pause. */
  readonly mostMs: number
  /** Resolves when a stretch may begin. Where none can, `failed` is told before it rejects. */
  open(failed: StretchEvents['failed']): Promise<unknown>
  begin(events: StretchEvents): Stretch
  close(): void
}

interface Current {
  readonly stretch: Stretch
  readonly beganMs: number
  readonly unsettled: UnsettledSound
  heardMs: number
  /** When a voice, or as loud a noise, was in its sound at last. */
  voicedMs: number
  /** It repeats one that was torn off before its last words came. */
  readonly isRepeated: boolean
  /** The words that are not final. */
  interim: string
  hasWords: boolean
  /** It was asked to end, and is watched. */
  ending: Scope | undefined
}

/**
 * A session on a service that makes words final only when it hears a pause or the end of the sound, and that limits how long
 * a stream may last. Each `flush` ends a stretch, and the next one begins with the sound that came meanwhile. Where the
 * service ends one by itself, or its connection ends before the last words, the sound whose words were not final is sent
 * again, so nothing is lost and nothing is doubled.
 */
export function inStretches(wire: StretchWire, clock: Clock, events: SttEvents): SttSocket {
  const closing = new AbortController()
  const waiting: (Int16Array | 'flush')[] = []
  let current: Current | undefined

  function begin(isRepeated = false): Current {
    const stretch = wire.begin({
      heard: (transcript, throughMs) => current === begun && heard(begun, transcript, throughMs),
      ended: how => current === begun && ended(begun, how),
      failed: (why, retryable, cause) => current === begun && events.failed(why, retryable, cause),
    })
    const begun: Current = {
      ...{ stretch, beganMs: clock.now(), heardMs: clock.now(), unsettled: new UnsettledSound(wire.rateHz) },
      ...{ voicedMs: Number.NEGATIVE_INFINITY, isRepeated, interim: '', hasWords: false, ending: undefined },
    }
    return begun
  }

  function heard(of: Current, transcript: Transcript | undefined, throughMs: number | undefined): void {
    of.heardMs = clock.now()
    if (!transcript) return events.heard()
    if (transcript.text !== '') of.hasWords = true
    of.interim = transcript.final ? '' : transcript.text
    if (transcript.final) of.unsettled.settle(throughMs)
    // What was asked to end says nothing about the caller.
    events.heard({ ...transcript, ended: transcript.ended && of.ending === undefined })
  }

  function ended(of: Current, how: 'answered' | 'torn'): void {
    of.ending?.abort(new Error('it has ended'))
    if (closing.signal.aborted) return
    const isAsked = of.ending !== undefined
    if (!isAsked && clock.now() - of.beganMs < TOO_SOON_MS) {
      return events.failed('the service ends what it has just begun', true)
    }
    const isTorn = isAsked && how === 'torn'
    if (isTorn && of.isRepeated) return events.failed('the connection ends again and again before the last words', true)
    if (isAsked && !isTorn && of.interim !== '') events.heard({ text: of.interim, final: true, ended: false })
    else events.heard()
    const next = begin(isTorn)
    current = next
    const again = isAsked && !isTorn ? (of.hasWords ? [] : of.unsettled.last(LEAD_MS)) : of.unsettled.all()
    for (const pcm of again) give(next, pcm)
    if (isTorn) end(next)
    while (next.ending === undefined && waiting.length > 0) {
      const item = waiting.shift()
      if (item === 'flush') end(next)
      else if (item) take(next, item)
    }
  }

  function give(to: Current, pcm: Int16Array): void {
    to.unsettled.add(pcm)
    if (isVoiced(pcm)) to.voicedMs = clock.now()
    to.stretch.sound(pcm)
  }

  function take(to: Current, pcm: Int16Array): void {
    give(to, pcm)
    const now = clock.now()
    const isPause = now - to.voicedMs > PAUSE_MS
    const overMs = Math.max(now - to.beganMs - wire.mostMs, now - to.heardMs - PROBED_MS)
    if (overMs > OVERTIME_MS || (overMs > 0 && isPause)) end(to)
  }

  function end(of: Current): void {
    const ending = scopeOf(closing.signal)
    of.ending = ending
    of.stretch.end()
    quietFor(ENDS_WITHIN_MS, clock, ending.signal).then(
      () => events.failed(`no last words within ${ENDS_WITHIN_MS} ms`, true),
      () => undefined,
    )
  }

  function sound(pcm: Int16Array): void {
    if (!current) throw new Error('the session is not open')
    if (current.ending === undefined) return take(current, pcm)
    waiting.push(pcm)
    if (waiting.length > MOST_WAITING) events.failed('more sound waits than can be kept', true)
  }

  return {
    async open() {
      await wire.open(events.failed)
      if (!closing.signal.aborted) current = begin()
    },
    sound,
    flush() {
      if (!current) throw new Error('the session is not open')
      if (current.ending === undefined) end(current)
      else waiting.push('flush')
    },
    keepAlive: () => sound(new Int16Array((KEPT_ALIVE_MS / 1_000) * wire.rateHz)),
    close() {
      closing.abort(new Error('the session is closed'))
      current?.stretch.drop()
      current = undefined
      waiting.length = 0
      wire.close()
    },
  }
}
