import type { Clock } from '../../conversation/ports.ts'
import { SPOKEN_RATE_HZ } from './room.ts'

const FRAME_MS = 20
/**
 * Each piece takes some 0.15 ms of each process between which it goes, and 0.4 ms of LiveKit's native client, however short it
 * is (measured). While so much waits to be played, frames go in threes.
 */
const TOGETHER = 3
const LEAST_QUEUED_MS = 100
/** Shared: creating an Error takes a stack trace. */
const SENT = new Error('sent')

/** Puts frames of the agent's voice together on their way to a room, as long as none is late for it. */
export function framesTogether(clock: Clock, send: (pcm: Int16Array) => void) {
  let held: Int16Array[] = []
  let queuedUntilMs = 0
  let waiting = new AbortController()

  function flush(): void {
    waiting.abort(SENT)
    const pcm = joined(held)
    held = []
    if (pcm.length === 0) return
    queuedUntilMs = Math.max(queuedUntilMs, clock.now()) + (pcm.length / SPOKEN_RATE_HZ) * 1_000
    send(pcm)
  }

  const isAhead = (): boolean => queuedUntilMs - clock.now() >= LEAST_QUEUED_MS

  function flushLater(): void {
    waiting = new AbortController()
    // Those that come at once, such as the first ones of a speech, go together too.
    const soon = isAhead() ? clock.sleep(TOGETHER * FRAME_MS, waiting.signal) : Promise.resolve()
    const { signal: own } = waiting
    soon.then(
      () => (own.aborted ? undefined : flush()),
      () => undefined,
    )
  }

  return {
    /** Takes 20 ms of sound. */
    take(pcm: Int16Array): void {
      if (held.push(pcm) === 1) flushLater()
      else if (held.length === TOGETHER && isAhead()) flush()
    },
    /** What was taken is sent now: nothing more comes. */
    end: flush,
    /** What was taken and is not sent yet never is; what was sent is played no more. */
    clear(): void {
      waiting.abort(SENT)
      held = []
      queuedUntilMs = 0
    },
  }
}

function joined(frames: readonly Int16Array[]): Int16Array {
  const pcm = new Int16Array(frames.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const frame of frames) {
    pcm.set(frame, at)
    at += frame.length
  }
  return pcm
}
