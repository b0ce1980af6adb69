import { judgeWith } from '../judge.ts'
import type { Weights } from '../weights-file.ts'
import { chanceFrom } from './chance.ts'
import type { CorpusTurn } from './corpora.ts'
import { examplesFrom } from './examples.ts'
import { calibrate, learn, quantise } from './fit.ts'
import { probesOf } from './held-out.ts'
import type { ThinkingFamily } from './thinking.ts'

/** Keeps the logarithm of a certain judgement finite. */
const SUREST = 1e-12

/**
 * Learns from the training part of these turns and calibrates on the development part. Cuts at the end of a sentence are
 * left out of calibration, because an answer there does no harm. The same turns, families and seed give the same weights.
 */
export function trainModel(turns: readonly CorpusTurn[], families: readonly ThinkingFamily[], seed: number): Weights {
  const raw = quantise(learn(examplesFrom(turns, families, seed), chanceFrom(seed + 1)))
  const judge = judgeWith(raw)
  const probes = probesOf(turns, 'development', chanceFrom(seed + 2), families).filter(
    ({ place }) => place !== 'sentence end',
  )
  const scores = probes.map(({ said, asked }) => Math.min(1 - SUREST, Math.max(SUREST, judge.judge(said, asked))))
  return calibrate(
    raw,
    scores,
    probes.map(({ place }) => (place === 'whole' ? 1 : 0)),
  )
}
