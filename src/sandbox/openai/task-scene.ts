import type { ModelMessage } from './scripted-model.ts'
import { type Order, orderIn } from './task-orders.ts'

/** What a task mind knows when the caller has spoken. */
export interface Scene {
  /** The caller's words without what only leads to them ("um, can you") or ends them ("please"). */
  readonly text: string
  /** What the caller heard last of the agent; empty if nothing. */
  readonly before: string
  /** The latest tool's words of the exchange before; empty if it had none. */
  readonly told: string
  /** What the caller ordered last of which a tool has told. */
  readonly ordered: Order | undefined
  /** What the caller ordered in the turn before, whether or not a tool was used. */
  readonly wished: Order | undefined
  /** The last change that a tool tells of. */
  readonly change: Change | undefined
}

interface Change {
  /** "Added", "Done". */
  readonly kind: string
  /** The task's title as it was said. */
  readonly title: string
}

const INTERRUPTED = /\s*… \[interrupted by the caller here.*$/
const LEADS =
  /^(?:(?:um+|uh+|so|well|okay|ok|and|also|then|please|hey|hi|hello|just|can you|could you|would you|will you|i'd like(?: you)? to|i want you to)\b[\s,.!:]*)+(?=\w)/i
const ENDS_IN = /[\s,]+(?:please|thanks|thank you)$/i
const STOPS = /[.!?,…\s]+$/
const CHANGED =
  /Result of \w+: (Added|Changed|Done|Deleted|Taken back)(?:\. It is as it was)?: (.+?)(?:,? (?:due|which was due|with no due date|done|is (?:on|off) your list|is (?:pending|completed))\b.*)?\.?$/

/** Reads a conversation whose last words are the caller's; what came after them is left out. */
export function sceneOf(messages: readonly ModelMessage[]): Scene {
  const now = messages.findLastIndex(({ role }) => role === 'user')
  const past = messages.slice(0, Math.max(now, 0))
  const turn = past.findLastIndex(({ role }) => role === 'user')
  const exchange = past.slice(turn + 1)
  const wished = orderIn(bare(past[turn]?.content ?? ''))
  const before = past.findLast(({ role, content }) => role === 'assistant' && content !== '')?.content ?? ''
  return {
    text: bare(messages[now]?.content ?? ''),
    before: before.replace(INTERRUPTED, ''),
    told: exchange.findLast(({ role }) => role === 'tool')?.content ?? '',
    ordered: orderedIn(past),
    wished: wished?.kind === 'call' ? wished : undefined,
    change: past.map(changeIn).findLast(change => change !== undefined),
  }
}

function bare(words: string): string {
  const text = words.trim().replace(STOPS, '').replace(LEADS, '')
  return text.replace(ENDS_IN, '').replace(STOPS, '')
}

/** The tool that was used last tells which of the caller's turns ordered it: he may have been asked for more since. */
function orderedIn(past: readonly ModelMessage[]): Order | undefined {
  const used = past.findLastIndex(({ role }) => role === 'tool')
  return past
    .slice(0, used + 1)
    .filter(({ role }) => role === 'user')
    .map(({ content }) => orderIn(bare(content)))
    .findLast((answer): answer is Order => answer?.kind === 'call' && answer.name === past[used]?.tool)
}

function changeIn({ role, content }: ModelMessage): Change | undefined {
  const [, kind, title] = role === 'tool' ? (content.match(CHANGED) ?? []) : []
  return kind !== undefined && title !== undefined ? { kind, title } : undefined
}
