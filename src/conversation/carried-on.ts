import type { Entry } from './history.ts'
import type { Resumed } from './resumed.ts'
import type { ConversationState } from './state.ts'
import { askAgain, begin, repeated, say } from './turn/enter.ts'
import { keptBack } from './turn/relayed.ts'
import {
  isFiller,
  type Pending,
  type Policy,
  type Reply,
  type Turn,
  type TurnContext,
  type TurnOf,
} from './turn/turn.ts'
import { lastQuestion } from './turn/wanted.ts'

/** Nothing of the reply has come yet. */
const ANEW: Resumed = { part: 0, said: '', tools: [] }

/**
 * The first turn of a stream that follows one whose line broke, at whichever server. The caller is told, and hears what was
 * to come: an open question again, the rest of an answer after its last heard word, or words that ask them to go on. What
 * they had said of an unfinished turn is lost.
 */
export function carriedOn(
  { turn, history }: ConversationState,
  policy: Policy,
  atMs: number,
  budget: TurnContext['budget'],
): Turn {
  const { ids, pauseMs, asked, relayed } = turn.context
  const { context: fresh } = begin(policy, atMs, 'go-on', ids, budget)
  const next = nextOf(turn, history, { ...fresh, pauseMs, asked, ...(relayed && { relayed }) }, policy)
  return next.kind === 'replying' ? { ...next, reply: { resumed: ANEW, ...next.reply } } : next
}

/**
 * The same state for a conversation that begins at `atMs`: an answer that goes on is waited for from then on, however long
 * it took to open the stream's record and its providers.
 */
export function waitedForFrom(state: ConversationState, atMs: number): ConversationState {
  const { turn } = state
  if (turn.kind !== 'replying' || !turn.deadAir) return state
  return { ...state, turn: { ...turn, deadAir: { ...turn.deadAir, dueMs: turn.deadAir.dueMs + atMs } } }
}

function nextOf(turn: Turn, history: readonly Entry[], context: TurnContext, policy: Policy): Turn {
  const { context: before } = turn
  const { pending } = before
  switch (turn.kind) {
    case 'replying':
    case 'yielding':
      return afterReply(turn, history, context, policy)
    case 'listening':
      return pending ? asked(context, pending) : reminded(context, before.asked)
    case 'hearing':
    case 'settling':
      return say(context, 'go-on', 'listen')
    // Nobody was told what comes next, as the store was away.
    case 'ended':
      if (turn.next === 'unavailable') return say(context, 'go-on', 'listen')
      return turn.next === 'transfer' ? say(context, 'back', 'listen') : say(context, 'goodbye', 'hang-up')
  }
}

const asked = (context: TurnContext, pending: Pending): Turn =>
  askAgain(context, { ...pending, elsewhere: true }, false)

/** Whoever was asked something is asked it again. */
function reminded(context: TurnContext, lastWords: string): Turn {
  const question = lastQuestion(lastWords)
  return question === undefined ? say(context, 'go-on', 'listen') : repeated(context, question)
}

function afterReply(
  { reply, context: before }: TurnOf<'replying' | 'yielding'>,
  history: readonly Entry[],
  context: TurnContext,
  policy: Policy,
): Turn {
  const { content, asks, afterwards } = reply
  if (asks) return asked(context, asks)
  switch (content.kind) {
    case 'question':
      return asked(context, content.pending)
    case 'repeat':
      return withEnd(repeated(context, content.text), afterwards)
    // The other person does not know that their words were not heard.
    case 'relay':
      return say(keptBack(context, content), 'go-on', 'listen')
    case 'answer': {
      const resumed = resumedFrom(reply, history)
      const isOpen = resumed.tools.length > 0
      if (context.budget === 'none' && !isOpen) return say(context, 'budget-spent', 'hang-up')
      // From when the caller can hear something, which is not known yet.
      const deadAir = { id: context.ids + 1, dueMs: policy.deadAirMs, why: 'dead air' }
      const unheard = { ...reply, sounding: false, heard: '', running: 0, resumed }
      return { kind: 'replying', context: { ...context, ids: deadAir.id }, reply: unheard, deadAir }
    }
    case 'phrase':
      // The notice and the greeting come again, and who was put through, or told goodbye, still is.
      return afterwards !== 'listen' || content.phrase === 'greeting'
        ? say(context, content.phrase, afterwards)
        : reminded(context, before.asked)
  }
}

/** How far an answer came, by the history: its tools, and what was heard after them. */
function resumedFrom({ id, secret }: Reply, history: readonly Entry[]): Resumed {
  const own = history.filter(({ exchange, part }) => exchange === id && !isFiller(part))
  const lastTools = own.findLast(({ message }) => message.role === 'tool')?.part ?? -1
  const tools = own.flatMap(({ part, message }) => (part === lastTools && message.role === 'tool' ? [message] : []))
  if (tools.some(({ result }) => result === undefined)) return { part: lastTools, said: '', tools }
  if (secret) return { part: lastTools + 1, said: '', tools: [] }
  const heard = own.filter(({ part, message }) => part > lastTools && message.role === 'agent')
  const said = heard.flatMap(({ message }) => (message.role === 'agent' ? [message.text] : [])).join(' ')
  return { part: (heard.at(-1)?.part ?? lastTools) + 1, said, tools: [] }
}

/** A farewell still ends the call. */
const withEnd = (turn: TurnOf<'replying'>, afterwards: Reply['afterwards']): Turn => ({
  ...turn,
  reply: { ...turn.reply, afterwards },
})
