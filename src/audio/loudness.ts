/** Loudness of a stretch of samples in dB relative to full scale: 0 is the loudest, silence is -Infinity. */
export function loudnessDb(pcm: Int16Array): number {
  let sum = 0
  for (const sample of pcm) sum += sample * sample
  return pcm.length === 0 ? Number.NEGATIVE_INFINITY : 10 * Math.log10(sum / pcm.length / 32768 ** 2)
}

/** Louder than this a 20 ms frame counts as voiced, in recordings and for the stand-in ears (dBFS). */
export const VOICED_DB = -40

/** Is this frame loud enough to be somebody's voice rather than line noise? */
export function isVoiced(pcm: Int16Array): boolean {
  return loudnessDb(pcm) > VOICED_DB
}
