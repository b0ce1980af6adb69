import type { ModelMessage } from './scripted-model.ts'
import { type Order, orderIn } from './task-orders.ts'

/** What the scripted Task Manager knows when the caller has spoken. */
export interface Scene {
  /** The caller's words without openings ("um, can you") and endings ("please"). */
  readonly text: string
  /** What the caller last heard from the agent; empty if nothing. */
  readonly before: string
  /** The last tool result of the previous exchange; empty if there was none. */
  readonly toolResult: string
  /** The caller's last order with a tool result. */
  readonly ordered: Order | undefined
  /** The order in the caller's previous turn, whether or not a tool ran. */
  readonly previousOrder: Order | undefined
  /** The last change in a tool result. */
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

/** Reads a conversation up to the caller's last turn. */
export function sceneOf(messages: readonly ModelMessage[]): Scene {
  const now = messages.findLastIndex(({ role }) => role === 'user')
  const past = messages.slice(0, Math.max(now, 0))
  const turn = past.findLastIndex(({ role }) => role === 'user')
  const exchange = past.slice(turn + 1)
  const previous = orderIn(bare(past[turn]?.content ?? ''))
  const before = past.findLast(({ role, content }) => role === 'assistant' && content !== '')?.content ?? ''
  return {
    text: bare(messages[now]?.content ?? ''),
    before: before.replace(INTERRUPTED, ''),
    toolResult: exchange.findLast(({ role }) => role === 'tool')?.content ?? '',
    ordered: orderedIn(past),
    previousOrder: previous?.kind === 'call' ? previous : undefined,
    change: past.map(changeIn).findLast(change => change !== undefined),
  }
}

function bare(words: string): string {
  const text = words.trim().replace(STOPS, '').replace(LEADS, '')
  return text.replace(ENDS_IN, '').replace(STOPS, '')
}

/** Finds the turn that ordered the last tool: the caller may have answered questions since. */
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
