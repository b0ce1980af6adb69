import type { JournalLine, Usage } from '../conversation/lines.ts'
import { isFiller } from '../conversation/turn/turn.ts'
import { costOf, isForCost } from '../costs/cost.ts'
import type { PricesInForce } from '../costs/prices.ts'
import type { CostPart } from '../costs/report.ts'
import type { Observation } from './table.ts'

/** What each line of use costs, and which of it nobody has heard. */
export function spending(
  prices: PricesInForce,
  call: { readonly agent: string; readonly channel: string },
  before: readonly JournalLine[],
): (line: JournalLine) => readonly Observation[] {
  /** The telephone line is charged by begun minutes of all streams together. */
  const lineBefore = before.filter(isLineUse)
  /** Letters that the caller has heard, by part, of the replies since the last that was counted. Replies are made in turn. */
  const heard = new Map<number, number>()
  /** Of the last reply. It is counted with the next line, which may tell that it was a draft. */
  let unheard = 0
  /** The reply was said to its end. */
  let isDone = false

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

  const wasted = (what: string, uses: readonly Usage[], line: JournalLine): readonly Observation[] => {
    const { v, seq } = line
    const parts = partsOf(uses.map(used => ({ v, seq, atMs: 0, used })))
    const usd = parts.reduce((sum, part) => sum + part.usd, 0)
    return usd > 0 ? [{ metric: 'cost_wasted_usd_total', labels: { what }, value: usd }] : []
  }

  return line => {
    if ('input' in line) {
      const { input } = line
      // Fillers are no part of what was to be heard.
      if (input.kind === 'heard' && !isFiller(input.part)) heard.set(input.part, input.text.length)
      if (input.kind === 'reply-done') isDone = true
    }
    const isDraft = 'used' in line && line.used.kind === 'draft-wasted'
    const lost = isDraft || unheard === 0 ? [] : wasted('unheard', [spoken(unheard)], line)
    unheard = 0
    if (!isForCost(line)) return lost
    if (!('used' in line)) return [...lost, ...costs(partsOf([line]))]
    const { used } = line
    switch (used.kind) {
      case 'carrier-seconds':
        return [...lost, ...costs(partsOf([...lineBefore, line]), partsOf(lineBefore))]
      case 'draft-wasted':
        return wasted(
          'draft',
          [{ kind: 'tokens', input: 0, cached: 0, output: used.tokens }, spoken(used.characters)],
          line,
        )
      case 'tts-characters': {
        const letters = [...heard.values()].reduce((sum, length) => sum + length, 0)
        heard.clear()
        unheard = isDone ? 0 : Math.max(0, used.characters - letters)
        isDone = false
        return [...lost, ...costs(partsOf([line]))]
      }
      case 'stt-seconds':
      case 'tokens':
        return [...lost, ...costs(partsOf([line]))]
    }
  }
}

const isLineUse = (line: JournalLine): boolean => 'used' in line && line.used.kind === 'carrier-seconds'
const spoken = (characters: number): Usage => ({ kind: 'tts-characters', characters })
