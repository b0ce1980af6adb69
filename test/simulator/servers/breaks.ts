import type { Fault } from '../../database/faulty-dialect.ts'
import type { Chance } from '../chance.ts'

/** How a stream ends before its call does, with weights. */
const BREAKS = {
  'server killed': 5,
  'call handed over': 3,
  'stream half-open': 2,
  'line broken': 2,
}
export type BreakKind = keyof typeof BREAKS

export interface StreamBreak {
  readonly kind: BreakKind
  /** Counts from the beginning of its stream. */
  readonly afterMs: number
  /** The carrier sees at once that the stream is dead. Otherwise the other servers ask for the call. */
  readonly isNoticed: boolean
}

/** A time in which no server can use the shared database as it should. Counts from the beginning of the call. */
export interface StoreFault {
  readonly kind: Fault | 'locked'
  readonly fromMs: number
  readonly toMs: number
}

const STORE_FAULTS = { refused: 3, hanging: 2, 'read-only': 2, locked: 2 }
const SHARE = 0.1
const MOST_BREAKS = 3

/** What befalls the servers and the store of one call; in most calls nothing does. */
export function anyBreaks(chance: Chance): {
  readonly breaks: readonly StreamBreak[]
  readonly storeFaults: readonly StoreFault[]
  readonly storeMs: number
} {
  if (!chance.happens(SHARE)) return { breaks: [], storeFaults: [], storeMs: 0 }
  const times = chance.happens(0.15) ? chance.whole(2, MOST_BREAKS) : chance.happens(0.85) ? 1 : 0
  const breaks = Array.from({ length: times }, () => ({
    kind: chance.weighted<BreakKind>(BREAKS, 'server killed'),
    afterMs: chance.tailed(14_000, 40_000),
    isNoticed: chance.happens(0.85),
  }))
  const failures = chance.happens(times === 0 ? 1 : 0.3) ? chance.whole(1, 2) : 0
  const storeFaults = Array.from({ length: failures }, () => {
    const fromMs = chance.between(0, 40_000)
    return {
      kind: chance.weighted<StoreFault['kind']>(STORE_FAULTS, 'refused'),
      fromMs,
      toMs: fromMs + chance.tailed(5_000, 25_000),
    }
  })
  return { breaks, storeFaults, storeMs: chance.pick([1, 8, 40]) }
}

/** Whether the store was broken at any time between these, by the same clock as theirs. */
export const faultBetween = (faults: readonly StoreFault[], fromMs: number, toMs: number): boolean =>
  faults.some(fault => fault.fromMs <= toMs && fault.toMs >= fromMs)
