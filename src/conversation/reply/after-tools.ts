import type { Message, ToolCall, ToolOutcome, ToolSpec } from '../ports.ts'
import type { ToldMessage } from '../told.ts'
import type { ReplyWork } from './reply-work.ts'
import type { ToolRunParts } from './tool-run.ts'

/** The tools of the agent that has the call. */
export const toolsOf = ({ tools, agent }: Pick<ToolRunParts, 'tools' | 'agent'>): readonly ToolSpec[] =>
  tools.specs.filter(({ agents }) => agents === undefined || agents.includes(agent.name))

/** What the model is told for a reply: the conversation up to the turn that it answers, and what the reply has done since. */
export interface Told {
  readonly before: readonly ToldMessage[]
  readonly own: readonly Message[]
}

/** The very words that the tools of an answer have for the caller, where each of them has some. */
export function wordsOfTool(
  { journal, reply }: ReplyWork,
  part: number,
  outcomes: readonly ToolOutcome[],
): string | undefined {
  const said = outcomes.flatMap(outcome => (outcome.kind === 'done' ? (outcome.say ?? []) : []))
  if (said.length < outcomes.length) return undefined
  const words = said.filter(some => some !== '').join(' ')
  journal.append({ noted: { kind: 'tool-said', reply: reply.id, part, words } })
  return words
}

/**
 * How a reply goes on after its tools: who speaks, in which language, what the model is told, and the words that tell the
 * caller of another agent or language.
 */
export function afterTools(
  work: ReplyWork,
  { before, own }: Told,
  history: () => readonly ToldMessage[],
  answer: { readonly text: string; readonly calls: readonly ToolCall[] },
  outcomes: readonly ToolOutcome[],
): { readonly messages: Told; readonly telling: string | undefined; readonly isHandedOver: boolean } {
  const text: Message = { role: 'agent', text: answer.text, interrupted: false }
  const tools = answer.calls.map((call, index): Message => {
    const outcome = outcomes[index]
    return { role: 'tool', call, result: outcome?.kind === 'done' ? outcome.text : undefined }
  })
  const done = outcomes.flatMap(outcome => (outcome.kind === 'done' ? outcome : []))
  const handOff = done.find(outcome => outcome.handOff)?.handOff
  const language = done.find(outcome => outcome.language)?.language
  const { name } = work.agent
  const to = handOff?.agent ?? name
  if (handOff || language !== undefined) {
    Object.assign(work, work.spokenAs?.(to, language ?? work.agent.language.code))
  }
  const telling = language !== undefined ? work.agent.phrases.switched : handOff && work.agent.entering
  const isHandedOver = handOff !== undefined
  if (handOff?.history === 'none') {
    const turn = before.findLast(({ role }) => role === 'caller')
    return { messages: { before: turn ? [turn] : [], own: tools }, telling, isHandedOver }
  }
  const more = [...own, ...(answer.text === '' ? [] : [text]), ...tools]
  // One who was told little before may know all.
  return { messages: { before: handOff ? history() : before, own: more }, telling, isHandedOver }
}

/** What the caller has said, of what the model was told. */
export const callersTurns = (messages: readonly ToldMessage[]): readonly string[] =>
  messages.flatMap(message => (message.role === 'caller' ? [message.text] : []))
