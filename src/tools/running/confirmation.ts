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

/** What came of calling a tool. */
export type Called =
  | { readonly kind: 'result'; readonly result: CallToolResult }
  /** `text` is for the model. */
  | { readonly kind: 'failed'; readonly why: LinkFailure; readonly text: string }

/** One call of a tool that was found fit to be run. */
export interface Asked {
  readonly offered: OfferedTool
  readonly given: Readonly<Record<string, unknown>>
  readonly context: ToolContext
  /** The same was called before, and nobody knows whether it was done. */
  readonly isInDoubt: boolean
  /** Calls the tool that describes; undefined if its server has none of that name, or one that may change something. */
  readonly describe: (tool: string) => Promise<Called> | undefined
}

/** Sees to it that the caller has been asked, and has agreed to what would be done now. */
export interface Confirmations {
  /** Undefined if the tool may be run. */
  outcome(asked: Asked): Promise<ToolOutcome | undefined>
}

type Description =
  | { readonly kind: 'words'; readonly ask: string; readonly words: string }
  | { readonly kind: 'refused'; readonly text: string }

/** Remembers the last 500 questions: what was agreed to is run only if it is still described by the same words. */
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

async function described({ offered, given, isInDoubt, describe }: Asked): Promise<Description> {
  const { tool, policy } = offered
  if (!policy.confirm) {
    const ask = isInDoubt ? TRY_AGAIN : REALLY
    const told = argumentWords(given)
    const words = [tool.title, ...told.words].join(', ')
    // Where the caller's yes is needed for what is done, he must have heard all of it.
    if (!needsAgreement(offered) || (told.isWhole && fitsInQuestion(ask, words))) return { kind: 'words', ask, words }
    offered.tellUnaskable()
    return { kind: 'refused', text: cannotAsk(tool.name) }
  }
  const called = await describe(policy.confirm.describe)
  if (called === undefined) return { kind: 'refused', text: cannotAsk(tool.name) }
  if (called.kind === 'failed') return { kind: 'refused', text: `${tool.name} was not done. ${called.text}` }
  if (called.result.isError) return { kind: 'refused', text: resultWords(tool.name, called.result, 'say') }
  const { ask, words } = policy.confirm
  return { kind: 'words', ask, words: wordsAt(words, called.result) }
}

/** The words at a place such as "task.said" in the structured content; none if there are none. */
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
