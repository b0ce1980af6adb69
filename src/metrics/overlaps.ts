import type { Language } from '../conversation/language.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { isOwn, judgeOverlap } from '../conversation/turn/overlap.ts'
import type { Turn, TurnOf } from '../conversation/turn/turn.ts'
import { type Utterance, withWords, wordsOf } from '../conversation/turn/utterance.ts'
import { isUninterruptible } from '../conversation/turn/voice-level.ts'
import type { Verdict } from './label-values.ts'
import type { Observation } from './table.ts'

/** The caller is over the agent's voice. The journal has such a turn when its works change, and all that comes in. */
interface Over {
  readonly turn: TurnOf<'yielding'>
  readonly utterance: Utterance
  readonly isEcho: boolean
  readonly isKeyed: boolean
}

/** What each sound over the agent's voice was judged to be, told when it is settled. */
export function overlaps(language: Language): (line: JournalLine) => readonly Observation[] {
  let over: Over | undefined
  /** What the caller has heard of each part of the reply that is said now. */
  let heard: { readonly reply: number; readonly text: string } = { reply: 0, text: '' }

  function verdict({ turn, utterance, isEcho, isKeyed }: Over, after: Turn): Verdict {
    if (after.kind === 'ended') return 'ended'
    if (isUninterruptible(turn.reply)) return 'uninterruptible'
    if (isKeyed) return 'keys'
    const hasTurn = after.kind === 'hearing' || after.kind === 'settling'
    const words = wordsOf(hasTurn ? after.utterance : utterance)
    if (hasTurn) return words === '' ? 'wordless' : 'interruption'
    const heardOfIt = heard.reply === turn.reply.id ? heard.text : turn.reply.heard
    const judged = judgeOverlap(words, heardOfIt, language)
    if (judged === 'back-channel' || judged === 'echo') return judged
    return isEcho || after.context.echoes ? 'echo' : 'noise'
  }

  return line => {
    if ('started' in line) over = undefined
    if ('input' in line) {
      const { input } = line
      if (input.kind === 'heard') heard = { reply: input.reply, text: input.text }
      if (over === undefined) return []
      if (input.kind === 'words') over = { ...over, utterance: withWords(over.utterance, input) }
      if (input.kind === 'digit') over = { ...over, isKeyed: true }
      if (input.kind === 'wait-over' && isOwn(input.own)) over = { ...over, isEcho: true }
      return []
    }
    if (!('decided' in line) || line.decided.kind !== 'turn') return []
    const { turn } = line.decided
    const before = over
    if (turn.kind === 'yielding') {
      over = { isEcho: false, isKeyed: false, ...before, turn, utterance: turn.utterance }
      return []
    }
    over = undefined
    return before ? [{ metric: 'overlaps_total', labels: { judged: verdict(before, turn) }, value: 1 }] : []
  }
}
