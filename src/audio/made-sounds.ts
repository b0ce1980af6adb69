import { loudnessDb } from './loudness.ts'

/** Long enough that nobody hears it begin again. */
const SECONDS = 12
/** The end fades into the beginning. */
const SEAM_SECONDS = 0.5
/** Below what counts as a voice, above the noise of a line. */
const OFFICE_DB = -50
const LOW_PASS_HZ = 450
const HUM_HZ = 100
/** How fast the room gets louder and quieter. */
const STIR_HZ = 0.7

const CLICK_PEAK = 1_200
const CLICK_MS = 14
const KEYS_APART_MS = 95
const MOST_KEYS_IN_A_ROW = 9
const PAUSE_MS = 700

/** A room where people work: noise without high tones that stirs a little, and a hum. `chance` gives numbers from 0 to 1. */
export function officeHum(rateHz: number, chance: () => number): Int16Array {
  const [samples, seam] = [SECONDS * rateHz, SEAM_SECONDS * rateHz]
  const pole = Math.exp((-2 * Math.PI * LOW_PASS_HZ) / rateHz)
  const stirPole = Math.exp((-2 * Math.PI * STIR_HZ) / rateHz)
  const sound = new Float64Array(samples + seam)
  let [first, second, stir] = [0, 0, 0]
  for (let i = 0; i < sound.length; i++) {
    first = pole * first + (1 - pole) * (2 * chance() - 1)
    second = pole * second + (1 - pole) * first
    stir = stirPole * stir + (1 - stirPole) * (2 * chance() - 1)
    const hum = 0.004 * Math.sin((2 * Math.PI * HUM_HZ * i) / rateHz)
    sound[i] = second * (1 + 8 * Math.abs(stir)) + hum
  }
  const whole = Float64Array.from({ length: samples }, (_, i) => {
    const weight = Math.min(1, i / seam)
    // The powers of two noises add up to the same at each place of the seam.
    return Math.sqrt(weight) * (sound[i] ?? 0) + Math.sqrt(1 - weight) * (i < seam ? (sound[samples + i] ?? 0) : 0)
  })
  const raw = Int16Array.from(whole, sample => sample * 20_000)
  const gain = 10 ** ((OFFICE_DB - loudnessDb(raw)) / 20)
  return Int16Array.from(whole, sample => Math.round(sample * 20_000 * gain))
}

/** Somebody types: clicks in rows, with pauses. `chance` gives numbers from 0 to 1. */
export function keyClicks(rateHz: number, chance: () => number): Int16Array {
  const sound = new Int16Array(SECONDS * rateHz)
  const samplesOf = (ms: number): number => Math.round((ms * rateHz) / 1_000)
  const click = samplesOf(CLICK_MS)
  let at = samplesOf(40)
  while (at + click < sound.length) {
    for (let key = Math.ceil(chance() * MOST_KEYS_IN_A_ROW); key > 0 && at + click < sound.length; key--) {
      const loud = CLICK_PEAK * (0.5 + chance() / 2)
      for (let i = 0; i < click; i++) sound[at + i] = Math.round(loud * (2 * chance() - 1) * Math.exp((-5 * i) / click))
      at += samplesOf(KEYS_APART_MS * (0.7 + chance()))
    }
    at += samplesOf(PAUSE_MS * chance())
  }
  return sound
}
