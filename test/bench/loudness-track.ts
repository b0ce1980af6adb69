import { VOICED_DB } from '../../src/audio/loudness.ts'
import { decodeMulaw } from '../../src/audio/mulaw.ts'

const FRAME_BYTES = 160
export const FRAME_MS = 20
const DECODED = decodeMulaw(Uint8Array.from({ length: 256 }, (_, byte) => byte))
const FULL_SCALE = 32_768 ** 2

/** How long before the event the voice is measured as reference. */
const REFERENCE_MS = 1_000
/** With fewer voiced frames nobody was speaking. */
const LEAST_VOICED_FRAMES = 5
const DOWN_DB = 12
/** Inaudible below this. Speech that is turned down by 20 dB is still far louder. */
const SILENCE_DB = -55
/** A voice that is turned down by 20 dB is never this close to its former level. */
const FULL_WITHIN_DB = 6

/** The loudness of each frame of 20 ms in dBFS; digital silence is -Infinity. */
export type LoudnessTrack = Float64Array

export function loudnessTrack(leg: Uint8Array): LoudnessTrack {
  return Float64Array.from({ length: Math.floor(leg.length / FRAME_BYTES) }, (_, frame) => {
    let sum = 0
    for (let i = frame * FRAME_BYTES; i < (frame + 1) * FRAME_BYTES; i++) sum += (DECODED[leg[i] ?? 0] ?? 0) ** 2
    return 10 * Math.log10(sum / FRAME_BYTES / FULL_SCALE)
  })
}

/**
 * The level of the voice in the second before `atMs` by its loudest frame; undefined if nobody spoke. Later levels are
 * loudest frames too: in 19 of 20 cases those of two consecutive seconds of speech differ by less than 5 dB (the mean
 * of a second and the loudest frame of the next by 8).
 */
export function voiceBefore(track: LoudnessTrack, atMs: number): number | undefined {
  const voiced = framesIn(track, atMs - REFERENCE_MS, atMs).filter(({ db }) => db > VOICED_DB)
  return voiced.length < LEAST_VOICED_FRAMES ? undefined : Math.max(...voiced.map(({ db }) => db))
}

/**
 * How soon after `fromMs` a voice whose loudest frame was `beforeDb` yielded. `untilMs` is the start of the next reply.
 * `downMs`: after it no frame is above `beforeDb` less 12 dB. `silentMs`: after it none is above -55 dBFS. A pause of a
 * voice that goes on does not count.
 */
export function yielding(
  track: LoudnessTrack,
  beforeDb: number,
  fromMs: number,
  untilMs: number,
): { readonly downMs: number; readonly silentMs: number } {
  const frames = framesIn(track, fromMs, untilMs)
  const after = (threshold: number): number => {
    const last = frames.findLast(({ db }) => db > threshold)
    return last ? Math.max(0, last.endMs - fromMs) : 0
  }
  return { downMs: after(beforeDb - DOWN_DB), silentMs: after(SILENCE_DB) }
}

/** True if the voice reaches about its former level between these times. */
export function isFull(track: LoudnessTrack, beforeDb: number, fromMs: number, untilMs: number): boolean {
  return framesIn(track, fromMs, untilMs).some(({ db }) => db > beforeDb - FULL_WITHIN_DB)
}

/** True if any frame between these times is above `beforeDb` less 12 dB. */
export function isUp(track: LoudnessTrack, beforeDb: number, fromMs: number, untilMs: number): boolean {
  return framesIn(track, fromMs, untilMs).some(({ db }) => db > beforeDb - DOWN_DB)
}

/** The frames that start between these times. */
function framesIn(track: LoudnessTrack, fromMs: number, untilMs: number): { db: number; endMs: number }[] {
  const first = Math.max(0, Math.ceil(fromMs / FRAME_MS))
  const last = Math.min(track.length, Math.ceil(untilMs / FRAME_MS))
  return Array.from(track.subarray(first, Math.max(first, last)), (db, i) => ({
    db,
    endMs: (first + i + 1) * FRAME_MS,
  }))
}
