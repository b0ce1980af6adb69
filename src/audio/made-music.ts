import { loudnessDb } from './loudness.ts'

/** Of the whole loop. */
const BARS = 8
const BEATS_A_BAR = 8
const BEAT_SECONDS = 0.5
/** Chords in semitones above A3 (220 Hz): A minor, F, C and G, each for a bar. All tones and their overtones pass a telephone. */
const CHORDS = [
  [0, 3, 7, 12],
  [-4, 0, 3, 8],
  [3, 7, 10, 15],
  [-2, 2, 5, 10],
] as const
const ROOT_HZ = 220
/** How loud the overtones are. */
const OVERTONES = [1, 0.35, 0.12]
const ATTACK_SECONDS = 0.02
/** A tone has fallen to a third after this time. */
const DECAY_SECONDS = 0.7
const TONE_SECONDS = 4
const FULL = 32_767
/** No sample is louder, whatever the loudness that is wanted. */
const MOST_PEAK = 0.7

/** Plucked chords, slowly broken, of 32 s, whose end sounds on into the beginning. `chance` gives numbers from 0 to 1. */
export function holdMusic(rateHz: number, chance: () => number): Int16Array {
  const length = BARS * BEATS_A_BAR * BEAT_SECONDS * rateHz
  const sound = new Float64Array(length)
  for (let beat = 0; beat < BARS * BEATS_A_BAR; beat++) {
    const bar = Math.floor(beat / BEATS_A_BAR)
    const chord = CHORDS[bar % CHORDS.length] ?? CHORDS[0]
    const isFirst = beat % BEATS_A_BAR === 0
    // Each bar begins with its lowest tone; some beats are left out.
    if (!isFirst && chance() < 0.25) continue
    const tone = isFirst ? chord[0] : (chord[Math.floor(chance() * chord.length)] ?? 0)
    pluck(sound, rateHz, beat * BEAT_SECONDS * rateHz, ROOT_HZ * 2 ** (tone / 12), isFirst ? 1 : 0.5 + chance() / 4)
  }
  return Int16Array.from(sound, sample => sample * 6_000)
}

function pluck(sound: Float64Array, rateHz: number, from: number, hz: number, loud: number): void {
  for (let i = 0; i < TONE_SECONDS * rateHz; i++) {
    const at = i / rateHz
    const rise = Math.min(1, at / ATTACK_SECONDS)
    const end = Math.min(1, (TONE_SECONDS - at) / ATTACK_SECONDS)
    const level = loud * rise * end * Math.exp(-at / DECAY_SECONDS)
    const index = (from + i) % sound.length
    const tones = OVERTONES.reduce((sum, part, over) => sum + part * Math.sin(2 * Math.PI * hz * (over + 1) * at), 0)
    sound[index] = (sound[index] ?? 0) + level * tones
  }
}

/** The same sound as loud as this on the whole, or as loud as it can be without being clipped. Silence stays silent. */
export function levelled(pcm: Int16Array, db: number): Int16Array {
  const peak = pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
  if (peak === 0) return pcm
  const gain = Math.min(10 ** ((db - loudnessDb(pcm)) / 20), (MOST_PEAK * FULL) / peak)
  return pcm.map(sample => Math.round(sample * gain))
}
