import type { LanguageModel, Message, ToolCall } from '../ports.ts'
import type { Queue } from '../queue.ts'
import type { Reply } from '../turn/turn.ts'
import { AudibleText } from './audible-text.ts'
import { Sentences } from './sentences.ts'
import type { ToolRunParts } from './tool-run.ts'

/** What one request to the model needs. */
interface Thinking extends Pick<ToolRunParts, 'agent' | 'clock' | 'tools' | 'journal'> {
  readonly model: LanguageModel
  readonly reply: Reply
  /** The characters that the model writes are added here. */
  readonly spent: { written: number }
}

/** What the model answered to one request. */
export interface ModelAnswer {
  readonly text: string
  readonly calls: readonly ToolCall[]
}

/**
 * A model that writes very slowly never stalls, but keeps the caller waiting. With the adapter's 3 s between two tokens
 * this limit gives the caller words within ten seconds.
 */
const LONGEST_CLAUSE_MS = 6_000

/** Asks the model once and passes its clauses on as they come. Throws when one takes too long or nothing comes. */
export async function askModel(
  { journal, agent, tools, model, reply, spent, clock }: Thinking,
  part: number,
  history: readonly Message[],
  clauses: Queue<string>,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const audible = new AudibleText()
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
        for (const clause of sentences.push(audible.push(delta.text))) say(clause)
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
  for (const clause of sentences.push(audible.rest())) say(clause)
  const rest = sentences.rest()
  if (rest !== '') say(rest)
  // Nothing after a tool is no failure where the model has spoken before it.
  const isFirst = spent.written === text.length
  if (text.trim() === '' && calls.length === 0 && isFirst) throw new Error('the model answered with nothing')
  return { text, calls }
}
