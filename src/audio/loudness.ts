/** Loudness of samples in dB relative to full scale: 0 is the loudest, silence is -Infinity. */
export function loudnessDb(pcm: Int16Array): number {
  let sum = 0
  for (const sample of pcm) sum += sample * sample
  return pcm.length === 0 ? Number.NEGATIVE_INFINITY : 10 * Math.log10(sum / pcm.length / 32768 ** 2)
}

/** A louder 20 ms frame counts as voiced, in recordings and for the speech-to-text stand-in (dBFS). */
export const VOICED_DB = -40

/** True if the frame is loud enough to be a voice rather than line noise. */
export function isVoiced(pcm: Int16Array): boolean {
  return loudnessDb(pcm) > VOICED_DB
}

/** The same sound, quieter by so many decibels. */
export function quieter(pcm: Int16Array, byDb: number): Int16Array {
  const gain = 10 ** (-byDb / 20)
  return pcm.map(sample => sample * gain)
}
