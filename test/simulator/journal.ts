import type { CallJournal, Line } from '../../src/conversation/lines.ts'
import type { VirtualClock } from '../../src/replay/virtual-clock.ts'
import type { Chance } from './chance.ts'
import type { Ledger } from './ledger.ts'

export interface CommitTraits {
  readonly medianMs: number
  readonly mostMs: number
  readonly fails: number
}

export const anyCommits = (chance: Chance): CommitTraits => ({
  medianMs: chance.pick([2, 20, 200]),
  mostMs: chance.happens(0.15) ? 4_000 : 500,
  fails: chance.happens(0.15) ? 0.4 : 0,
})

/** A journal in memory with the lines as they would be written to the disk. */
export class SimulatedJournal implements CallJournal {
  readonly lines: string[] = []
  /** For each resolved commit, the number of lines that it covers. */
  readonly committed: number[] = []
  readonly #traits: CommitTraits
  readonly #clock: VirtualClock
  readonly #startMs: number
  readonly #ledger: Ledger
  readonly #chance: Chance
  readonly #onLine: (line: Line) => void

  constructor(
    traits: CommitTraits,
    clock: VirtualClock,
    startMs: number,
    ledger: Ledger,
    chance: Chance,
    onLine: (line: Line) => void,
  ) {
    this.#traits = traits
    this.#clock = clock
    this.#startMs = startMs
    this.#ledger = ledger
    this.#chance = chance
    this.#onLine = onLine
  }

  append(line: Line): void {
    const seq = this.lines.length + 1
    this.lines.push(JSON.stringify({ v: 2, seq, atMs: this.#clock.now() - this.#startMs, ...line }))
    this.#onLine(line)
  }

  async commit(signal: AbortSignal): Promise<void> {
    const lines = this.lines.length
    this.#ledger.opened('commits')
    try {
      await this.#clock.sleep(this.#chance.tailed(this.#traits.medianMs, this.#traits.mostMs), signal)
      if (this.#chance.happens(this.#traits.fails)) {
        this.#ledger.count('commits failed')
        throw new Error('simulated: the disk is full')
      }
      this.committed.push(lines)
    } finally {
      this.#ledger.closed('commits')
    }
  }
}
