import { decodeMulaw } from '../../audio/mulaw.ts'
import type { CallerFrame } from '../../conversation/ports.ts'

const RATE_HZ = 8_000
const FRAME_MS = 20
/** Two clocks drift apart (400 ppm at worst); the offset between them may creep this much a second, and not jump. */
const CREEP_MS_PER_S = 1
/** Timestamps that fall back, or leap ahead of the time that passed, by more than this begin a new time base. */
const NEW_BASE_MS = 5_000

/** One media message, in its place: `positionMs` from the start of the stream. `gapMs` is sound that never came before it. */
export interface PlacedMedia {
  readonly frame: CallerFrame
  readonly positionMs: number
  readonly gapMs: number
}

/**
 * Puts the caller's sound on our clock. Messages come late and in bunches, their timestamps do not: the earliest arrival
 * tells what the net takes at least, and every sample is dated by that.
 */
export function callerLeg() {
  let offsetMs = Number.POSITIVE_INFINITY
  let nextMs: number | undefined
  let arrivedMs = 0
  let baseMs = 0

  /** Nothing, if the message is empty or came after one that was spoken later. */
  return (payload: string, timestampMs: number, nowMs: number): PlacedMedia | undefined => {
    const pcm = decodeMulaw(Buffer.from(payload, 'base64'))
    if (pcm.length === 0) return undefined
    // A stream begins near 0, or counts from a base of its own.
    if (nextMs === undefined && timestampMs > NEW_BASE_MS) baseMs = timestampMs
    const expectedMs = nextMs ?? timestampMs - baseMs
    const aheadMs = timestampMs - baseMs - expectedMs
    const leapt = aheadMs < -NEW_BASE_MS || aheadMs > nowMs - arrivedMs + NEW_BASE_MS
    if (leapt) {
      baseMs = timestampMs - expectedMs
      offsetMs = Number.POSITIVE_INFINITY
    } else if (aheadMs < -FRAME_MS / 2) return undefined
    const positionMs = timestampMs - baseMs
    const lengthMs = (pcm.length / RATE_HZ) * 1_000
    const crept = offsetMs + ((nowMs - arrivedMs) / 1_000) * CREEP_MS_PER_S
    offsetMs = Math.min(crept, nowMs - positionMs - lengthMs)
    arrivedMs = nowMs
    nextMs = positionMs + lengthMs
    return {
      frame: { pcm, rateHz: RATE_HZ, atMs: positionMs + offsetMs },
      positionMs,
      gapMs: Math.max(0, leapt ? 0 : aheadMs),
    }
  }
}
