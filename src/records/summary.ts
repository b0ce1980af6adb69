import type { Language } from '../conversation/language.ts'
import type { JournalLine } from '../conversation/lines.ts'
import type { Phrase, Turn } from '../conversation/turn/turn.ts'
import { costOf, isForCost } from '../costs/cost.ts'
import type { PricesInForce } from '../costs/prices.ts'
import { Story } from '../journal/story.ts'
import type { CallSummary, Outcome } from './records.ts'

/** What the journal of a call says of it: the summary, and all words that were said and heard. */
export interface Told {
  readonly summary: Omit<CallSummary, 'callId' | 'tags' | 'caller'>
  readonly words: string
  /** The server that held the last stream died, or still holds it. */
  readonly isCut: boolean
}

/** Takes a call's lines one by one, so that nothing has to be read again when it is over. */
export interface Telling {
  take(line: JournalLine): void
  /** Undefined where no stream of the call has begun. */
  told(): Told | undefined
}

/** No transcript needs more: an hour of quick talk has a third of it. */
const MOST_LETTERS = 200_000
/** Why the agent's side ended the call; all other reasons are the caller's. */
const OWN_REASONS = new Set(['agent', 'the PIN was wrong', 'the PIN is locked'])
const TROUBLE = /-failed$|^(?:lines|recording)-lost$/

/** Derives the summary of a call from its journal. Pure. Undefined where the journal has no start of a call. */
export function summaryOf(lines: Iterable<JournalLine>, language: Language, prices: PricesInForce): Told | undefined {
  const telling = tellingOf(language, prices)
  for (const line of lines) telling.take(line)
  return telling.told()
}

export function tellingOf(language: Language, prices: PricesInForce): Telling {
  const story = new Story(language)
  const said: string[] = []
  const latencies: number[] = []
  const forCost: JournalLine[] = []
  const [mos, lossPercent, jitterMs] = [worst(Math.min), worst(Math.max), worst(Math.max)]
  let started: { readonly agent: string; readonly channel: string; readonly startedAt: string } | undefined
  let turn: Turn | undefined
  let phrase: Phrase | undefined
  let last: JournalLine | undefined
  let isSealed = false
  let direction: CallSummary['direction'] = 'inbound'
  let [turns, interruptions, errors, letters, earlierMs] = [0, 0, 0, 0, 0]

  function say(text: string): void {
    letters += text.length
    if (letters <= MOST_LETTERS) said.push(text)
  }

  function turned(to: Turn): void {
    turn = to
    if (to.kind === 'replying' || to.kind === 'yielding')
      phrase = to.reply.content.kind === 'phrase' ? to.reply.content.phrase : undefined
  }

  function take(line: JournalLine): void {
    if (last !== undefined && line.atMs < last.atMs) {
      // The time of each stream begins anew.
      earlierMs += last.atMs
      forCost.push(last)
      isSealed = false
    }
    last = line
    if ('started' in line) {
      const { agent, channel, wallTime } = line.started
      const startedAt = new Date(new Date(wallTime).getTime() - line.atMs).toISOString()
      started ??= { agent, channel, startedAt }
      turned(line.started.turn)
    }
    if ('decided' in line && line.decided.kind === 'turn') turned(line.decided.turn)
    if ('noted' in line && line.noted.kind === 'rung-by-us') direction = 'outbound'
    if ('noted' in line && TROUBLE.test(line.noted.kind)) errors++
    if ('noted' in line && line.noted.kind === 'line-quality') {
      mos.take(line.noted.mos)
      lossPercent.take(line.noted.lossPercent)
      jitterMs.take(line.noted.jitterMs)
    }
    if ('used' in line && line.used.kind === 'carrier-seconds') isSealed = true
    if (isForCost(line)) forCost.push(line)
    for (const event of story.take(line)) {
      switch (event.kind) {
        case 'caller':
          turns++
          say(event.text)
          break
        case 'agent':
          say(event.text)
          if (event.interrupted) interruptions++
          if (event.latency) latencies.push(event.latency.totalMs)
          break
        case 'trouble':
          errors++
          break
        case 'tool':
        case 'ended':
          break
      }
    }
  }

  function told(): Told | undefined {
    if (!started || !last) return undefined
    const sorted = latencies.toSorted((one, other) => one - other)
    return {
      summary: {
        ...{ ...started, direction },
        lengthMs: Math.round(earlierMs + last.atMs),
        outcome: outcomeOf(turn, phrase),
        ...{ turns, interruptions, errors },
        latencyP50Ms: percentile(sorted, 0.5),
        latencyP95Ms: percentile(sorted, 0.95),
        costUsd: costOf(forCost.at(-1) === last ? forCost : [...forCost, last], prices, started.channel).usd,
        ...{ mos: mos.value(), lossPercent: lossPercent.value(), jitterMs: jitterMs.value() },
      },
      words: said.join('\n'),
      isCut: !isSealed,
    }
  }

  return { take, told }
}

/** The worst of what was measured; null where nothing was. */
function worst(of: (one: number, other: number) => number) {
  let found: number | null = null
  return {
    take(value: unknown): void {
      if (typeof value === 'number') found = found === null ? value : of(found, value)
    },
    value: () => found,
  }
}

/** How a call ended, by its last turn and the last phrase that the agent began. */
export function outcomeOf(turn: Turn | undefined, phrase: Phrase | undefined): Outcome {
  if (turn?.kind !== 'ended') return 'killed'
  switch (turn.next) {
    case 'transfer':
      return 'transferred'
    case 'unavailable':
      return 'failed'
    case 'goodbye':
      return 'goodbye'
    case 'hang-up':
      if (!OWN_REASONS.has(turn.why)) return 'hung-up'
      return phrase === 'give-up' ? 'failed' : 'goodbye'
  }
}

/** The nearest rank, in whole ms. */
function percentile(sorted: readonly number[], share: number): number | null {
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  return value === undefined ? null : Math.round(value)
}
