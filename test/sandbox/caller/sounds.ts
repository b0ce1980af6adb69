import { encodeMulaw } from '../../../src/audio/mulaw.ts'

/** A tone at 8 kHz that counts as a voice: above the voice threshold from its first sample. */
export function tone(ms: number, frequencyHz = 400): Int16Array {
  return Int16Array.from({ length: ms * 8 }, (_, i) =>
    Math.round(8000 * Math.cos((2 * Math.PI * frequencyHz * i) / 8000)),
  )
}

export function silence(ms: number): Int16Array {
  return new Int16Array(ms * 8)
}

export function joined(...parts: readonly Int16Array[]): Int16Array {
  return Int16Array.from(parts.flatMap(part => [...part]))
}

export function mulaw(...parts: readonly Int16Array[]): Uint8Array {
  return encodeMulaw(joined(...parts))
}
