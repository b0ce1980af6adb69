import { allFinal, isAnswered, unanswered } from './answered.ts'
import { isEchoOf, isShredsOf } from './overlap.ts'
import type { Turn, TurnEvent } from './turn.ts'

type WordsEvent = Extract<TurnEvent, { kind: 'words' }>

/** On a line that echoes, the agent's words may be transcribed so long after they were heard; their last form comes later. */
const LATE_ECHO_MS = 800
const LATE_FINAL_ECHO_MS = 1_300

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
  const isEcho = isEchoOf(event.text, spoken.text) || isShredsOf(event.text, spoken.text)
  const lateMs = event.final ? LATE_FINAL_ECHO_MS : LATE_ECHO_MS
  if (echoes && isEcho && event.atMs <= spoken.atMs + lateMs) return undefined
  // While replying, the reply itself holds the words that it answers.
  if (!answered || turn.kind === 'replying') return { turn, event }
  const isAgain = turn.kind === 'listening' && isAnswered(event.text, answered, event.atMs)
  const text = isAgain ? '' : unanswered(event.text, answered, event.atMs)
  const noted = event.final ? { ...context, answered: allFinal(answered) } : context
  return {
    turn: { ...turn, context: noted },
    event: text === event.text ? event : { ...event, text, speakers: undefined },
  }
}
