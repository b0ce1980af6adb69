import type { Message, ToolCall, ToolOutcome, ToolSpec } from '../ports.ts'
import type { ReplyWork } from './reply-work.ts'
import type { ToolRunParts } from './tool-run.ts'

/** The tools of the agent that has the call. */
export const toolsOf = ({ tools, agent }: Pick<ToolRunParts, 'tools' | 'agent'>): readonly ToolSpec[] =>
  tools.specs.filter(({ agents }) => agents === undefined || agents.includes(agent.name))

/** What the model is told for a reply: the conversation up to the turn that it answers, and what the reply has done since. */
export interface Told {
  readonly before: readonly Message[]
  readonly own: readonly Message[]
}

/** The very words that the only tool of an answer has for the caller, where it has some. */
export function wordsOfTool(
  { journal, reply }: ReplyWork,
  part: number,
  outcomes: readonly ToolOutcome[],
): string | undefined {
  const [outcome] = outcomes
  const words = outcomes.length === 1 && outcome?.kind === 'done' ? outcome.say : undefined
  if (words !== undefined) journal.append({ noted: { kind: 'tool-said', reply: reply.id, part, words } })
  return words
}

/**
 * How a reply goes on after its tools: who speaks, in which language, what the model is told, and the words that tell the
 * caller of another agent or language.
 */
export function afterTools(
  work: ReplyWork,
  { before, own }: Told,
  history: () => readonly Message[],
  answer: { readonly text: string; readonly calls: readonly ToolCall[] },
  outcomes: readonly ToolOutcome[],
): { readonly messages: Told; readonly telling: string | undefined } {
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
  if (handOff?.history === 'none') return { messages: { before: before.slice(-1), own: tools }, telling }
  const more = [...own, ...(answer.text === '' ? [] : [text]), ...tools]
  // One who was told little before may know all.
  return { messages: { before: handOff ? history() : before, own: more }, telling }
}
