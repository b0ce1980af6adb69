const PITCH_HZ = 120
/** The pitch of a voice is never still. */
const GLIDE_HZ = 25
const PEAK = 9_000
/** Resonances of a mouth that opens and closes: "ya". */
const CLOSED_HZ = [300, 2_200, 3_000] as const
const OPEN_HZ = [750, 1_250, 2_600] as const
const BANDWIDTH_HZ = 90
const SYLLABLE_MS = 240

/**
 * Sound of so many syllables that detectors of voices take for one, made by code: ears that hear by utterance ask nobody
 * about silence. 16 bits, in `rateHz`.
 */
export function probeVoice(syllables: number, rateHz: number): Int16Array {
  const count = Math.round((syllables * SYLLABLE_MS * rateHz) / 1_000)
  const made = new Float64Array(count)
  const mouth = OPEN_HZ.map(() => ({ one: 0, two: 0 }))
  const radius = Math.exp((-Math.PI * BANDWIDTH_HZ) / rateHz)
  let phase = 0
  for (let i = 0; i < count; i++) {
    const seconds = i / rateHz
    const open = Math.sin(Math.PI * (((seconds * 1_000) % SYLLABLE_MS) / SYLLABLE_MS)) ** 2
    phase += (PITCH_HZ + GLIDE_HZ * Math.sin(2 * Math.PI * 1.5 * seconds)) / rateHz
    const isPulse = phase >= 1
    if (isPulse) phase -= 1
    let sum = 0
    for (const [band, last] of mouth.entries()) {
      const centreHz = (CLOSED_HZ[band] ?? 0) * (1 - open) + (OPEN_HZ[band] ?? 0) * open
      const turn = 2 * radius * Math.cos((2 * Math.PI * centreHz) / rateHz)
      const sample = (isPulse ? 1 : 0) + turn * last.one - radius * radius * last.two
      last.two = last.one
      last.one = sample
      sum += sample / (band + 1)
    }
    made[i] = sum * (0.3 + 0.7 * open)
  }
  const peak = made.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9)
  return Int16Array.from(made, sample => Math.round((sample / peak) * PEAK))
}
