import { resample } from '../../../src/audio/resample.ts'
import { LINE_RATE_HZ } from '../../../src/sandbox/caller/fixture.ts'
import { throughTheLine } from '../../../src/sandbox/caller/line-sound.ts'
import { mixed, type Noise, type NoiseParts, noise } from './noises.ts'

/** The detector of voices takes half a second to be sure of a line. */
const BEFORE_MS = 500
/** Longer than the pause that ends an utterance. */
const AFTER_MS = 1_200

/** What a caller has behind them. */
export interface Behind {
  readonly noise: Noise
  readonly snrDb: number
}

/**
 * Speech of any rate as a server gets it by telephone: 8 kHz mu-law at some -20 dBFS, with the line before and after it,
 * and with the noise going on all the time.
 */
export function byPhone(
  pcm: Int16Array,
  rateHz: number,
  parts: Omit<NoiseParts, 'rateHz'>,
  behind?: Behind,
): Int16Array {
  const speech = resample(pcm, rateHz, LINE_RATE_HZ)
  const line = new Int16Array(speech.length + ((BEFORE_MS + AFTER_MS) * LINE_RATE_HZ) / 1_000)
  line.set(speech, (BEFORE_MS * LINE_RATE_HZ) / 1_000)
  if (!behind) return throughTheLine(line, parts.random)
  const sound = noise(behind.noise, line.length, { ...parts, rateHz: LINE_RATE_HZ })
  return throughTheLine(mixed(line, sound, behind.snrDb), parts.random)
}
