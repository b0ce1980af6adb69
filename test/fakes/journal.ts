import type { CallJournal, JournalLine, Line } from '../../src/conversation/lines.ts'
import type { Clock } from '../../src/conversation/ports.ts'

/** A journal in memory. Its lines pass through JSON, as they would on disk. */
export class FakeJournal implements CallJournal {
  readonly lines: JournalLine[] = []
  commits = 0
  commitMs = 0
  commitError: Error | undefined
  readonly #clock: Clock
  readonly #startMs: number

  /** `startMs`: the clock's time at which the call began. */
  constructor(clock: Clock, startMs = clock.now()) {
    this.#clock = clock
    this.#startMs = startMs
  }

  append(line: Line): void {
    const placed: JournalLine = { ...line, v: 2, seq: this.lines.length + 1, atMs: this.#clock.now() - this.#startMs }
    this.lines.push(JSON.parse(JSON.stringify(placed)))
  }

  async commit(signal: AbortSignal): Promise<void> {
    this.commits++
    await this.#clock.sleep(this.commitMs, signal)
    if (this.commitError) throw this.commitError
  }
}
