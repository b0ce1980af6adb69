import { listening, say } from './enter.ts'
import { asksForPerson, pressesOperator } from './requests.ts'
import type { Rules, Turn, TurnEvent, TurnOf } from './turn.ts'
import { emptyUtterance, withDigit, withWords } from './utterance.ts'

type GoingOn = Exclude<Turn, { kind: 'ended' }>

/** The call's longest time is near, or over. */
export function limitReached(turn: GoingOn, atMs: number, rules: Rules): Turn {
  const { limit, ids } = turn.context
  if (limit.stage !== 'ample') return say(turn.context, 'time-up', 'hang-up')
  const due = { id: ids + 1, dueMs: atMs + rules.policy.limitNoticeMs, why: limit.why, stage: 'to-be-told' } as const
  const context = { ...turn.context, ids: ids + 1, limit: due }
  return turn.kind === 'listening' ? listening(context, atMs, rules, turn.prompted) : { ...turn, context }
}

/**
 * What may be spent on the call is nearly spent: answers become shorter. When it is spent, the call ends as soon as neither
 * side has the word: what is being said is said to its end.
 */
export function budgetLeft(turn: GoingOn, { left, atMs }: Extract<TurnEvent, { kind: 'budget' }>, rules: Rules): Turn {
  const { context } = turn
  if (context.budget === 'none') return turn
  const next = { ...context, budget: left }
  if (left === 'little') return { ...turn, context: next }
  switch (turn.kind) {
    case 'listening':
      return listening(next, atMs, rules, turn.prompted, turn.idle.dueMs)
    // A draft costs money, and would not be said.
    case 'hearing':
    case 'settling':
      return { ...turn, context: next, draft: undefined }
    case 'replying':
    case 'yielding':
      return { ...turn, context: next }
  }
}

/** Who asks for a person while they are told that the budget is spent is put through; nothing else is heard then. */
export function overFarewell({ context, reply }: TurnOf<'replying'>, event: TurnEvent, rules: Rules): Turn | undefined {
  const { policy, language } = rules
  const isFarewell = reply.content.kind === 'phrase' && reply.content.phrase === 'budget-spent'
  if (!isFarewell || !policy.canTransfer) return undefined
  const said = emptyUtterance(event.atMs)
  const isAsked =
    event.kind === 'words'
      ? asksForPerson(withWords(said, event), language)
      : event.kind === 'digit' && pressesOperator(withDigit(said, event.digit))
  return isAsked ? say(context, 'transfer', 'transfer') : undefined
}
