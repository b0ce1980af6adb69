import { hearing, listening } from './enter.ts'
import { withRelayed } from './relayed.ts'
import type { Rules, Turn, TurnContext, TurnEvent } from './turn.ts'
import { emptyUtterance, isEmpty } from './utterance.ts'

type GoingOn = Exclude<Turn, { kind: 'ended' }>

/** A sound without words does not keep what the other person has said for longer: it is said over a noise. */
const WORDLESS_MS = 2_500

/** Somebody joined beside the caller. The caller is told as soon as neither of both has the word. */
export function joined(turn: GoingOn, atMs: number, rules: Rules): Turn {
  const context = { ...turn.context, joined: true }
  return turn.kind === 'listening'
    ? listening(context, atMs, rules, turn.prompted, turn.idle.dueMs)
    : { ...turn, context }
}

/** The other person of an interpreted line has said something. It is said as soon as neither has the word. */
export function relayed(
  turn: GoingOn,
  { text, as, atMs }: Extract<TurnEvent, { kind: 'relayed' }>,
  rules: Rules,
): Turn {
  const context = withRelayed(turn.context, { text, as })
  if (turn.kind === 'listening') return listening(context, atMs, rules, turn.prompted, turn.idle.dueMs)
  return turn.kind === 'hearing' && isEmpty(turn.utterance)
    ? heardOver(context, turn.utterance.firstVoicedMs, atMs)
    : { ...turn, context }
}

/** A sound of the caller, while something waits that the other person has said. */
export const heardOver = (context: TurnContext, firstVoicedMs: number, atMs: number): Turn =>
  hearing(context, emptyUtterance(firstVoicedMs), undefined, atMs, Math.max(atMs, firstVoicedMs + WORDLESS_MS))
