import { type Entry, messagesOf } from './history.ts'
import { toTranslate } from './interpretation.ts'
import type { Language } from './language.ts'
import type { Message } from './ports.ts'
import type { ConversationState } from './state.ts'
import { type KeptSummary, resultsOf, type SummaryMessage, summaryFor } from './summary/summary.ts'
import type { HandedOff } from './turn/hand-off.ts'
import type { Reply } from './turn/turn.ts'
import { speakersOf, textOf } from './turn/utterance.ts'

/** What the model is told of the conversation: what was said, and first of all the summary of what was said before. */
export type ToldMessage = Message | SummaryMessage

type Said = Omit<ConversationState, 'turn'>

/**
 * What the model is told for a reply: what was said before, the caller's turn that it answers, and of an answer that goes
 * on after a broken line, what came before the tools at which it goes on, or with its last ones.
 */
export function messagesFor(
  said: ConversationState,
  reply: Reply,
  language: Language,
  handedOff: HandedOff | undefined = said.turn.context.handedOff,
): readonly ToldMessage[] {
  const { id, content, resumed } = reply
  if (content.kind === 'relay') return [toTranslate(content.text, said.history)]
  const before = toldBefore(said, id, handedOff)
  if (content.kind !== 'answer') return before
  const turn: Message = { role: 'caller', text: textOf(content.to, language), ...speakersOf(content.to) }
  if (!resumed) return [...before, turn]
  const history = toldTo(handedOff, said.history)
  const own = history.filter(({ exchange, message }) => exchange === id && message.role !== 'caller')
  const isRunAgain = ({ part, message }: Entry): boolean => message.role === 'tool' && part >= resumed.part
  const last = own.findLastIndex(entry => entry.message.role === 'tool' && !isRunAgain(entry))
  // What was said since the last tools is told to the model by itself.
  const until = resumed.tools.length > 0 ? own.findIndex(isRunAgain) : last + 1
  return [...before, turn, ...messagesOf(own.slice(0, until))]
}

/** What was said before this reply, as its model is told it. */
export function toldBefore(said: Said, reply: number, handedOff: HandedOff | undefined): readonly ToldMessage[] {
  const { summary, summedUp, rest } = partsTold(said, reply, handedOff)
  if (!summary) return messagesOf(rest)
  return [{ role: 'summary', text: summary.text, results: resultsOf(summedUp) }, ...messagesOf(rest)]
}

/** The same in its parts: the summary, the entries for which it stands, and those that are told as they are. */
export function partsTold({ history, summaries }: Said, reply: number, handedOff: HandedOff | undefined) {
  const before = toldTo(handedOff, history).filter(entry => entry.exchange < reply)
  const summary = summaryFor(summaries, reply, handedOff)
  const isSummedUp = (entry: Entry): boolean => summary !== undefined && isIn(summary, entry)
  return { summary, summedUp: before.filter(isSummedUp), rest: before.filter(entry => !isSummedUp(entry)) }
}

const isIn = ({ from, until }: KeptSummary, { exchange }: Entry): boolean => exchange >= from && exchange <= until

/** What the agent that has the call is told of the history. */
export function toldTo(handedOff: HandedOff | undefined, history: readonly Entry[]): readonly Entry[] {
  if (handedOff === undefined || handedOff.history === 'whole') return history
  const { reply, part } = handedOff
  const isOwn = (entry: Entry): boolean =>
    entry.message.role === 'caller' || entry.part > part || (entry.part === part && entry.message.role === 'tool')
  return history.filter(entry => entry.exchange > reply || (entry.exchange === reply && isOwn(entry)))
}
