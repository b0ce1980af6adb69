import { DateTime } from 'luxon'
import type { JournalLine } from '../conversation/lines.ts'
import type { Clock } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'
import type { TurnContext } from '../conversation/turn/turn.ts'
import { runningCost } from '../costs/cost.ts'
import type { PricesInForce } from '../costs/prices.ts'
import { isAway } from '../database/away.ts'
import { lateEntries } from '../journal/late-entries.ts'
import type { CallSpent, OtherCalls, Spent } from './spent.ts'

/** What may be spent, in USD; undefined where there is no limit. A day is one of the callers' time zone. */
export interface Budgets {
  readonly callUsd: number | undefined
  readonly callerDayUsd: number | undefined
  readonly dayUsd: number | undefined
}

/** What is left; undefined while it is ample. */
export type Left = TurnContext['budget']
/** Whose budget it is. */
export type BudgetOf = 'call' | 'caller' | 'day'

export interface SpendingParts {
  readonly clock: Clock
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly budgets: Budgets
  readonly spent: Spent
  readonly prices: PricesInForce
  readonly zone: string
  /** A keyed hash of whose call it is. */
  readonly hashOf: (owner: string) => string
  /** There is something to write late. */
  readonly onUnwritten: () => void
}

export interface SpendingCall {
  readonly callId: string
  readonly owner: string
  readonly channelName: string
  /** The lines of the streams before. */
  readonly before: readonly JournalLine[]
}

/** What one call costs while it goes on, and what is left of the budgets. Nothing of it waits or throws. */
export interface CallSpending {
  /** When the call began. */
  readonly left: Left
  take(line: JournalLine): void
  /** In USD, by the last line. */
  usd(): number
  /** `less` is called at once where less is left than at the beginning, and each time when it becomes less. */
  onLess(less: (left: 'little' | 'none', of: BudgetOf) => void): void
  /** What the model is told. */
  context(): string | undefined
  /** The call's stream is over. */
  over(): void
}

/** From this part of a budget on, answers become shorter. */
const LITTLE_FROM = 0.8
/** How often a call tells the database what it costs, and asks what the others do. */
const SHARE_EVERY_MS = 5_000
/** How often the cost is reckoned, but for lines that tell of use. */
const RECKON_EVERY_MS = 1_000
/** A database that hangs must not keep a caller waiting. */
const READ_WITHIN_MS = 500
const WARN_EVERY_MS = 60_000
/** Calls whose cost waits for the database. */
const MOST_UNWRITTEN = 10_000
const SHORTLY =
  'From this telephone line, not from the caller: this call must soon end. Answer in one short sentence, offer nothing that was not asked for, and do not mention this.'

/** Follows what calls cost, against the budgets. Without budgets it asks nobody anything. */
export function spendingOf({ clock, log, budgets, spent, prices, zone, hashOf, onUnwritten }: SpendingParts) {
  const { callUsd, callerDayUsd, dayUsd } = budgets
  const isShared = callerDayUsd !== undefined || dayUsd !== undefined
  const today = (): string => DateTime.fromJSDate(clock.wallTime(), { zone }).toISODate() ?? ''
  const { signal: never } = new AbortController()
  let warnedMs = Number.NEGATIVE_INFINITY
  const writing = new Set<Promise<void>>()
  /** What the database does not know yet of calls that it could not be told of. */
  const unwritten = new Map<string, CallSpent>()
  const writeUnwritten = lateEntries<CallSpent>({
    waiting: () => unwritten,
    async write(callId, some) {
      await spent.keep(some)
      if (unwritten.get(callId) === some) unwritten.delete(callId)
    },
    giveUp(callId, some, why) {
      log.warn({ call: callId, err: why }, 'what a call cost could not be written: the database refuses it')
      if (unwritten.get(callId) === some) unwritten.delete(callId)
    },
  })

  /** It is true of all calls, so it is told once a minute at most. */
  function warn(callId: string, error: unknown): void {
    if (isAway(error) || clock.now() < warnedMs + WARN_EVERY_MS) return
    warnedMs = clock.now()
    log.warn(
      { call: callId, err: error },
      'what other calls cost is not known: budgets of callers and days are not kept',
    )
  }

  /** The budget of which the least is left, and how much of it is spent: 1 is all. */
  function worst(usd: number, others: OtherCalls): { readonly of: BudgetOf; readonly share: number } {
    const shares: readonly { readonly of: BudgetOf; readonly share: number }[] = [
      { of: 'call', share: callUsd === undefined ? 0 : usd / callUsd },
      { of: 'caller', share: callerDayUsd === undefined ? 0 : (others.callerUsd + usd) / callerDayUsd },
      { of: 'day', share: dayUsd === undefined ? 0 : (others.dayUsd + usd) / dayUsd },
    ]
    return shares.reduce((one, other) => (other.share > one.share ? other : one))
  }

  async function begin({ callId, owner, channelName, before }: SpendingCall): Promise<CallSpending> {
    const running = runningCost(prices, channelName)
    for (const line of before) running.take(line)
    const shared = { callId, day: today(), caller: hashOf(owner) }
    let others: OtherCalls = { callerUsd: 0, dayUsd: 0 }
    let usd = running.usd(0)
    let reckonedMs = Number.NEGATIVE_INFINITY
    let sharedMs = clock.now()
    let sharing: Promise<void> | undefined
    let tell: ((left: 'little' | 'none', of: BudgetOf) => void) | undefined
    let told: Left

    if (isShared)
      others = await within(READ_WITHIN_MS, 'reading what was spent', clock, () => spent.others(shared), never).catch(
        error => {
          warn(callId, error)
          return others
        },
      )

    function judged(): { readonly left: Left; readonly of: BudgetOf } {
      const { of, share } = worst(usd, others)
      return { of, left: share >= 1 ? 'none' : share >= LITTLE_FROM ? 'little' : undefined }
    }

    function judge(): void {
      const { left, of } = judged()
      if (!tell || left === undefined || left === told || told === 'none') return
      told = left
      log.info({ call: callId, budget: of, left, usd }, 'a budget is nearly spent, or spent')
      tell(left, of)
    }

    function share(): void {
      if (!isShared || sharing) return
      sharedMs = clock.now()
      const now = { ...shared, usd }
      sharing = spent
        .keep(now)
        .then(
          found => {
            others = found
            unwritten.delete(callId)
            judge()
          },
          error => {
            warn(callId, error)
            if (unwritten.size < MOST_UNWRITTEN) unwritten.set(callId, now)
            onUnwritten()
          },
        )
        .finally(() => {
          sharing = undefined
          writing.delete(written)
        })
      const written = sharing
      writing.add(written)
    }

    const first = judged()
    told = first.left
    if (first.left)
      log.info({ call: callId, budget: first.of, left: first.left }, 'a call begins with little or nothing to spend')
    return {
      left: first.left,
      take(line) {
        running.take(line)
        if (!('used' in line) && line.atMs >= reckonedMs && line.atMs < reckonedMs + RECKON_EVERY_MS) return
        reckonedMs = line.atMs
        usd = running.usd(line.atMs)
        judge()
        if (clock.now() >= sharedMs + SHARE_EVERY_MS) share()
      },
      usd: () => usd,
      onLess(less) {
        tell = less
        judge()
      },
      context: () => (told === 'little' ? SHORTLY : undefined),
      over() {
        tell = undefined
        if (sharing) void sharing.then(share)
        else share()
      },
    }
  }

  return {
    begin,
    async forget(callIds: readonly string[]): Promise<void> {
      for (const callId of callIds) unwritten.delete(callId)
      await spent.forget(callIds)
    },
    /** Writes what the database could not be told of; throws where it still cannot. */
    late: {
      what: 'costs of calls',
      run: writeUnwritten,
      waiting: () => ({ lost: [...unwritten.keys()] }),
    },
    /** Deletes at most `most` calls that no budget is about any more. */
    tidy: (most: number) => spent.tidy(today(), most),
    /** Resolves when what calls have cost is written. */
    async settled(): Promise<void> {
      while (writing.size > 0) await Promise.all(writing)
    },
  }
}

export type Spending = ReturnType<typeof spendingOf>
