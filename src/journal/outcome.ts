import { readFile } from 'node:fs/promises'
import { messagesOf } from '../conversation/history.ts'
import type { Language } from '../conversation/language.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { restore } from '../conversation/restore.ts'

/** The result of a call, by its journal: what each side said, barge-ins, and tools called. */
export interface Outcome {
  readonly callerTurns: readonly string[]
  /** Each reply as far as it was heard. */
  readonly agentReplies: readonly string[]
  readonly bargeIns: number
  readonly tools: readonly string[]
}

/** Computes a call's outcome from its journal. Throws as `restore` does. */
export function outcomeOf(lines: readonly JournalLine[], language: Language): Outcome {
  const { history } = restore(lines, language)
  const replies = new Map<number, string[]>()
  for (const { exchange, message } of history) {
    if (message.role === 'agent') replies.set(exchange, [...(replies.get(exchange) ?? []), message.text])
  }
  const messages = messagesOf(history)
  return {
    callerTurns: messages.flatMap(message => (message.role === 'caller' ? [message.text] : [])),
    agentReplies: [...replies.values()].map(parts => parts.join(' ')),
    bargeIns: messages.filter(message => message.role === 'agent' && message.interrupted).length,
    tools: messages.flatMap(message => (message.role === 'tool' ? [message.call.name] : [])),
  }
}

/** Reads a journal file without a last line that a crash cut off. Throws an Error that names any other broken line. */
export async function readJournal(file: string): Promise<readonly JournalLine[]> {
  const texts = (await readFile(file, 'utf8')).split('\n')
  const whole = texts.slice(0, -1)
  return whole.map((text, index) => {
    try {
      return JSON.parse(text) as JournalLine
    } catch (cause) {
      throw new Error(`${file}: line ${index + 1} is not JSON`, { cause })
    }
  })
}
