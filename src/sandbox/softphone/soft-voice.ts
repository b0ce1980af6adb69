import { loudnessDb } from '../../audio/loudness.ts'
import { decodeMulaw } from '../../audio/mulaw.ts'
import { LINE_RATE_HZ } from '../caller/fixture.ts'
import type { Span } from '../ringing/voiced-spans.ts'
import { SLOT_BYTES } from '../twilio/playout.ts'

/** A telephone's voice, as the recorded callers have it (dBFS). */
const SPEECH_DB = -20
/** A softer one is made louder: the stand-in Deepgram takes what is below -40 for silence. */
const SOFT_DB = -30
const MOST_GAIN_DB = 30
const BYTES_PER_MS = LINE_RATE_HZ / 1_000

/** By what to multiply a caller's sound so that a soft microphone is as loud as a telephone; 1 for one that is. */
export function gainFor(caller: Uint8Array, spans: readonly Span[]): number {
  const levels = spans.flatMap(({ startMs, endMs }) => {
    const sound = decodeMulaw(caller.subarray(Math.floor(startMs * BYTES_PER_MS), Math.ceil(endMs * BYTES_PER_MS)))
    const frames = Math.floor(sound.length / SLOT_BYTES)
    return Array.from({ length: frames }, (_, i) => loudnessDb(sound.subarray(i * SLOT_BYTES, (i + 1) * SLOT_BYTES)))
  })
  // The louder vowels tell, not the pauses within.
  const level = levels.toSorted((a, b) => a - b)[Math.floor(levels.length * 0.75)]
  if (level === undefined || level >= SOFT_DB) return 1
  return 10 ** (Math.min(MOST_GAIN_DB, SPEECH_DB - level) / 20)
}

/** The same sound, louder. */
export function louder(pcm: Int16Array, gain: number): Int16Array {
  return gain === 1 ? pcm : pcm.map(sample => Math.max(-32_768, Math.min(32_767, Math.round(sample * gain))))
}
