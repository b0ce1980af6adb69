import { parseArgs } from 'node:util'
import { systemClock as clock } from '../../src/clock.ts'
import type { PatienceWindow } from '../../src/conversation/turn/patience.ts'
import { COMPLETE_FROM, openTurnEndJudge, type TurnEndJudge } from '../../src/turn-end/judge.ts'
import { figuresOf, heldOutScores, lineOf, passes, phoneFigures } from '../../src/turn-end/training/acceptance.ts'
import { readCorpora } from '../../src/turn-end/training/corpora.ts'
import { auc, shareAbove } from '../../src/turn-end/training/measure.ts'
import { showAudio, WINDOWS } from './audio/audio-figures.ts'
import { makeOwnTurns, type OwnTurn } from './own-turns.ts'
import { pausesLongerThan } from './pauses.ts'
import { phoneSentences } from './phone-sentences.ts'

const USAGE = `npm run bench:turns -- [--data DIR] [--no-audio]
Judges phone turns that were never used in training, and compares cut-offs and dead air with those of plain silence:
by the words alone, and (about 20 s) with the same turns as audio through the voice activity detector.
--data adds the held-out part of the training corpora; --no-audio skips the audio.`
const THRESHOLDS = [0.05, 0.12, 0.15, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
const SILENCES_MS = [300, 400, 500, 600, 800, 1_000, 1_500, 2_000]
/** As in src/conversation/turn/patience.ts. */
const UNLIKELY_BELOW = 0.12
/** After this time callers think that nobody is there. */
const LATE_MS = 1_200
const REPEATS = 20_000
const MOST_JUDGEMENT_MS = 0.1

interface Scores {
  readonly whole: Float64Array
  readonly cut: Float64Array
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(8)
const ms = (time: number): string => `${time.toFixed(0)} ms`.padStart(9)
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function scoresOf(judge: TurnEndJudge, turns: readonly OwnTurn[]): Scores {
  return {
    whole: Float64Array.from(turns, ({ whole, asked }) => judge.judge(whole, asked)),
    cut: Float64Array.from(turns.flatMap(({ cuts, asked }) => cuts.map(cut => judge.judge(cut, asked)))),
  }
}

/** One row; its last column is the share that plain silence with the same dead air cuts off. */
function row(name: string, { whole, cut }: Scores, waitFor: (score: number) => number): string {
  const waits = Array.from(whole, waitFor)
  const cutOff = mean(Array.from(cut, score => pausesLongerThan(waitFor(score))))
  const deadAirMs = mean(waits)
  const late = waits.filter(wait => wait > LATE_MS).length / waits.length
  return `${name.padEnd(34)} ${percent(cutOff)} ${ms(deadAirMs)} ${percent(late)} ${percent(pausesLongerThan(deadAirMs))}`
}

function showCurve(of: string, scores: Scores, name: string, window: PatienceWindow): void {
  const { shortMs, middleMs, longMs } = window
  say(`\n${of}, ${name}: ${shortMs} ms when complete, else ${longMs} ms`)
  say(`${''.padEnd(34)} cut off  dead air  > 1.2 s  plain silence of that dead air cuts off`)
  for (const threshold of THRESHOLDS) {
    say(row(`complete from p = ${threshold}`, scores, score => (score >= threshold ? shortMs : longMs)))
  }
  const graded = (score: number): number =>
    score >= COMPLETE_FROM ? shortMs : score < UNLIKELY_BELOW ? longMs : middleMs
  say(row(`${COMPLETE_FROM}, long below ${UNLIKELY_BELOW}, else ${middleMs} ms`, scores, graded))
}

function showSilence(): void {
  say('\nplain silence (pauses log-normal, median 333 ms, sigma 0.75)')
  for (const silenceMs of SILENCES_MS) say(`${ms(silenceMs)} ${percent(pausesLongerThan(silenceMs))} cut off`)
}

/** The 99th percentile of the time of one judgement (ms), after warming up. */
function slowJudgementMs(judge: TurnEndJudge, turns: readonly OwnTurn[]): number {
  const times = Array.from({ length: REPEATS }, (_, index) => {
    const turn = turns[index % turns.length]
    const startedMs = clock.now()
    judge.judge(turn?.whole ?? '', turn?.asked)
    return clock.now() - startedMs
  })
  const warm = times.slice(REPEATS / 4).sort((one, other) => one - other)
  return warm[Math.floor(0.99 * warm.length)] ?? Number.NaN
}

const phoneScores = (judge: TurnEndJudge): Scores => {
  const scores = (complete: boolean): Float64Array =>
    Float64Array.from(
      phoneSentences.filter(sentence => sentence.complete === complete),
      ({ said, asked }) => judge.judge(said, asked),
    )
  return { whole: scores(true), cut: scores(false) }
}

async function bench(data: string | undefined, audio: boolean): Promise<boolean> {
  const judge = await openTurnEndJudge()
  const turns = makeOwnTurns()
  const corpora = data === undefined ? undefined : await readCorpora(data)
  const scores = scoresOf(judge, turns)
  const figures = [
    { measure: `own turns: AUC, ${scores.whole.length} whole against ${scores.cut.length} cuts`, reached: auc(scores) },
    { measure: `own turns: T at p >= ${COMPLETE_FROM}`, reached: shareAbove(scores.whole, COMPLETE_FROM) },
    { measure: `own turns: F at p >= ${COMPLETE_FROM}`, reached: shareAbove(scores.cut, COMPLETE_FROM) },
    ...phoneFigures(judge, phoneSentences, COMPLETE_FROM),
    { measure: 'one judgement, p99 (ms)', reached: slowJudgementMs(judge, turns), most: MOST_JUDGEMENT_MS },
    ...(corpora === undefined ? [] : figuresOf(judge, corpora)),
  ]
  for (const figure of figures) say(lineOf(figure))
  const curves: readonly (readonly [string, Scores])[] = [
    ['own turns', scores],
    ['phone sentences', phoneScores(judge)],
    ...(corpora === undefined ? [] : [['held-out corpora, all cuts', heldOutScores(judge, corpora)] as const]),
  ]
  for (const [of, judgements] of curves)
    for (const [name, window] of Object.entries(WINDOWS)) showCurve(of, judgements, name, window)
  showSilence()
  const audioFigures = audio ? await showAudio(judge, new AbortController().signal) : []
  for (const figure of audioFigures) say(lineOf(figure))
  return [...figures, ...audioFigures].every(passes)
}

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    audio: { type: 'boolean', default: true },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
})
if (values.help) say(USAGE)
else if (!(await bench(values.data, values.audio))) process.exitCode = 1
