import type { Clock } from '../../conversation/ports.ts'
import { SPOKEN_RATE_HZ } from './room.ts'

type Rtc = typeof import('@livekit/rtc-node')

const FRAME_MS = 20
/** The agent's frames come 200 ms ahead; the source must never make them wait. */
const QUEUE_MS = 1_000
/** The native client takes some 0.2 ms for each piece, however short. While so much waits in its queue, frames go in threes. */
const TOGETHER = 3
const LEAST_QUEUED_MS = 100
/** Shared: creating an Error takes a stack trace. */
const FLUSHED = new Error('flushed')

/** The agent's voice on its way to LiveKit's native client. No method throws. */
export function rtcVoice(rtc: Rtc, clock: Clock) {
  const source = new rtc.AudioSource(SPOKEN_RATE_HZ, 1, QUEUE_MS)
  let held: Int16Array[] = []
  let queuedUntilMs = 0
  let flushing = new AbortController()
  let isClosed = false
  const ignore = (): undefined => undefined

  function flush(): void {
    flushing.abort(FLUSHED)
    const pcm = joined(held)
    held = []
    if (isClosed || pcm.length === 0) return
    queuedUntilMs = Math.max(queuedUntilMs, clock.now()) + (pcm.length / SPOKEN_RATE_HZ) * 1_000
    void source.captureFrame(new rtc.AudioFrame(pcm, SPOKEN_RATE_HZ, 1, pcm.length)).catch(ignore)
  }

  const isAhead = (): boolean => queuedUntilMs - clock.now() >= LEAST_QUEUED_MS

  function flushLater(): void {
    flushing = new AbortController()
    // Those that come at once, such as the first ones of a speech, go together too.
    const soon = isAhead() ? clock.sleep(TOGETHER * FRAME_MS, flushing.signal) : Promise.resolve()
    const { signal: own } = flushing
    soon.then(() => (own.aborted ? undefined : flush()), ignore)
  }

  return {
    source,
    /** Takes 20 ms of sound. */
    play(pcm: Int16Array): void {
      if (isClosed) return
      if (held.push(pcm) === 1) flushLater()
      else if (held.length === TOGETHER && isAhead()) flush()
    },
    /** What was given and is not played yet is never heard. */
    clear(): void {
      if (isClosed) return
      flushing.abort(FLUSHED)
      held = []
      queuedUntilMs = 0
      source.clearQueue()
    },
    async close(): Promise<void> {
      isClosed = true
      flushing.abort(FLUSHED)
      await source.close().catch(ignore)
    },
  }
}

/** One array of its own: the library takes the whole buffer below an array, wherever in it the array begins. */
function joined(frames: readonly Int16Array[]): Int16Array {
  const pcm = new Int16Array(frames.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const frame of frames) {
    pcm.set(frame, at)
    at += frame.length
  }
  return pcm
}
