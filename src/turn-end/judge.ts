import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { featuresOf, MOST_FEATURES } from './features.ts'
import { normalise } from './normalise.ts'
import { questionIn } from './question.ts'
import { decodeWeights, type Weights } from './weights-file.ts'

/** From this probability on a turn is taken for complete: more likely than not, on turns held out of training. */
export const COMPLETE_FROM = 0.5

/** The small model that judges whether a turn is complete. */
export interface TurnEndJudge {
  /** It was trained on English alone. */
  readonly language: 'en'
  /**
   * The probability (0 to 1) that the caller's turn is complete with these words. `said` is the turn so far, in any case
   * and punctuation; `asked` is what the agent said before it, if anything. Without words the result is 0.
   */
  judge(said: string, asked: string | undefined): number
}

const OWN_WEIGHTS = fileURLToPath(new URL('weights.bin', import.meta.url))

/** A judge with these weights. */
export function judgeWith(weights: Weights): TurnEndJudge {
  const features = new Uint32Array(MOST_FEATURES)
  return {
    language: 'en',
    judge(said, asked) {
      const words = normalise(said)
      if (words.length === 0) return 0
      const count = featuresOf(words, questionIn(asked), features)
      let sum = 0
      for (let index = 0; index < count; index++) sum += weights.values[features[index] ?? 0] ?? 0
      return 1 / (1 + Math.exp(-(weights.slope * (weights.bias + weights.scale * sum) + weights.shift)))
    },
  }
}

/** Reads the model. Throws an Error naming the file when it is missing, damaged, or of another version. */
export async function openTurnEndJudge(path: string = OWN_WEIGHTS): Promise<TurnEndJudge> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new Error(`${path}: no turn-end weights can be read; make them with npm run train:turns -- --data DIR`, {
      cause,
    })
  })
  return judgeWith(decodeWeights(bytes, path))
}
