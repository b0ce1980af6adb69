import { HASH_BITS } from '../features.ts'
import type { Weights } from '../weights-file.ts'
import type { Chance } from './chance.ts'

/** Packed examples: the features of example `n` are in `features` from `starts[n]` to `starts[n + 1]`. */
export interface Examples {
  readonly features: Uint32Array
  readonly starts: Uint32Array
  /** 1 for a complete turn, 0 for a cut one. */
  readonly labels: Uint8Array
  readonly importance: Float32Array
}

export interface Fitted {
  readonly bias: number
  readonly weights: Float32Array
}

const EPOCHS = 6
const RATE = 0.02
/** Weight decay, which keeps the weights of rare features small. */
const DECAY = 2e-6
const CALIBRATION_STEPS = 50
const SMALLEST_STEP = 1e-4
const LARGEST = 127

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z))

/** Logistic regression by AdaGrad, one example at a time in seeded order. */
export function learn(examples: Examples, chance: Chance): Fitted {
  const { features, starts, labels, importance } = examples
  const weights = new Float32Array(2 ** HASH_BITS)
  const squares = new Float32Array(2 ** HASH_BITS).fill(1)
  const order = Uint32Array.from(labels, (_, index) => index)
  let bias = 0
  let biasSquares = 1
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    chance.shuffle(order)
    for (const example of order) {
      const from = starts[example] ?? 0
      const to = starts[example + 1] ?? 0
      let z = bias
      for (let at = from; at < to; at++) z += weights[features[at] ?? 0] ?? 0
      const slope = (sigmoid(z) - (labels[example] ?? 0)) * (importance[example] ?? 0)
      biasSquares += slope * slope
      bias -= (RATE * slope) / Math.sqrt(biasSquares)
      for (let at = from; at < to; at++) {
        const feature = features[at] ?? 0
        const weight = weights[feature] ?? 0
        const step = slope + DECAY * weight
        const square = (squares[feature] ?? 0) + step * step
        squares[feature] = square
        weights[feature] = weight - (RATE * step) / Math.sqrt(square)
      }
    }
  }
  return { bias, weights }
}

/** Rounds each weight to one byte. The few largest are clipped, so that the others keep their differences. */
export function quantise({ bias, weights }: Fitted): Weights {
  const sizes = weights.map(Math.abs).toSorted()
  const scale = (sizes[Math.floor(sizes.length * 0.9999)] ?? 1) / LARGEST
  const values = Int8Array.from(weights, weight => Math.max(-LARGEST, Math.min(LARGEST, Math.round(weight / scale))))
  return { scale, bias, slope: 1, shift: 0, values }
}

function meanLogLoss(z: readonly number[], labels: readonly number[], slope: number, shift: number): number {
  let sum = 0
  for (const [index, value] of z.entries()) {
    const towards = labels[index] === 1 ? slope * value + shift : -slope * value - shift
    sum += towards > 0 ? Math.log1p(Math.exp(-towards)) : Math.log1p(Math.exp(towards)) - towards
  }
  return sum / z.length
}

/**
 * Platt scaling: fits slope and shift so that the probabilities are true on turns that were not trained on. Newton steps
 * are halved until they reduce the loss; full steps can diverge and turn the slope negative.
 */
export function calibrate(weights: Weights, scores: readonly number[], labels: readonly number[]): Weights {
  const z = scores.map(score => Math.log(score / (1 - score)))
  let { slope, shift } = weights
  let best = meanLogLoss(z, labels, slope, shift)
  for (let step = 0; step < CALIBRATION_STEPS; step++) {
    let [g1, g0, h11, h10, h00] = [0, 0, 1e-6, 0, 1e-6]
    for (const [index, value] of z.entries()) {
      const p = sigmoid(slope * value + shift)
      const miss = p - (labels[index] ?? 0)
      const h = p * (1 - p)
      g1 += miss * value
      g0 += miss
      h11 += h * value * value
      h10 += h * value
      h00 += h
    }
    const determinant = h11 * h00 - h10 * h10
    const [bySlope, byShift] = [(g1 * h00 - g0 * h10) / determinant, (g0 * h11 - g1 * h10) / determinant]
    let share = 1
    while (share > SMALLEST_STEP && meanLogLoss(z, labels, slope - share * bySlope, shift - share * byShift) >= best)
      share /= 2
    if (share <= SMALLEST_STEP) break
    slope -= share * bySlope
    shift -= share * byShift
    best = meanLogLoss(z, labels, slope, shift)
  }
  return { ...weights, slope, shift }
}
