import { DateTime } from 'luxon'
import type { JournalLine } from '../conversation/lines.ts'
import { costOfUse } from '../costs/cost.ts'
import { type ModelsInForce, type PricesInForce, pricesFor } from '../costs/prices.ts'
import { Tally } from '../costs/tally.ts'
import { WasteTally } from '../costs/waste.ts'
import { readAbout } from '../records/about.ts'
import type { CallIndex, IndexedCost } from '../records/call-index.ts'
import type { Records } from '../records/records.ts'
import type { OtherPrices } from './other-prices.ts'
import type { PricedCall } from './sums.ts'

export interface PricedCallsParts {
  readonly index: Pick<CallIndex, 'costs'>
  readonly records: Pick<Records, 'lines' | 'about'>
  /** For calls of before there was an `about.json`. */
  readonly models: ModelsInForce
  readonly zone: string
  readonly other: OtherPrices
}

/** The calls that began in this span, reckoned anew from their journals at the prices of today. */
export async function* pricedCalls(
  parts: PricedCallsParts,
  from: Date,
  to: Date,
  signal: AbortSignal,
): AsyncGenerator<PricedCall> {
  for await (const call of parts.index.costs(from, to)) {
    signal.throwIfAborted()
    const lines = await parts.records.lines(call.callId, signal).catch(() => undefined)
    const day = DateTime.fromISO(call.startedAt, { zone: parts.zone }).toISODate() ?? ''
    const about = { day, agent: call.agent, channel: call.channel, caller: call.callerHash }
    if (!lines) yield { ...about, ...withoutJournal(call) }
    else {
      const { models = parts.models } = readAbout(await parts.records.about(call.callId, signal).catch(() => undefined))
      yield { ...about, ...pricedBy(lines, call.channel, pricesFor(models), parts.other) }
    }
  }
}

type Priced = Pick<PricedCall, 'minutes' | 'cost' | 'waste' | 'listedUsd'>

/** What a call cost by its journal, and how long its line was there. */
export function pricedBy(
  lines: Iterable<JournalLine>,
  channel: string,
  listed: PricesInForce,
  other: OtherPrices,
): Priced {
  const prices = other(listed)
  const tally = new Tally()
  const waste = new WasteTally(prices)
  for (const line of lines) {
    tally.take(line)
    waste.take(line)
  }
  const used = tally.used()
  return {
    minutes: used.lineSeconds.reduce((sum, seconds) => sum + seconds, 0) / 60,
    cost: costOfUse(used, prices, channel),
    waste: waste.waste(),
    listedUsd: costOfUse(used, listed, channel).usd,
  }
}

/** A call whose journal was deleted has the cost of when it ended. */
function withoutJournal({ lengthMs, costUsd: usd }: IndexedCost): Priced {
  const part = { what: 'without a journal', vendor: 'not known', amount: 1, unit: 'call', usd }
  return {
    minutes: lengthMs / 60_000,
    cost: { usd, parts: [part], pricesOf: '' },
    waste: { draftsUsd: 0, unheardUsd: 0 },
    listedUsd: usd,
  }
}
