/** How a mouth is open: how far (0 to 1), and how wide: 0 is round, as in "o", 1 is wide, as in "s". */
export interface Mouth {
  readonly open: number
  readonly wide: number
}

export const CLOSED: Mouth = { open: 0, wide: 0.6 }

/** Sound below is silence, and sound above opens the mouth as far as it goes: levels of the mean square, in dB of full scale. */
const SILENT_DB = -46
const LOUD_DB = -16
/** How much of its last place the mouth keeps: it opens faster than it closes. */
const KEPT_OPENING = 0.25
const KEPT_CLOSING = 0.5
const FULL_SCALE = 32_768
/** Of the energy, so much is in the differences of neighbours: in vowels as "o", and in hisses as "s". At 24 kHz. */
const ROUND_RATIO = 0.01
const HISS_RATIO = 0.35
/** Behind a hiss the teeth are nearly closed, however loud it is. */
const HISS_OPEN = 0.35

/** What the mouth does with this sound, coming from `before`. */
export function mouthFor(pcm: Int16Array, before: Mouth): Mouth {
  let energy = 0
  let change = 0
  let last = pcm[0] ?? 0
  for (const sample of pcm) {
    energy += sample * sample
    change += (sample - last) ** 2
    last = sample
  }
  if (energy === 0) return { open: before.open * KEPT_CLOSING, wide: before.wide }
  const levelDb = 10 * Math.log10(energy / pcm.length / FULL_SCALE ** 2)
  const loud = between(levelDb, SILENT_DB, LOUD_DB)
  const wide = between(Math.log(change / energy), Math.log(ROUND_RATIO), Math.log(HISS_RATIO))
  const open = loud * (1 - (1 - HISS_OPEN) * wide ** 3)
  const kept = open > before.open ? KEPT_OPENING : KEPT_CLOSING
  return {
    open: before.open * kept + open * (1 - kept),
    wide: loud === 0 ? before.wide : before.wide * KEPT_CLOSING + wide * (1 - KEPT_CLOSING),
  }
}

/** Where a value is between two: 0 at the first and below, 1 at the second and above. */
const between = (value: number, low: number, high: number): number =>
  Math.max(0, Math.min(1, (value - low) / (high - low)))
