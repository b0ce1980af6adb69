import type { LanguageModel, Message, ToolCall } from '../ports.ts'
import type { Queue } from '../queue.ts'
import type { Reply } from '../turn/turn.ts'
import { Sentences } from './sentences.ts'
import type { ToolRunParts } from './tool-run.ts'

/** What one asking of the model needs. */
interface Thinking extends Pick<ToolRunParts, 'agent' | 'clock' | 'tools' | 'journal'> {
  readonly model: LanguageModel
  readonly reply: Reply
  /** Letters that the model wrote are added here. */
  readonly spent: { written: number }
}

/** What the model came to at one asking. */
export interface ModelAnswer {
  readonly text: string
  readonly calls: readonly ToolCall[]
}

/**
 * A model that dribbles keeps its stream alive and the caller waiting: with the adapter's 3 s between two tokens he has
 * words within ten.
 */
const LONGEST_CLAUSE_MS = 6_000

/** Asks the model once; its clauses go to the voice as they come. Throws when one of them takes too long. */
export async function askModel(
  { journal, agent, tools, model, reply, spent, clock }: Thinking,
  part: number,
  history: readonly Message[],
  clauses: Queue<string>,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const sentences = new Sentences(agent.language)
  const calls: ToolCall[] = []
  let text = ''
  let saidAtMs = clock.now()
  const say = (clause: string): void => {
    journal.append({ decided: { kind: 'clause', reply: reply.id, part, text: clause } })
    clauses.push(clause)
    saidAtMs = clock.now()
  }
  journal.append({ decided: { kind: 'model-asked', reply: reply.id, part, messages: history.length } })
  for await (const delta of model.reply({ instructions: agent.instructions, history, tools: tools.specs }, signal)) {
    switch (delta.kind) {
      case 'text':
        journal.append({ input: { kind: 'delta', reply: reply.id, part, text: delta.text } })
        text += delta.text
        spent.written += delta.text.length
        for (const clause of sentences.push(delta.text)) say(clause)
        if (clock.now() - saidAtMs > LONGEST_CLAUSE_MS) throw new Error('the model took too long for one clause')
        break
      case 'tool-call':
        calls.push(delta.call)
        break
      case 'tokens':
        journal.append({ used: delta })
    }
  }
  signal.throwIfAborted()
  const rest = sentences.rest()
  if (rest !== '') say(rest)
  if (text.trim() === '' && calls.length === 0) throw new Error('the model answered with nothing')
  return { text, calls }
}
