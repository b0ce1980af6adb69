import type { Agent } from '../agent.ts'
import type { CallJournal, Usage } from '../lines.ts'
import type { LanguageModel, Prompt, ToolSet } from '../ports.ts'
import { toolsOf } from './after-tools.ts'
import { estimatedTokens } from './estimated-tokens.ts'
import { toldInstructions } from './manner-marks.ts'

export interface AskedBeside {
  readonly model: LanguageModel
  readonly journal: Pick<CallJournal, 'append'>
  /** What it is for, in the journal. */
  readonly of: NonNullable<Extract<Usage, { kind: 'tokens' }>['of']>
  /** More of it is not read. */
  readonly mostLetters: number
}

/** Asks a model for what no reply is made of. Resolves with what it writes, up to somewhat more than the bound. Rejects as the model does. */
export async function askBeside(
  prompt: Prompt,
  { model, journal, of, mostLetters }: AskedBeside,
  signal: AbortSignal,
): Promise<string> {
  let text = ''
  let isTold = false
  let isAnswered = false
  try {
    for await (const delta of model.reply(prompt, signal)) {
      if (delta.kind === 'text') text += delta.text
      if (delta.kind === 'tokens') {
        isTold = true
        journal.append({ used: { ...delta, of } })
      }
      if (text.length > mostLetters) break
    }
    isAnswered = true
  } finally {
    // Of a request that is broken off vendors tell nothing, but they charge for it.
    if (!isTold && (isAnswered || signal.aborted)) {
      const tokens = { ...estimatedTokens(prompt, text.length), cached: 0, estimated: true } as const
      journal.append({ used: { kind: 'tokens', of, ...tokens, by: model.by } })
    }
  }
  signal.throwIfAborted()
  return text
}

const MOST_LETTERS = 200
const NOTHING = 'The line is being opened, and nobody has said anything yet. Answer with the one word "ready".'

/**
 * Has the model read an agent's instructions and tools while the greeting is heard, where its author wants that: a vendor that
 * keeps what it has read answers the first turn sooner. Nothing comes of the answer. Never rejects.
 */
export async function warmUp(
  {
    agent,
    tools,
    model,
    journal,
  }: Pick<AskedBeside, 'model' | 'journal'> & { readonly agent: Agent; readonly tools: ToolSet },
  signal: AbortSignal,
): Promise<void> {
  const prompt: Prompt = {
    instructions: toldInstructions(agent),
    history: [{ role: 'caller', text: NOTHING }],
    tools: toolsOf({ tools, agent }),
  }
  await askBeside(prompt, { model, journal, of: 'warming', mostLetters: MOST_LETTERS }, signal).catch(error => {
    if (!signal.aborted) journal.append({ noted: { kind: 'not-warmed', why: String(error) } })
  })
}
