import type { CallToolResult } from '@modelcontextprotocol/client'
import { z } from 'zod'
import type { ToolCall, ToolContext } from '../../conversation/ports.ts'
import type { LinkFailure } from '../links/link-error.ts'
import type { OfferedTool } from '../settings/offered-tools.ts'
import { argumentWords } from './argument-words.ts'
import { type Clause, fitsInQuestion, questionAboutSeveral, questionOf } from './question.ts'
import { questionWords } from './question-words.ts'
import { resultWords, spokenWords } from './result-words.ts'

const MOST_ASKED = 500

/** The outcome of a tool call. */
export type CallOutcome =
  | { readonly kind: 'result'; readonly result: CallToolResult }
  /** `text` is for the model. */
  | { readonly kind: 'failed'; readonly why: LinkFailure; readonly text: string }

/** A valid tool call that is about to be run. */
export interface PendingCall {
  readonly call: ToolCall
  readonly offered: OfferedTool
  readonly given: Readonly<Record<string, unknown>>
  readonly context: ToolContext
  /** The same call was made before, and its outcome is unknown. */
  readonly isInDoubt: boolean
  /** Calls the describing tool; undefined if the server has none of that name, or one that may change something. */
  readonly describe: (tool: string) => Promise<CallOutcome> | undefined
}

/** What may be done with the calls that were considered together. */
export type Verdict =
  | {
      readonly kind: 'run' | 'refused'
      readonly refused: ReadonlyMap<PendingCall, string>
      /** What each call was said to change. One that would change something else by now must not be run. */
      readonly meant?: ReadonlyMap<PendingCall, string>
    }
  /** The first call asks for all of them. `refused`: what the model is told of those that are not asked about. */
  | {
      readonly kind: 'ask'
      readonly question: string
      readonly first: PendingCall
      readonly refused: ReadonlyMap<PendingCall, string>
    }

/** Makes sure that the caller was asked about what would be done now, and agreed to it. */
export interface Confirmations {
  /**
   * Judges calls that are made together; `mustAsk`: also a single one that needs no agreement. Where the caller has
   * agreed, the calls are the one that they were asked about and its `rest`.
   */
  verdict(calls: readonly PendingCall[], mustAsk: boolean): Promise<Verdict>
  /** Why this call of several cannot be run after those before it; undefined if it still changes what was said. */
  whyNot(call: PendingCall, meant: string): Promise<string | undefined>
  /** The other calls of the question about this one. */
  rest(callId: string, tool: string, given: PendingCall['given']): readonly ToolCall[]
}

type Description =
  | { readonly kind: 'words'; readonly ask: string; readonly words: string; readonly isWhole: boolean }
  | { readonly kind: 'refused'; readonly text: string }

interface Asked {
  readonly words: string
  readonly rest: readonly ToolCall[]
}

/** Remembers the last 500 questions. Calls that were agreed to are run only if they are still described by the same words. */
export function confirmations(): Confirmations {
  const asked = new Map<string, Asked>()
  const idOf = (callId: string, tool: string, given: PendingCall['given']): string =>
    JSON.stringify([callId, tool, given])

  async function verdict(calls: readonly PendingCall[], mustAsk: boolean): Promise<Verdict> {
    const [only] = calls
    const isFree = only !== undefined && calls.length === 1 && !mustAsk && !only.isInDoubt
    if (only === undefined || (isFree && !needsAgreement(only.offered))) return { kind: 'run', refused: new Map() }
    const descriptions = await Promise.all(calls.map(call => described(call, calls.length > 1)))
    const refused = new Map<PendingCall, string>()
    const clauses: (Clause & { readonly call: PendingCall })[] = []
    for (const [index, call] of calls.entries()) {
      const description = descriptions[index]
      if (description?.kind === 'refused') refused.set(call, description.text)
      if (description?.kind === 'words') clauses.push({ ...description, things: thingsOf(call), call })
    }
    const [first, ...others] = clauses
    if (first === undefined) return { kind: 'refused', refused }
    if (others.length === 0 && calls.length > 1) return { ...(await verdict([first.call], mustAsk)), refused }
    // Two changes of one thing name it once.
    const named = clauses.filter(
      ({ ask, words }, index) => clauses.findIndex(other => other.ask === ask && other.words === words) === index,
    )
    const said = questionWords(first.call.context.language)
    const question =
      named.length > 1 ? questionAboutSeveral(named, said) : questionOf(first.ask, first.words, said.andSoOn)
    if (question === undefined) {
      for (const { call } of clauses) refused.set(call, named.length > 1 ? TOO_MANY : cannotAsk(call.offered.tool.name))
      return { kind: 'refused', refused }
    }
    const words = JSON.stringify(clauses.map(clause => [clause.ask, clause.words]))
    const { context, offered, given } = first.call
    const id = idOf(context.callId, offered.tool.name, given)
    const before = asked.get(id)
    const isSame = before ? before.words === words : (context.wasAsked?.(question) ?? false)
    asked.delete(id)
    if (context.agreed && isSame) return { kind: 'run', refused, ...(others.length > 0 && { meant: meantIn(clauses) }) }
    asked.set(id, { words, rest: others.map(({ call }) => call.call) })
    const [oldest] = asked.keys()
    if (asked.size > MOST_ASKED && oldest !== undefined) asked.delete(oldest)
    return { kind: 'ask', question, first: first.call, refused }
  }

  return {
    verdict,
    async whyNot(call, meant) {
      const now = await described(call, true)
      if (now.kind === 'refused') return now.text
      return now.words === meant ? undefined : OTHER
    },
    rest: (callId, tool, given) => asked.get(idOf(callId, tool, given))?.rest ?? [],
  }
}

/** Whether the caller must agree to this tool even when it is called alone. */
export function needsAgreement({ tool, policy, changes }: OfferedTool): boolean {
  if (policy.confirm === undefined) return changes && tool.destructive
  return policy.confirm !== false
}

const meantIn = (clauses: readonly (Clause & { readonly call: PendingCall })[]): ReadonlyMap<PendingCall, string> =>
  new Map(clauses.map(({ call, words }) => [call, words]))

function thingsOf({ offered: { policy }, context: { language } }: PendingCall): string {
  if (!policy.several) return questionWords(language).things
  return policy.several.in?.[language ?? '']?.things ?? policy.several.things
}

async function described(
  { offered, given, context, isInDoubt, describe }: PendingCall,
  asSeveral: boolean,
): Promise<Description> {
  const { tool, policy } = offered
  const alone = typeof policy.confirm === 'object' ? policy.confirm : undefined
  const asking = (asSeveral && policy.several) || alone || (policy.confirm !== true && !isInDoubt && policy.several)
  if (!asking) {
    const { really, tryAgain } = questionWords(context.language)
    const ask = isInDoubt ? tryAgain : really
    const spoken = argumentWords(given)
    const words = [tool.title, ...spoken.words].join(', ')
    // A caller whose agreement is needed must have heard all arguments.
    const needs = needsAgreement(offered) || context.asksFirst === true
    if (!needs || (spoken.isComplete && fitsInQuestion(ask, words))) return { kind: 'words', ask, words, isWhole: true }
    offered.warnUnaskable()
    return { kind: 'refused', text: cannotAsk(tool.name) }
  }
  const called = await describe(asking.describe)
  if (called === undefined) return { kind: 'refused', text: cannotAsk(tool.name) }
  if (called.kind === 'failed') return { kind: 'refused', text: `${tool.name} was not done. ${called.text}` }
  if (called.result.isError) return { kind: 'refused', text: resultWords(tool.name, called.result, 'say') }
  const { ask, words = asking.words } = asking.in?.[context.language ?? ''] ?? asking
  return { kind: 'words', ask, words: wordsAt(words, called.result), isWhole: false }
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

const OTHER = 'Not done: after the changes before it, it would change something that the caller was not asked about.'

const TOO_MANY =
  'Not done: these are too many changes to ask about at once. Call fewer of them, and tell the caller which are left.'

const cannotAsk = (tool: string): string =>
  `${tool} was not done: the caller cannot be asked about it. Tell the caller that it cannot be done just now.`
