import { talkedOverUnannounced, whileYielding } from './barge-in.ts'
import { confirmed } from './enter.ts'
import { keptBack } from './relayed.ts'
import type { Rules, Turn, TurnEvent } from './turn.ts'
import { emptyUtterance, settled, type Utterance, withWords, wordedText } from './utterance.ts'
import { isLast, isUninterruptible } from './voice-level.ts'

/** What is typed is a whole turn: with the words that were being said it is answered at once. */
export function typed(
  turn: Exclude<Turn, { kind: 'ended' }>,
  { text, atMs }: Extract<TurnEvent, { kind: 'typed' }>,
  rules: Rules,
): Turn {
  if (wordedText(text) === '') return turn
  const words = { kind: 'words', text, final: true, ended: true, atMs } as const
  const answer = (utterance: Utterance, context = turn.context): Turn =>
    confirmed(context, withWords(settled(utterance), words), undefined, atMs, rules)
  switch (turn.kind) {
    case 'listening':
      return answer(emptyUtterance(atMs))
    case 'hearing':
    case 'settling':
      return answer(turn.utterance)
    case 'replying':
    case 'yielding': {
      const { reply } = turn
      if (isLast(reply)) return turn
      // Such words are answered after the reply, as if they had been said.
      if (isUninterruptible(reply))
        return turn.kind === 'yielding' ? whileYielding(turn, words, rules) : talkedOverUnannounced(turn, words, rules)
      const { content } = reply
      const context = reply.heard === '' ? keptBack(turn.context, content) : turn.context
      if (turn.kind === 'yielding') return answer(turn.utterance, context)
      if (content.kind === 'phrase' && content.keeps) return answer(content.keeps)
      // Nothing of the answer was heard, so the turn that it answers goes on.
      const isUnheard = content.kind === 'answer' && !reply.sounding && !reply.acted
      return isUnheard
        ? answer(content.to, { ...context, answered: undefined })
        : answer(emptyUtterance(atMs), content.kind === 'answer' ? { ...context, failures: 0 } : context)
    }
  }
}
