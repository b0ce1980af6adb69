import { isVoiced } from '../../audio/loudness.ts'
import type { SttInput } from '../../conversation/ports.ts'

/** Longer sound without final words is not kept: its beginning is lost when its provider dies. */
const MOST_MS = 20_000
/** So much is kept of sound without a voice. A voice begins softly. */
const QUIET_MS = 1_000
/** Between two words there may be so much silence. */
const GAP_MS = 160
/** Final words come so long after their sound at most, where their provider does not date them. */
const LATE_MS = 2_500

interface Kept {
  readonly item: SttInput
  /** In ms since the first sound; a flush has the time of the sound before it. */
  readonly untilMs: number
  readonly ms: number
  readonly voiced: boolean
}

/** What of a caller's sound has no final words yet, so that another provider can be given it. */
export class KeptSound {
  #items: Kept[] = []
  /** How many items were before those that are kept. */
  #dropped = 0
  #nowMs = 0
  #voicedMs = 0
  #isClosed = false
  #wake = Promise.withResolvers<void>()

  /** The number of the first item that is kept. */
  get first(): number {
    return this.#dropped
  }

  /** The number that the next item will have. */
  get end(): number {
    return this.#dropped + this.#items.length
  }

  /** The length of all sound so far. */
  get nowMs(): number {
    return this.#nowMs
  }

  /** How much of the kept sound has a voice. */
  get voicedMs(): number {
    return this.#voicedMs
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** When the item with this number begins. */
  startMs(number: number): number {
    const kept = this.#items[number - this.#dropped]
    return kept ? kept.untilMs - kept.ms : this.#nowMs
  }

  at(number: number): SttInput | undefined {
    return this.#items[number - this.#dropped]?.item
  }

  add(item: SttInput): void {
    const ms = item === 'flush' ? 0 : (item.pcm.length / item.rateHz) * 1_000
    this.#nowMs += ms
    const voiced = item !== 'flush' && isVoiced(item.pcm)
    if (voiced) this.#voicedMs += ms
    this.#items.push({ item, ms, untilMs: this.#nowMs, voiced })
    this.#dropUntil(this.#nowMs - (this.#voicedMs === 0 ? QUIET_MS : MOST_MS))
    this.#tell()
  }

  close(): void {
    this.#isClosed = true
    this.#tell()
  }

  /** Resolves with the next item, or when there will be none. */
  more(): Promise<void> {
    return this.#wake.promise
  }

  /** The words of all sound until then are final. */
  finalUntil(ms: number): void {
    this.#dropUntil(ms)
  }

  /**
   * Final words have come, and nobody says until when they go. They go to a pause at least: the first one of late. What is
   * said after it is kept, and may be heard again. `givenUntilMs`: sound after it has not been heard yet; `speed`: how many
   * times faster than it was spoken it was given.
   */
  finalSomewhere(givenUntilMs: number, speed: number): void {
    const fromMs = givenUntilMs - LATE_MS * speed
    let quietMs = 0
    for (const { voiced, ms, untilMs } of this.#items) {
      if (untilMs > givenUntilMs) break
      quietMs = voiced ? 0 : quietMs + ms
      if (quietMs >= GAP_MS && untilMs >= fromMs) return this.#dropUntil(untilMs - quietMs / 2)
    }
    this.#dropUntil(fromMs)
  }

  #dropUntil(ms: number): void {
    const count = this.#items.findIndex(({ untilMs }) => untilMs > ms)
    const dropped = count === -1 ? this.#items.length : count
    if (dropped === 0) return
    for (const { voiced, ms } of this.#items.splice(0, dropped)) if (voiced) this.#voicedMs -= ms
    this.#dropped += dropped
  }

  #tell(): void {
    this.#wake.resolve()
    this.#wake = Promise.withResolvers()
  }
}
