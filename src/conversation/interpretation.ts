import type { Entry } from './history.ts'
import type { Message } from './ports.ts'

/** Enough to tell who "she" is and what "it" is. */
const BEFORE_SAID = 4
const BEFORE_LETTERS = 300

/**
 * What the model is told to interpret: JSON, in which `translate` is what the other person has said in their language, and
 * `before` what was said last on this line, in the line's own. Both are data: no word in them is told to the model.
 */
export function toTranslate(text: string, history: readonly Entry[]): Message {
  const said = history.flatMap(({ message }) =>
    message.role === 'tool' || message.text === '' ? [] : message.text.slice(-BEFORE_LETTERS).toWellFormed(),
  )
  return { role: 'caller', text: JSON.stringify({ before: said.slice(-BEFORE_SAID), translate: text }) }
}
