import type { CallToolResult } from '@modelcontextprotocol/client'
import { z } from 'zod'
import type { ToolContext, ToolOutcome } from '../../conversation/ports.ts'
import type { LinkFailure } from '../links/link-error.ts'
import type { OfferedTool } from '../settings/offered-tools.ts'
import { argumentWords } from './argument-words.ts'
import { fitsInQuestion, questionOf, WORDS } from './question.ts'
import { resultWords, spokenWords } from './result-words.ts'

const MOST_ASKED = 500
const REALLY = `Shall I really do that: ${WORDS}?`
const TRY_AGAIN = `Shall I try again, though it may be done: ${WORDS}?`

/** The outcome of a tool call. */
export type CallOutcome =
  | { readonly kind: 'result'; readonly result: CallToolResult }
  /** `text` is for the model. */
  | { readonly kind: 'failed'; readonly why: LinkFailure; readonly text: string }

/** A valid tool call that is about to be run. */
export interface PendingCall {
  readonly offered: OfferedTool
  readonly given: Readonly<Record<string, unknown>>
  readonly context: ToolContext
  /** The same call was made before, and its outcome is unknown. */
  readonly isInDoubt: boolean
  /** Calls the describing tool; undefined if the server has none of that name, or one that may change something. */
  readonly describe: (tool: string) => Promise<CallOutcome> | undefined
}

/** Makes sure that the caller was asked about what would be done now, and agreed to it. */
export interface Confirmations {
  /** Undefined if the tool may be run. */
  outcome(asked: PendingCall): Promise<ToolOutcome | undefined>
}

type Description =
  | { readonly kind: 'words'; readonly ask: string; readonly words: string }
  | { readonly kind: 'refused'; readonly text: string }

/** Remembers the last 500 questions. A call that was agreed to is run only if it is still described by the same words. */
export function confirmations(): Confirmations {
  const askedWords = new Map<string, string>()

  return {
    async outcome(asked) {
      const { offered, given, context } = asked
      if (!asked.isInDoubt && !needsAgreement(offered)) return undefined
      const { name } = offered.tool
      const description = await described(asked)
      if (description.kind === 'refused') return { kind: 'done', text: description.text }
      const question = questionOf(description.ask, description.words)
      if (question === undefined) return { kind: 'done', text: cannotAsk(name) }
      const id = JSON.stringify([context.callId, name, given])
      const isSame = askedWords.get(id) === description.words
      askedWords.delete(id)
      if (context.agreed && isSame) return undefined
      askedWords.set(id, description.words)
      const [oldest] = askedWords.keys()
      if (askedWords.size > MOST_ASKED && oldest !== undefined) askedWords.delete(oldest)
      return { kind: 'ask', question }
    },
  }
}

function needsAgreement({ tool, policy, changes }: OfferedTool): boolean {
  if (policy.confirm === undefined) return changes && tool.destructive
  return policy.confirm !== false
}

async function described({ offered, given, isInDoubt, describe }: PendingCall): Promise<Description> {
  const { tool, policy } = offered
  if (typeof policy.confirm !== 'object') {
    const ask = isInDoubt ? TRY_AGAIN : REALLY
    const spoken = argumentWords(given)
    const words = [tool.title, ...spoken.words].join(', ')
    // A caller whose agreement is needed must have heard all arguments.
    if (!needsAgreement(offered) || (spoken.isComplete && fitsInQuestion(ask, words)))
      return { kind: 'words', ask, words }
    offered.warnUnaskable()
    return { kind: 'refused', text: cannotAsk(tool.name) }
  }
  const called = await describe(policy.confirm.describe)
  if (called === undefined) return { kind: 'refused', text: cannotAsk(tool.name) }
  if (called.kind === 'failed') return { kind: 'refused', text: `${tool.name} was not done. ${called.text}` }
  if (called.result.isError) return { kind: 'refused', text: resultWords(tool.name, called.result, 'say') }
  const { ask, words } = policy.confirm
  return { kind: 'words', ask, words: wordsAt(words, called.result) }
}

/** The text at a place such as "task.said" in the structured content; empty if there is none. */
function wordsAt(place: string, result: CallToolResult): string {
  if (place === 'say') return spokenWords(result)
  let found: unknown = result.structuredContent
  for (const key of place.split('.')) {
    const inside = z.record(z.string(), z.unknown()).safeParse(found)
    found = inside.success && Object.hasOwn(inside.data, key) ? inside.data[key] : undefined
  }
  return typeof found === 'string' ? found : ''
}

const cannotAsk = (tool: string): string =>
  `${tool} was not done: the caller cannot be asked about it. Tell the caller that it cannot be done just now.`
