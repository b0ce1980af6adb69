/**
 * G.711 mu-law, as telephones have it, of samples from -1 to 1. The server's package for it cannot be imported by name
 * both here and in Node, and these few lines are compared with it for each value there is.
 */
const FULL = 32_768
const BIAS = 132
const MOST = 32_635

/** Samples that are too loud are clipped; what is no number is silence. */
export function toMulaw(sample: number): number {
  const level = Math.round((Number.isNaN(sample) ? 0 : sample) * FULL)
  const magnitude = Math.min(MOST, Math.abs(level) + BIAS)
  const exponent = 24 - Math.clz32(magnitude)
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f
  return ~((level < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff
}

const LEVELS = Float32Array.from({ length: 256 }, (_, byte) => {
  const flipped = ~byte
  const exponent = (flipped >> 4) & 0x07
  const magnitude = (((flipped & 0x0f) << 3) + BIAS) * 2 ** exponent - BIAS
  return ((flipped & 0x80) === 0 ? magnitude : -magnitude) / FULL
})

export const fromMulaw = (bytes: Uint8Array): Float32Array<ArrayBuffer> =>
  Float32Array.from(bytes, byte => LEVELS[byte] ?? 0)

/** How loud the loudest sample is, from 0 to 1. */
export const peakOf = (bytes: Uint8Array): number =>
  bytes.reduce((peak, byte) => Math.max(peak, Math.abs(LEVELS[byte] ?? 0)), 0)
