import { allFinal, isAnswered, unanswered } from './answered.ts'
import { isEchoOf } from './overlap.ts'
import type { Turn, TurnEvent } from './turn.ts'

type WordsEvent = Extract<TurnEvent, { kind: 'words' }>

/** Where the line echoes, the agent's words may be transcribed so long after they were heard. */
const LATE_ECHO_MS = 800

/**
 * The words that are the caller's next, and the turn that has taken note of those that are not: late words of a turn that
 * has been answered. Undefined where they are the agent's own, come back.
 */
export function nextWords(
  turn: Turn,
  event: WordsEvent,
): { readonly turn: Turn; readonly event: WordsEvent } | undefined {
  const { context } = turn
  const { answered, echoes, spoken } = context
  if (echoes && event.atMs <= spoken.atMs + LATE_ECHO_MS && isEchoOf(event.text, spoken.text)) return undefined
  // A reply knows what it answers.
  if (!answered || turn.kind === 'replying') return { turn, event }
  const isAgain = turn.kind === 'listening' && isAnswered(event.text, answered, event.atMs)
  const text = isAgain ? '' : unanswered(event.text, answered, event.atMs)
  const noted = event.final ? { ...context, answered: allFinal(answered) } : context
  return { turn: { ...turn, context: noted }, event: { ...event, text } }
}
