import { asWritten } from './as-written.ts'
import { reheard, soundsLikeUndo } from './misheard.ts'
import { type ModelMessage, SCRIPTED, type ScriptedAnswer } from './scripted-model.ts'
import { type Order, orderIn } from './task-orders.ts'

/** What the scripted Task Manager knows when the caller has spoken. */
export interface Scene {
  /** The caller's words without openings ("um, can you") and endings ("please"). */
  readonly text: string
  /** The order in other words, where the caller's words are none as they were heard; undefined if there is none. */
  readonly reheard: ScriptedAnswer | undefined
  /** The caller's words in their previous turn, as `text`; empty if there was none. */
  readonly previousText: string
  /** The caller was told before that a script answers, which does not understand all. */
  readonly isTold: boolean
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
  /** Nothing was asked of a tool since the last change. */
  readonly isJustChanged: boolean
  /** The previous order was not done. */
  readonly hasFailed: boolean
  /** The words sound like "undo that", but may mean what they say. */
  readonly mayUndo: boolean
}

interface Change {
  /** "Added", "Done". */
  readonly kind: string
  /** The task's title as it was said. */
  readonly title: string
}

const INTERRUPTED = /\s*… \[interrupted by the caller here.*$/
const OPENINGS =
  'um+|uh+|so|well|okay|ok|also|please|hey|hi|hello|just|can you|could you|would you|will you|i want you to'
const LEADS = new RegExp(`^(?:(?:${OPENINGS}|and|then|i'd like(?: you)? to)\\b[\\s,.!:]*)+(?=\\w)`, 'i')
/** "And" may be what was heard of "add", "then do" of "undo", and "I'd like to have a task" of "add a task". */
const LEADS_BUT_AND = new RegExp(`^(?:(?:${OPENINGS})\\b[\\s,.!:]*)+(?=\\w)`, 'i')
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
  const said = messages[now]?.content ?? ''
  const previous = orderOf(past[turn]?.content ?? '')
  const before = past.findLast(({ role, content }) => role === 'assistant' && content !== '')?.content ?? ''
  return {
    text: bare(said),
    reheard: orderIn(bare(said)) ? undefined : reheardOrder(said),
    previousText: bare(past[turn]?.content ?? ''),
    isTold: past.some(({ role, content }) => role === 'assistant' && content.includes(SCRIPTED)),
    before: before.replace(INTERRUPTED, ''),
    toolResult: exchange.findLast(({ role }) => role === 'tool')?.content ?? '',
    ordered: orderedIn(past),
    previousOrder: previous?.kind === 'call' ? previous : undefined,
    change: past.map(changeIn).findLast(change => change !== undefined),
    isJustChanged: isMade(past.findLast(({ role }) => role === 'tool')),
    hasFailed: exchange.some(({ tool, content }) => tool !== undefined && /^Result of \w+: not done\./.test(content)),
    mayUndo: soundsLikeUndo(bare(said, LEADS_BUT_AND)),
  }
}

function bare(words: string, leads = LEADS): string {
  const text = asWritten(words.trim()).replace(STOPS, '').replace(leads, '')
  return text.replace(ENDS_IN, '').replace(STOPS, '')
}

/** The order in these words, as they were heard or as they are likely to have been said. */
const orderOf = (words: string): ScriptedAnswer | undefined => orderIn(bare(words)) ?? reheardOrder(words)

function reheardOrder(words: string): ScriptedAnswer | undefined {
  const text = reheard(bare(words, LEADS_BUT_AND))
  return text === undefined ? undefined : orderIn(text)
}

/** Finds the turn that ordered the last tool: the caller may have answered questions since. */
function orderedIn(past: readonly ModelMessage[]): Order | undefined {
  const used = past.findLastIndex(({ role }) => role === 'tool')
  return past
    .slice(0, used + 1)
    .filter(({ role }) => role === 'user')
    .map(({ content }) => orderOf(content))
    .findLast((answer): answer is Order => answer?.kind === 'call' && answer.name === past[used]?.tool)
}

/** Taking something back is not made, but unmade. */
function isMade(last: ModelMessage | undefined): boolean {
  const change = last === undefined ? undefined : changeIn(last)
  return change !== undefined && change.kind !== 'Taken back'
}

function changeIn({ role, content }: ModelMessage): Change | undefined {
  const [, kind, title] = role === 'tool' ? (content.match(CHANGED) ?? []) : []
  return kind !== undefined && title !== undefined ? { kind, title } : undefined
}
