import type { JournalLine } from '../../src/conversation/lines.ts'
import type { Clock } from '../../src/conversation/ports.ts'
import type { CallRecord } from '../../src/sandbox/ringing/call-record.ts'
import { openTicker, type Ticker } from '../../src/sandbox/twilio/ticker.ts'

/** How late the machine was during a call, at worst: the caller's line, the server's loop, the sound on its way. */
export interface MachineLateness {
  readonly tickerMs: number
  readonly serverMs: number
  readonly arrivalMs: number
}

/** A ticker that measures its own lateness. */
export function measuredTicker(clock: Clock): { readonly ticker: Ticker; readonly worstMs: () => number } {
  const ticker = openTicker(clock)
  let worstMs = 0
  return {
    worstMs: () => worstMs,
    ticker: {
      clock,
      join: onSlot =>
        ticker.join(dueMs => {
          worstMs = Math.max(worstMs, clock.now() - dueMs)
          onSlot(dueMs)
        }),
    },
  }
}

export function latenessOf(tickerMs: number, lines: readonly JournalLine[], record: CallRecord): MachineLateness {
  const paced = lines.flatMap(line => ('noted' in line && line.noted.kind === 'frames-paced' ? [line.noted] : []))
  return {
    tickerMs,
    serverMs: Math.max(0, ...paced.map(({ mostMs }) => Number(mostMs))),
    arrivalMs: Math.max(0, ...record.streams.map(({ arrivals }) => arrivals.latenessMs.worst)),
  }
}

const MOST_TRIES = 3

/** What one try came to: what was not as it should be, and how late the machine was. */
export interface Tried {
  readonly problems: readonly string[]
  readonly lateness: MachineLateness
}

/**
 * Runs a real-time call until it is valid. A try with problems in which the machine was later than `bearableMs` is void
 * and is run again. Resolves with the problems of a valid try; throws when three tries in a row were void: then the
 * machine was too busy, and nothing is known of the product.
 */
export async function punctually(
  bearableMs: number,
  run: (attempt: number) => Promise<Tried>,
): Promise<readonly string[]> {
  const voids: string[] = []
  for (let attempt = 1; attempt <= MOST_TRIES; attempt++) {
    const { problems, lateness } = await run(attempt)
    const worstMs = Math.max(...Object.values(lateness))
    if (problems.length === 0 || worstMs <= bearableMs) return problems
    const late = Object.entries(lateness).map(([what, ms]) => `${what} ${Math.round(ms)}`)
    voids.push(`try ${attempt} is void: ${late.join(', ')}; bearable: ${bearableMs} (${problems.join('; ')})`)
    process.stderr.write(`${voids.at(-1)}\n`)
  }
  throw new Error(`machine too busy, which says nothing of the product:\n${voids.join('\n')}`)
}
