import { messagesOf } from '../conversation/history.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { isFiller, type Reply, type TurnEvent } from '../conversation/turn/turn.ts'
import { type Attempt, stepsOf } from './attempts.ts'
import type { Changed, WhatIfSide, WhatIfTurn } from './report.ts'

/** One turn of the caller in one run. */
export interface TurnSide {
  readonly said: string
  readonly side: WhatIfSide
}

export interface SidesParts {
  readonly fromOf: (reply: number) => WhatIfSide['from']
  readonly costUsd: (lines: readonly JournalLine[]) => number
  readonly phrases: Readonly<Record<string, string>>
}

/** When things happened in one exchange. */
interface Times {
  startMs: number
  lastVoicedMs: number
  endOfTurnMs: number
  soundedMs: number | undefined
  reply: Reply
}

/** The caller's turns of a run, each with its answer, from its journal. */
export function sidesOf(attempt: Attempt, { fromOf, costUsd, phrases }: SidesParts): readonly TurnSide[] {
  const steps = stepsOf(attempt)
  const times = new Map<number, Times>()
  /** Replies during which the call ended, whatever the caller would have heard of them. */
  const overtaken = new Set<number>()
  /** Replies in which a secret was asked. What the caller hears first of such a question is in no journal. */
  const asking = new Set<number>()
  for (const { event, before, after } of steps) {
    const { turn } = after
    if (event.kind === 'secret-asked') asking.add(event.reply)
    if (isEndFromOutside(event) && 'reply' in before.turn) overtaken.add(before.turn.reply.id)
    if (event.kind === 'reply-sounding' && !isFiller(event.part) && !asking.has(event.reply)) {
      const known = times.get(event.reply)
      if (known) known.soundedMs ??= event.atMs
    }
    if (!('reply' in turn) || times.has(turn.reply.id)) continue
    const { content } = turn.reply
    const utterance =
      content.kind === 'answer' ? content.to : 'utterance' in before.turn ? before.turn.utterance : undefined
    if (!utterance) continue
    const { firstVoicedMs: startMs, lastVoicedMs } = utterance
    times.set(turn.reply.id, {
      startMs,
      lastVoicedMs,
      endOfTurnMs: event.atMs,
      soundedMs: undefined,
      reply: turn.reply,
    })
  }
  const history = steps.at(-1)?.after.history ?? []
  const earlier = new Set(attempt.state.history.map(entry => entry.exchange))
  const exchanges = history
    .filter(entry => entry.message.role === 'caller' && !earlier.has(entry.exchange))
    .flatMap(entry => {
      const known = times.get(entry.exchange)
      return known && entry.message.role === 'caller'
        ? [{ id: entry.exchange, said: entry.message.text, times: known }]
        : []
    })
  return exchanges.map(({ id, said, times: known }, index) => {
    const untilMs = exchanges[index + 1]?.times.startMs ?? Number.POSITIVE_INFINITY
    const fromMs = index === 0 ? Number.NEGATIVE_INFINITY : known.startMs
    const messages = messagesOf(history.filter(entry => entry.exchange === id))
    const { content } = known.reply
    const whole = content.kind === 'phrase' ? (phrases[content.phrase] ?? '') : clausesOf(attempt.lines, id)
    const heard = messages.flatMap(message => (message.role === 'agent' ? [message.text] : [])).join(' ')
    const ended = overtaken.has(id) && (heard === '' || heard !== whole)
    const side: WhatIfSide = {
      startMs: known.startMs,
      endOfTurnMs: known.endOfTurnMs,
      latencyMs: known.soundedMs === undefined ? null : Math.round(known.soundedMs - known.lastVoicedMs),
      said: whole,
      ...{ heard, ended },
      // What the end cut off was cut off by nobody.
      interrupted: !overtaken.has(id) && messages.some(message => message.role === 'agent' && message.interrupted),
      tools: messages.flatMap(message =>
        message.role === 'tool'
          ? [{ name: message.call.name, arguments: message.call.arguments, result: message.result ?? null }]
          : [],
      ),
      from: fromOf(id),
      costUsd: costUsd(attempt.lines.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs)),
    }
    return { said, side }
  })
}

/** The caller, the line, or somebody from outside ended the call. Before a transfer the agent says so. */
const isEndFromOutside = (event: TurnEvent): boolean =>
  event.kind === 'gone' || event.kind === 'lost' || (event.kind === 'stopped' && event.next === undefined)

const clausesOf = (lines: readonly JournalLine[], reply: number): string =>
  lines
    .flatMap(line =>
      'decided' in line && line.decided.kind === 'clause' && line.decided.reply === reply
        ? [line.decided.text.trim()]
        : [],
    )
    .join(' ')

/** Two turns that begin so near each other are the same. */
const SAME_TURN_MS = 300
/** Smaller differences are the line's, not the turn's. */
const SAME_END_MS = 30
const SAME_LATENCY_MS = 60
/** As a share of the cost: a second more or less on the line is no change. */
const SAME_COST = 0.05

/** Sets the turns of two runs side by side, in the order in which they were spoken. */
export function comparedTurns(before: readonly TurnSide[], after: readonly TurnSide[]): readonly WhatIfTurn[] {
  const left = [...after]
  const pairs = before.map(one => {
    const at = left.findIndex(({ side }) => Math.abs(side.startMs - one.side.startMs) <= SAME_TURN_MS)
    return { before: one, after: at < 0 ? undefined : left.splice(at, 1)[0] }
  })
  const all: readonly { readonly before?: TurnSide | undefined; readonly after?: TurnSide | undefined }[] = [
    ...pairs,
    ...left.map(one => ({ after: one })),
  ]
  const startOf = (pair: (typeof all)[number]): number => (pair.before ?? pair.after)?.side.startMs ?? 0
  return all
    .toSorted((a, b) => startOf(a) - startOf(b))
    .map((pair, index) => ({
      turn: index + 1,
      said: (pair.after ?? pair.before)?.said ?? '',
      before: pair.before?.side ?? null,
      after: pair.after?.side ?? null,
      changed: changedIn(pair.before, pair.after),
    }))
}

function changedIn(before: TurnSide | undefined, after: TurnSide | undefined): readonly Changed[] {
  if (!before || !after) return ['end of turn', 'words']
  const [one, other] = [before.side, after.side]
  const latencies = [one.latencyMs, other.latencyMs] as const
  const isLatency = latencies.includes(null)
    ? one.latencyMs !== other.latencyMs
    : Math.abs((one.latencyMs ?? 0) - (other.latencyMs ?? 0)) > SAME_LATENCY_MS
  const found: Readonly<Record<Changed, boolean>> = {
    'end of turn': Math.abs(one.endOfTurnMs - other.endOfTurnMs) > SAME_END_MS,
    interrupted: one.interrupted !== other.interrupted,
    words: one.heard !== other.heard || before.said !== after.said,
    tools: JSON.stringify(one.tools) !== JSON.stringify(other.tools),
    latency: isLatency,
    cost: Math.abs(one.costUsd - other.costUsd) > SAME_COST * Math.max(one.costUsd, other.costUsd),
  }
  return (Object.keys(found) as Changed[]).filter(what => found[what])
}

/**
 * From which turn on the caller's recorded words answer something that the agent did not say now: the turn after the
 * first whose answer is another. Null if there is none.
 */
export function indicativeFrom(turns: readonly WhatIfTurn[]): number | null {
  const other = turns.find(({ before, after }) => !before || !after || !isSameAnswer(before, after))
  return other && other.turn < turns.length ? other.turn + 1 : null
}

const isSameAnswer = (one: WhatIfSide, other: WhatIfSide): boolean =>
  (one.said === other.said || one.heard === other.heard) && JSON.stringify(one.tools) === JSON.stringify(other.tools)
