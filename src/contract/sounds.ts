/** A sound as loud as a voice, which is like itself nowhere: each 20 ms has a loudness of its own. */
export function voiceLike(ms: number, rateHz: number, seed = 1): Int16Array {
  const pcm = new Int16Array(Math.round((ms * rateHz) / 1_000))
  for (let i = 0; i < pcm.length; i++) {
    const piece = Math.floor((i * 50) / rateHz)
    // Numbers that look like chance, the same each time.
    const loud = 4_000 + ((piece * 7_919 + seed * 104_729) % 12_000)
    pcm[i] = Math.round(loud * Math.sin((2 * Math.PI * 300 * i) / rateHz))
  }
  return pcm
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
