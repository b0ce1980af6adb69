/** The part of the newest sound whose loudness counts. */
const NEWEST_MS = 10
/** Below this nobody is taken to speak, however quiet the room is: -46 dBFS. */
const LEAST_LEVEL = 0.005
/** A voice is so many times as loud as the room: 10 dB. */
const OVER_ROOM = 3.2
/** How fast the room may get louder: twice as loud in about seven seconds. */
const ROOM_GROWS_EACH_MS = 1.0001
/** The room is heard for so long before anything counts. */
const ROOM_FIRST_MS = 60
/** A vowel: so long and with a pitch. */
const PITCHED_MS = 25
/** A beginning without a pitch, such as "st": longer than a key that is struck, or a click. */
const LOUD_MS = 90
/** Between two looks that belong together. */
const MOST_STEP_MS = 40
/** After so long a silence it may be found again. */
const QUIET_MS = 300

const PITCH_RATE_HZ = 8_000
const HIGHEST_HZ = 400
const LOWEST_HZ = 70
/** How alike (0 to 1) a voice is to itself one period later. */
const ALIKE = 0.6

/**
 * Finds where somebody begins to speak, in a few hundredths of a second: quickly rather than surely, since the server's
 * detector judges it by the same sound a little later.
 */
export class VoiceOnset {
  #room = 1
  #sinceMs: number | undefined
  #lastMs = 0
  #loudMs = 0
  #pitchedMs = 0
  #quietMs = 0
  #isFound = false

  /** `window`: the newest sound, 40 ms or more of it, looked at every 10 ms or so. True where a voice has just begun. */
  take(window: Float32Array, rateHz: number, nowMs: number): boolean {
    // Nobody looked for a while: who speaks now has begun anew.
    if (nowMs - this.#lastMs > QUIET_MS) this.#isFound = false
    const stepMs = Math.min(nowMs - this.#lastMs, MOST_STEP_MS)
    this.#lastMs = nowMs
    this.#sinceMs ??= nowMs
    const level = levelOf(window.subarray(-Math.round((rateHz * NEWEST_MS) / 1_000)))
    this.#room = Math.min(level, this.#room * ROOM_GROWS_EACH_MS ** stepMs)
    if (nowMs - this.#sinceMs < ROOM_FIRST_MS) return false
    if (level < Math.max(LEAST_LEVEL, OVER_ROOM * this.#room)) {
      this.#loudMs = 0
      this.#pitchedMs = 0
      this.#quietMs += stepMs
      if (this.#quietMs >= QUIET_MS) this.#isFound = false
      return false
    }
    this.#quietMs = 0
    if (this.#isFound) return false
    this.#loudMs += stepMs
    if (isPitched(window, rateHz)) this.#pitchedMs += stepMs
    this.#isFound = this.#pitchedMs >= PITCHED_MS || this.#loudMs >= LOUD_MS
    return this.#isFound
  }
}

function levelOf(sound: Float32Array): number {
  let sum = 0
  for (const sample of sound) sum += sample * sample
  return Math.sqrt(sum / Math.max(1, sound.length))
}

/** Whether the sound repeats itself as often as a voice does. */
function isPitched(window: Float32Array, rateHz: number): boolean {
  const each = Math.max(1, Math.floor(rateHz / PITCH_RATE_HZ))
  const rough = new Float32Array(Math.floor(window.length / each))
  let mean = 0
  for (let i = 0; i < rough.length; i++) {
    let sum = 0
    for (let j = 0; j < each; j++) sum += window[i * each + j] ?? 0
    rough[i] = sum / each
    mean += sum / each / rough.length
  }
  for (let i = 0; i < rough.length; i++) rough[i] = (rough[i] ?? 0) - mean
  const roughHz = rateHz / each
  const [shortest, longest] = [Math.floor(roughHz / HIGHEST_HZ), Math.ceil(roughHz / LOWEST_HZ)]
  for (let lag = shortest; lag <= longest && lag < rough.length / 2; lag++) {
    let [product, first, second] = [0, 0, 0]
    for (let i = lag; i < rough.length; i++) {
      const [a, b] = [rough[i] ?? 0, rough[i - lag] ?? 0]
      product += a * b
      first += a * a
      second += b * b
    }
    if (product > ALIKE * Math.sqrt(first * second)) return true
  }
  return false
}
