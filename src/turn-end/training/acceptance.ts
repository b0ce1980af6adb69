import { COMPLETE_FROM, type TurnEndJudge } from '../judge.ts'
import { chanceFrom } from './chance.ts'
import type { CorpusTurn } from './corpora.ts'
import { type Probe, probesOf, scoresOf } from './held-out.ts'
import { auc, type Scores, shareAbove, thresholdFor } from './measure.ts'
import { HELD_OUT_FAMILIES, type ThinkingFamily } from './thinking.ts'

/** A measured figure of a model. `least` and `most` are the requirements, if any. */
export interface Figure {
  readonly measure: string
  readonly reached: number
  readonly least?: number
  readonly most?: number
}

export interface Thresholds {
  /** Four of five whole turns of the development part score this high, or higher. */
  readonly t80: number
  readonly t90: number
}

/** The seed of all held-out cuts, so that training and bench use the same ones. */
const SEED = 7
const SHORT = 3
const isClear = (probe: Probe): boolean => probe.clear

export const passes = ({ reached, least, most }: Figure): boolean =>
  reached >= (least ?? Number.NEGATIVE_INFINITY) && reached <= (most ?? Number.POSITIVE_INFINITY)

/** A line of the table: what was measured, what is required, and whether it is reached. */
export function lineOf(figure: Figure): string {
  const { measure, reached, least, most } = figure
  const required = least === undefined ? (most === undefined ? '' : `<= ${most}`) : `>= ${least}`
  const verdict = required === '' ? '' : passes(figure) ? 'pass' : 'FAIL'
  return `${measure.padEnd(78)} ${reached.toFixed(3).padStart(8)}  ${required.padEnd(9)} ${verdict}`.trimEnd()
}

/** Thresholds are chosen on the development part, never on what is tested. */
export function thresholdsOf(judge: TurnEndJudge, turns: readonly CorpusTurn[]): Thresholds {
  const { whole } = scoresOf(judge, probesOf(turns, 'development', chanceFrom(SEED)), isClear)
  return { t80: thresholdFor(whole, 0.8), t90: thresholdFor(whole, 0.9) }
}

/**
 * The scores of all held-out turns, whole, and cut once where people pause, including at the end of a clause or sentence.
 */
export const heldOutScores = (judge: TurnEndJudge, turns: readonly CorpusTurn[]): Scores =>
  scoresOf(judge, probesOf(turns, 'held out', chanceFrom(SEED + 1)), () => true)

/** The share of held-out cuts, each followed by thinking words of this family, that are taken for complete. */
export function thinkingTaken(
  judge: TurnEndJudge,
  turns: readonly CorpusTurn[],
  family: ThinkingFamily,
  threshold: number,
): number {
  const probes = probesOf(turns, 'held out', chanceFrom(SEED + 2), [family], 1)
  return shareAbove(scoresOf(judge, probes, isClear).cut, threshold)
}

/** The AUC on one corpus, for a model trained without it. */
export const aucOn = (judge: TurnEndJudge, turns: readonly CorpusTurn[], corpus: string): number =>
  auc(
    scoresOf(judge, probesOf(turns, 'held out', chanceFrom(SEED + 1)), probe => probe.clear && probe.corpus === corpus),
  )

/** The figures of a trained model on the held-out part of the corpora. */
export function figuresOf(judge: TurnEndJudge, turns: readonly CorpusTurn[]): readonly Figure[] {
  const { t80, t90 } = thresholdsOf(judge, turns)
  const probes = probesOf(turns, 'held out', chanceFrom(SEED + 1))
  const clear = scoresOf(judge, probes, isClear)
  const withoutThinking = scoresOf(judge, probes, probe => probe.clear && probe.place !== 'thinking')
  const hardest = scoresOf(
    judge,
    probes,
    probe =>
      probe.place === 'whole' || probe.place === 'before a conjunction' || (probe.clear && probe.place !== 'thinking'),
  )
  const short = scoresOf(judge, probes, ({ clear, asked, length }) => clear && asked !== '' && length <= SHORT)
  const thinking = HELD_OUT_FAMILIES.map(family => ({ family, taken: thinkingTaken(judge, turns, family, t80) }))
  return [
    {
      measure: `AUC, ${clear.whole.length} whole turns against ${clear.cut.length} clear cuts`,
      reached: auc(clear),
      least: 0.975,
    },
    { measure: '  the same, cuts without any thinking words', reached: auc(withoutThinking) },
    { measure: '  the same, and cuts before conjunctions (clauses that are whole) as well', reached: auc(hardest) },
    {
      measure: `F on clear cuts at T = .80 (p >= ${t80.toFixed(3)})`,
      reached: shareAbove(clear.cut, t80),
      most: 0.035,
    },
    { measure: '  without thinking words', reached: shareAbove(withoutThinking.cut, t80) },
    { measure: '  T there, held out', reached: shareAbove(clear.whole, t80) },
    { measure: `F on clear cuts at T = .90 (p >= ${t90.toFixed(3)})`, reached: shareAbove(clear.cut, t90), most: 0.06 },
    { measure: '  without thinking words', reached: shareAbove(withoutThinking.cut, t90) },
    { measure: '  T there, held out', reached: shareAbove(clear.whole, t90) },
    {
      measure: `T on ${short.whole.length} answers of three words or fewer, at T = .80`,
      reached: shareAbove(short.whole, t80),
      least: 0.87,
    },
    {
      measure: `F on ${short.cut.length} clear cuts of three words or fewer after a question`,
      reached: shareAbove(short.cut, t80),
      most: 0.03,
    },
    { measure: `T at p >= ${COMPLETE_FROM}, held out`, reached: shareAbove(clear.whole, COMPLETE_FROM) },
    { measure: `F on clear cuts at p >= ${COMPLETE_FROM}`, reached: shareAbove(clear.cut, COMPLETE_FROM) },
    ...thinking.map(({ family, taken }) => ({
      measure: `F on cuts that end in thinking words left out of training: "${family.name}"`,
      reached: taken,
      most: 0.1,
    })),
  ]
}

/** The figures on the phone sentences. `threshold` is the one that is used in calls. */
export function phoneFigures(
  judge: TurnEndJudge,
  sentences: readonly { readonly asked: string; readonly said: string; readonly complete: boolean }[],
  threshold: number,
): readonly Figure[] {
  const scores = (complete: boolean): Float64Array =>
    Float64Array.from(
      sentences.filter(sentence => sentence.complete === complete),
      ({ said, asked }) => judge.judge(said, asked),
    )
  const [whole, cut] = [scores(true), scores(false)]
  const at = `at p >= ${threshold.toFixed(3)}`
  return [
    {
      measure: `phone sentences: T on ${whole.length} whole ones, ${at}`,
      reached: shareAbove(whole, threshold),
      least: 0.7,
    },
    { measure: `phone sentences: F on ${cut.length} cut ones, ${at}`, reached: shareAbove(cut, threshold), most: 0.1 },
    { measure: 'phone sentences: AUC', reached: auc({ whole, cut }) },
  ]
}
