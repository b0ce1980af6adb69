import type { TurnEndJudge } from '../judge.ts'
import { normalise } from '../normalise.ts'
import type { Chance } from './chance.ts'
import type { CorpusTurn, Part } from './corpora.ts'
import { type CutPlace, cutsOf, drawCuts, drawThinking } from './cuts.ts'
import type { Scores } from './measure.ts'
import { type ThinkingFamily, TRAINING_FAMILIES } from './thinking.ts'

/** A text to be judged, and what is known about it. */
export interface Probe {
  readonly corpus: string
  readonly asked: string
  readonly said: string
  readonly length: number
  readonly place: CutPlace | 'whole' | 'thinking'
  /**
   * A whole turn, or a cut that is certainly unfinished: inside a clause or at thinking words, and not a whole turn
   * elsewhere.
   */
  readonly clear: boolean
}

const THINKING_SHARE = 0.35

/** Each turn of one part, whole, and cut once where people pause; a third of the cuts end in thinking words. */
export function probesOf(
  turns: readonly CorpusTurn[],
  part: Part,
  chance: Chance,
  families: readonly ThinkingFamily[] = TRAINING_FAMILIES,
  thinkingShare: number = THINKING_SHARE,
): readonly Probe[] {
  const wholes = new Set(turns.map(turn => turn.plain))
  return turns
    .filter(turn => turn.part === part)
    .flatMap(({ corpus, asked, said, plain }): readonly Probe[] => {
      const whole: Probe = { corpus, asked, said, length: plain.split(' ').length, place: 'whole', clear: true }
      const cuts = drawCuts(cutsOf(said), 1, chance).map((cut): Probe => {
        const thinking = chance.draw() < thinkingShare
        const text = thinking ? `${cut.said} ${drawThinking(families, chance)}` : cut.said
        const words = normalise(text)
        const clear = (thinking || cut.place === 'inside a clause') && !wholes.has(words.join(' '))
        return { corpus, asked, said: text, length: words.length, place: thinking ? 'thinking' : cut.place, clear }
      })
      return [whole, ...cuts]
    })
}

/** The scores of the probes that `which` selects. */
export function scoresOf(judge: TurnEndJudge, probes: readonly Probe[], which: (probe: Probe) => boolean): Scores {
  const scoresAt = (place: (probe: Probe) => boolean): Float64Array =>
    Float64Array.from(
      probes.filter(probe => which(probe) && place(probe)),
      ({ said, asked }) => judge.judge(said, asked),
    )
  return { whole: scoresAt(({ place }) => place === 'whole'), cut: scoresAt(({ place }) => place !== 'whole') }
}
