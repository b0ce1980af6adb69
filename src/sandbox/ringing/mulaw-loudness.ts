import { VOICED_DB } from '../../audio/loudness.ts'
import { decodeMulaw } from '../../audio/mulaw.ts'

const AMPLITUDE = decodeMulaw(Uint8Array.from({ length: 256 }, (_, byte) => byte)).map(Math.abs)
const SQUARE = Float64Array.from(AMPLITUDE, amplitude => amplitude ** 2)
const VOICED_SQUARE = (32768 * 10 ** (VOICED_DB / 20)) ** 2

/** The amplitude of a constant sound at the voice threshold: a voiced frame has at least one sample above it. */
export const VOICED_AMPLITUDE = Math.sqrt(VOICED_SQUARE)

/** Whether this frame of mu-law bytes is loud enough to be a voice. Same measure as `isVoiced`, without decoding. */
export function isVoicedMulaw(frame: Uint8Array): boolean {
  let sum = 0
  for (const byte of frame) sum += SQUARE[byte] ?? 0
  return sum > VOICED_SQUARE * frame.length
}

/** Positions of the first and the last sample above the voice threshold; undefined when there is none. */
export function voicedEdges(frame: Uint8Array): { readonly first: number; readonly last: number } | undefined {
  const loud = (byte: number): boolean => (AMPLITUDE[byte] ?? 0) > VOICED_AMPLITUDE
  const first = frame.findIndex(loud)
  return first < 0 ? undefined : { first, last: frame.findLastIndex(loud) }
}
