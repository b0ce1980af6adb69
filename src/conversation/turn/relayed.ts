import type { Reply, TurnContext } from './turn.ts'
import { bareText, emptyUtterance, type Utterance } from './utterance.ts'

/**
 * What is to be said on a line that is interpreted: what the other person has said, as they said it, or words of the
 * agent's own. A farewell ends the call.
 */
export interface Relayed {
  readonly text: string
  readonly as: 'translation' | 'words' | 'farewell'
}

/**
 * A turn of the caller, or a part of a long one, that is given to the other person. Where the policy `interprets`, none is a
 * question to the agent.
 */
export interface PassedOn {
  readonly id: number
  readonly text: string
}

/** What stays from turn to turn on a line that is interpreted. */
export interface InterpretedLine {
  /** What waits until neither has the word. */
  readonly relayed?: readonly Relayed[]
  /** What was passed on last. */
  readonly passedOn?: PassedOn
}

/** More does not wait: of a person who talks on and on the oldest words are left out. */
const MOST_WAITING = 20
/** What waits is said together, up to so many letters: the model is asked once, and nothing piles up. */
const TOGETHER_LETTERS = 600

/** Somebody who talks on and on is passed on by whole sentences of so many letters in all, or by so many letters of any. */
const PIECE_LETTERS = 80
const LONG_PIECE_LETTERS = 240

/** The context in which the caller's turn was given to the other person. */
export function passingOn(context: TurnContext, text: string): TurnContext {
  const id = context.ids + 1
  return { ...context, ids: id, passedOn: { id, text } }
}

/** The context with what the other person has said, or with words of the agent's own, which are said when it is their turn. */
export const withRelayed = (context: TurnContext, relayed: Relayed): TurnContext => ({
  ...context,
  relayed: [...(context.relayed ?? []), relayed].slice(-MOST_WAITING),
})

/** The context in which a reply of which nothing was heard is said again before all else. */
export const keptBack = (context: TurnContext, content: Reply['content']): TurnContext =>
  content.kind === 'relay'
    ? { ...context, relayed: [{ text: content.text, as: 'translation' }, ...(context.relayed ?? [])] }
    : context

/** What is said next, and the context without it; undefined where nothing waits. */
export function nextRelayed({ relayed = [], ...context }: TurnContext):
  | {
      readonly context: TurnContext
      readonly content: Extract<Reply['content'], { kind: 'relay' | 'repeat' }>
      readonly afterwards: 'listen' | 'hang-up'
    }
  | undefined {
  const [first, ...others] = relayed
  if (!first) return undefined
  let text = first.text
  while (first.as === 'translation' && others[0]?.as === 'translation') {
    const together = `${text} ${others[0].text}`
    if (together.length > TOGETHER_LETTERS) break
    text = together
    others.shift()
  }
  return {
    context: { ...context, ...(others.length > 0 && { relayed: others }) },
    content: first.as === 'translation' ? { kind: 'relay', text } : { kind: 'repeat', text },
    afterwards: first.as === 'farewell' ? 'hang-up' : 'listen',
  }
}

/**
 * What of the words of somebody who still speaks can be passed on already, and the utterance without it; undefined while
 * they may be half a thought.
 */
export function pieceOf(
  { finalWords, interimWords }: Utterance,
  atMs: number,
): { readonly text: string; readonly rest: Utterance } | undefined {
  if (bareText(interimWords) !== '' || finalWords.length < PIECE_LETTERS) return undefined
  const isWhole = /[.!?…]["')\]»”]*$/u.test(finalWords)
  if (!isWhole && finalWords.length < LONG_PIECE_LETTERS) return undefined
  return { text: finalWords, rest: emptyUtterance(atMs) }
}
