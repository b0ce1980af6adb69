import type { JournalLine } from '../conversation/lines.ts'
import { costOf, isForCost } from '../costs/cost.ts'
import type { PricesInForce } from '../costs/prices.ts'
import type { CostPart } from '../costs/report.ts'
import { WasteTally } from '../costs/waste.ts'
import type { Observation } from './table.ts'

/** What each line of use costs, and which of it nobody has heard. */
export function spending(
  prices: PricesInForce,
  call: { readonly agent: string; readonly channel: string },
  before: readonly JournalLine[],
): (line: JournalLine) => readonly Observation[] {
  /** The telephone line is charged by begun minutes of all streams together. */
  const lineBefore = before.filter(isLineUse)
  const waste = new WasteTally(prices)
  let counted = waste.waste()

  /** What these parts cost more than those, by vendor. */
  function costs(parts: readonly CostPart[], sooner: readonly CostPart[] = []): readonly Observation[] {
    const sums = new Map<string, number>()
    const add = (vendor: string, usd: number): void => void sums.set(vendor, (sums.get(vendor) ?? 0) + usd)
    for (const { vendor, usd } of parts) add(vendor.toLowerCase(), usd)
    for (const { vendor, usd } of sooner) add(vendor.toLowerCase(), -usd)
    const { agent } = call
    return [...sums].map(([vendor, usd]) => ({
      metric: 'cost_usd_total',
      labels: { vendor, agent },
      // Differences of rounded numbers may be a hair below zero.
      value: Math.max(0, usd),
    }))
  }

  // At the beginning of a stream no time of the line has passed.
  const partsOf = (lines: readonly JournalLine[]): readonly CostPart[] =>
    costOf(
      lines.map(line => ({ ...line, atMs: 0 })),
      prices,
      call.channel,
    ).parts

  /** What has been wasted since this was asked last. */
  function wasted(): readonly Observation[] {
    const { draftsUsd, unheardUsd } = counted
    counted = waste.waste()
    const more = [
      { what: 'draft', usd: counted.draftsUsd - draftsUsd },
      { what: 'unheard', usd: counted.unheardUsd - unheardUsd },
    ]
    return more.flatMap(({ what, usd }) =>
      usd > 0 ? [{ metric: 'cost_wasted_usd_total', labels: { what }, value: usd } as const] : [],
    )
  }

  return line => {
    const isUse = 'used' in line
    // Speech that was not heard is counted with a later use: the next may tell of another voice, or that it was a draft's.
    const mayTell = isUse && (line.used.kind === 'tts-characters' || line.used.kind === 'draft-wasted')
    const lost = isUse && !mayTell ? wasted() : []
    waste.take(line)
    if (!isForCost(line)) return lost
    if (!isUse) return costs(partsOf([line]))
    switch (line.used.kind) {
      case 'draft-wasted':
        return wasted()
      case 'carrier-seconds':
        return [...lost, ...costs(partsOf([...lineBefore, line]), partsOf(lineBefore))]
      case 'tts-characters':
      case 'stt-seconds':
      case 'tokens':
        return [...lost, ...costs(partsOf([line]))]
    }
  }
}

const isLineUse = (line: JournalLine): boolean => 'used' in line && line.used.kind === 'carrier-seconds'
