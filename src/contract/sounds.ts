import { seeded } from '../sandbox/chance.ts'

const PIECE_MS = 20

/** A sound as loud as a voice, which is like itself nowhere: each 20 ms has a loudness of its own. */
export function voiceLike(ms: number, rateHz: number, seed = 1): Int16Array {
  const draw = seeded(seed)
  const levels = Array.from({ length: Math.ceil(ms / PIECE_MS) }, () => 2_000 + 14_000 * draw())
  return Int16Array.from({ length: Math.round((ms * rateHz) / 1_000) }, (_, i) => {
    const level = levels[Math.floor((i * 1_000) / rateHz / PIECE_MS)] ?? 0
    return Math.round(level * Math.sin((2 * Math.PI * 300 * i) / rateHz))
  })
}

export const silence = (ms: number, rateHz: number): Int16Array => new Int16Array(Math.round((ms * rateHz) / 1_000))

export function joined(...parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Words as they are compared: without punctuation and capitals. */
export const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}'\s]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
