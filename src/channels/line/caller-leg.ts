import type { CallerFrame } from '../../conversation/ports.ts'

const FRAME_MS = 20
/** Two clocks drift apart (400 ppm at worst). The offset between them follows at this rate and does not jump. */
const MAX_DRIFT_MS_PER_S = 1
/** Timestamps that go back, or run ahead of the elapsed time, by more than this start a new time base. */
const NEW_BASE_MS = 5_000

/** One media message with its time: `positionMs` from the start of the stream; `gapMs` is missing sound before it. */
export interface PlacedMedia {
  readonly frame: CallerFrame
  readonly positionMs: number
  readonly gapMs: number
}

/**
 * Puts the caller's sound, which comes at `rateHz`, on our clock. Messages arrive late and in bursts; their timestamps are steady. The earliest
 * arrival shows the network's smallest delay, and every sample is dated by that.
 */
export function callerLeg(rateHz: number) {
  let offsetMs = Number.POSITIVE_INFINITY
  let nextMs: number | undefined
  let arrivedMs = 0
  let baseMs = 0

  /** Returns undefined if the message is empty or later speech has already arrived. */
  return (pcm: Int16Array, timestampMs: number, nowMs: number): PlacedMedia | undefined => {
    if (pcm.length === 0) return undefined
    // Most streams start near 0; some count from another base.
    if (nextMs === undefined && timestampMs > NEW_BASE_MS) baseMs = timestampMs
    const expectedMs = nextMs ?? timestampMs - baseMs
    const aheadMs = timestampMs - baseMs - expectedMs
    const isNewBase = aheadMs < -NEW_BASE_MS || aheadMs > nowMs - arrivedMs + NEW_BASE_MS
    if (isNewBase) {
      baseMs = timestampMs - expectedMs
      offsetMs = Number.POSITIVE_INFINITY
    } else if (aheadMs < -FRAME_MS / 2) return undefined
    const positionMs = timestampMs - baseMs
    const lengthMs = (pcm.length / rateHz) * 1_000
    const driftedMs = offsetMs + ((nowMs - arrivedMs) / 1_000) * MAX_DRIFT_MS_PER_S
    offsetMs = Math.min(driftedMs, nowMs - positionMs - lengthMs)
    arrivedMs = nowMs
    nextMs = positionMs + lengthMs
    return {
      frame: { pcm, rateHz, atMs: positionMs + offsetMs },
      positionMs,
      gapMs: Math.max(0, isNewBase ? 0 : aheadMs),
    }
  }
}
