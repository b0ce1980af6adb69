import { afterFinal, isAnswered, unanswered } from './answered.ts'
import { withoutOwnWords } from './own-words.ts'
import type { Turn, TurnEvent } from './turn.ts'

type WordsEvent = Extract<TurnEvent, { kind: 'words' }>

/**
 * The event with the caller's new words only, without late words of an answered turn, and the turn that knows which
 * words may still be late, and which are the agent's own.
 */
export function nextWords(before: Turn, told: WordsEvent): { readonly turn: Turn; readonly event: WordsEvent } {
  const { context, event } = withoutOwnWords(before.context, told)
  const turn = { ...before, context }
  const { answered } = context
  // While replying, the reply itself holds the words that it answers.
  if (!answered || turn.kind === 'replying') return { turn, event }
  const isAgain = turn.kind === 'listening' && isAnswered(event.text, answered, event.atMs)
  const text = isAgain ? '' : unanswered(event.text, answered, event.atMs)
  const noted = event.final ? { ...context, answered: afterFinal(answered, event.text) } : context
  return {
    turn: { ...turn, context: noted },
    event: text === event.text ? event : { ...event, text, speakers: undefined },
  }
}
