import { allFinal, isAnswered, unanswered } from './answered.ts'
import { isEchoOf } from './overlap.ts'
import type { Turn, TurnEvent } from './turn.ts'

type WordsEvent = Extract<TurnEvent, { kind: 'words' }>

/** On a line that echoes, the agent's words may be transcribed so long after they were heard. */
const LATE_ECHO_MS = 800

/**
 * The event with the caller's new words only, without late words of an answered turn, and the turn that knows which
 * words may still be late. Undefined if the words are an echo of the agent's.
 */
export function nextWords(
  turn: Turn,
  event: WordsEvent,
): { readonly turn: Turn; readonly event: WordsEvent } | undefined {
  const { context } = turn
  const { answered, echoes, spoken } = context
  if (echoes && event.atMs <= spoken.atMs + LATE_ECHO_MS && isEchoOf(event.text, spoken.text)) return undefined
  // While replying, the reply itself holds the words that it answers.
  if (!answered || turn.kind === 'replying') return { turn, event }
  const isAgain = turn.kind === 'listening' && isAnswered(event.text, answered, event.atMs)
  const text = isAgain ? '' : unanswered(event.text, answered, event.atMs)
  const noted = event.final ? { ...context, answered: allFinal(answered) } : context
  return { turn: { ...turn, context: noted }, event: { ...event, text } }
}
