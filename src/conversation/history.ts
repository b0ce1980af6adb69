import type { Language } from './language.ts'
import type { Message } from './ports.ts'
import type { Turn, TurnEvent } from './turn/turn.ts'
import { speakersOf, textOf, type Utterance } from './turn/utterance.ts'

/**
 * A message and its place. `exchange` is the id of its reply. `part` counts what the reply said before and after its
 * tools. The place keeps the order of the conversation, however late a tool's result or a mark comes.
 */
export interface Entry {
  readonly exchange: number
  readonly part: number
  readonly message: Message
}

/** The caller's words come before everything in the answer, also before a first filler. */
const CALLER_PART = -1
const RANK = { caller: 0, agent: 1, tool: 2 } as const
const place = (entry: Entry): number =>
  entry.exchange * 1e6 + Math.round(entry.part * 10) * 10 + RANK[entry.message.role]
const sameTool = (a: Message, b: Message): boolean =>
  a.role !== 'tool' || (b.role === 'tool' && a.call.id === b.call.id)

/** Puts an entry in its place, and replaces the one that was there for the same thing. */
function put(history: readonly Entry[], entry: Entry): readonly Entry[] {
  const at = place(entry)
  const before = history.findIndex(other => place(other) === at && sameTool(other.message, entry.message))
  // Tools of one part keep their order: their keys are made of it.
  if (before >= 0) return history.with(before, entry)
  const after = history.findIndex(other => place(other) > at)
  return after < 0 ? [...history, entry] : [...history.slice(0, after), entry, ...history.slice(after)]
}

/** The history after one event and the change of turn that it brought. Pure, like `step`. */
export function remember(
  history: readonly Entry[],
  event: TurnEvent,
  before: Turn,
  after: Turn,
  language: Language,
): readonly Entry[] {
  return withCallerTurn(withEvent(history, event), before, after, language)
}

function withEvent(history: readonly Entry[], event: TurnEvent): readonly Entry[] {
  if (event.kind === 'heard' && event.text !== '') {
    const message: Message = { role: 'agent', text: event.text, interrupted: event.cut }
    return put(history, { exchange: event.reply, part: event.part, message })
  }
  if (event.kind === 'tool-called') {
    const message: Message = { role: 'tool', call: event.call, result: undefined }
    return put(history, { exchange: event.reply, part: event.part, message })
  }
  if (event.kind === 'tool-result' || event.kind === 'tool-asked') {
    const isResult = event.kind === 'tool-result'
    const callId = isResult ? event.callId : event.call.id
    const result = isResult ? event.result : `Not done yet: the caller was asked "${event.question}" first.`
    return history.map(entry =>
      entry.exchange === event.reply &&
      entry.part === event.part &&
      entry.message.role === 'tool' &&
      entry.message.call.id === callId
        ? { ...entry, message: { ...entry.message, result } }
        : entry,
    )
  }
  return history
}

function withCallerTurn(history: readonly Entry[], before: Turn, after: Turn, language: Language): readonly Entry[] {
  const { passedOn } = after.context
  if (passedOn && passedOn.id !== before.context.passedOn?.id) {
    const message: Message = { role: 'caller', text: passedOn.text }
    return put(history, { exchange: passedOn.id, part: CALLER_PART, message })
  }
  const answered = answerOf(before)
  const answering = answerOf(after)
  if (answering && answering.id !== answered?.id) {
    const message: Message = { role: 'caller', text: textOf(answering.to, language), ...speakersOf(answering.to) }
    const kept = isTakenBack(before, answering.to) ? history.filter(entry => entry.exchange !== answered?.id) : history
    return put(kept, { exchange: answering.id, part: CALLER_PART, message })
  }
  // Words that a phrase answers ("I put you through") belong to the history too.
  const phrase = after.kind === 'replying' && after.reply.content.kind !== 'answer' ? after.reply.content : undefined
  const isNewReply = after.kind === 'replying' && !('reply' in before && before.reply.id === after.reply.id)
  const utteranceBefore = utteranceIn(before, language)
  if (isNewReply && phrase && !('keeps' in phrase) && utteranceBefore !== '') {
    return put(history, {
      exchange: after.reply.id,
      part: CALLER_PART,
      message: { role: 'caller', text: utteranceBefore },
    })
  }
  // The caller went on before they heard anything: their words are in the turn again, and come with the next answer.
  const takenBack = (after.kind === 'hearing' || after.kind === 'settling') && isTakenBack(before, after.utterance)
  return takenBack ? history.filter(entry => entry.exchange !== answered?.id) : history
}

/** Does this utterance go on with the one whose answer nobody has heard? */
function isTakenBack(before: Turn, { firstVoicedMs }: Utterance): boolean {
  if (before.kind !== 'replying' || before.reply.sounding || before.reply.acted) return false
  const { content } = before.reply
  return content.kind === 'answer' && content.to.firstVoicedMs === firstVoicedMs
}

/** What the caller has said in the current turn, also while they are told to take their time. */
function utteranceIn(turn: Turn, language: Language): string {
  if (turn.kind === 'hearing' || turn.kind === 'settling') return textOf(turn.utterance, language)
  const content = turn.kind === 'replying' || turn.kind === 'yielding' ? turn.reply.content : undefined
  return content?.kind === 'phrase' && content.keeps ? textOf(content.keeps, language) : ''
}

function answerOf(turn: Turn) {
  const reply = turn.kind === 'replying' || turn.kind === 'yielding' ? turn.reply : undefined
  return reply?.content.kind === 'answer' ? { id: reply.id, to: reply.content.to } : undefined
}

export const messagesOf = (history: readonly Entry[]): readonly Message[] => history.map(entry => entry.message)
