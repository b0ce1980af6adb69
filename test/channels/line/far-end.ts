import { type AgentRecorder, Playout } from '../../../src/channels/line/playout.ts'
import type { Clock, Heard, Speech, Word } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { FakeClock } from '../../fakes/clock.ts'

export const FRAME_MS = 20

/** What a playout sent. Times are ms since the line opened. */
export type Sent =
  | { readonly kind: 'media'; readonly atMs: number; readonly samples: number }
  | { readonly kind: 'mark'; readonly atMs: number; readonly name: string }
  | { readonly kind: 'clear'; readonly atMs: number }

/** A recorded frame. */
interface Recorded {
  readonly playsAtMs: number
  readonly samples: number
  readonly peak: number
  readonly number: number
  /** Some of it is the agent's voice. */
  readonly isVoice: boolean
}

/** The carrier's end of a playout in virtual time. Marks return after `echoMs`, or when the test returns them. */
export class FarEnd {
  readonly clock = new FakeClock()
  readonly sent: Sent[] = []
  readonly recorded: Recorded[] = []
  readonly cuts: number[] = []
  readonly late: number[] = []
  /** Marks return this long after the sound before them was played; never while undefined. */
  echoMs: number | undefined
  /** The carrier begins what it was not playing with its next slot of 20 ms, and these begin so much after whole ones. */
  slotsFromMs: number | undefined
  /** When each frame that was sent begins to play; undefined for those that a clear took off the line. */
  readonly truth: (number | undefined)[] = []
  readonly playout: Playout
  readonly #openedMs = this.clock.now()
  #stalledMs = 0
  readonly #closed = new AbortController()
  #soundedMs = 0
  #heard: Recorded[] = []

  constructor() {
    const recorder: AgentRecorder = {
      agent: (pcm, playsAtMs, voice) => {
        const peak = Math.max(...pcm.map(Math.abs))
        // `tone` encodes the frame's number as the position of its loudest sample.
        const number = pcm.findIndex(sample => Math.abs(sample) === peak)
        const isVoice = voice.length > 0
        const one = { playsAtMs: playsAtMs - this.#openedMs, samples: pcm.length, peak, number, isVoice }
        this.recorded.push(one)
        this.#heard.push(one)
      },
      moveAgent: (fromMs, byMs) => {
        const move = (one: Recorded): Recorded =>
          one.playsAtMs < fromMs - this.#openedMs ? one : { ...one, playsAtMs: one.playsAtMs + byMs }
        this.recorded.splice(0, this.recorded.length, ...this.recorded.map(move))
        this.#heard = this.#heard.map(move)
      },
      cutAgent: atMs => {
        this.cuts.push(atMs - this.#openedMs)
        this.#heard = this.#heard.filter(({ playsAtMs }) => playsAtMs < atMs - this.#openedMs)
      },
    }
    const wire = {
      media: (pcm: Int16Array) => {
        this.sent.push({ kind: 'media', atMs: this.nowMs, samples: pcm.length })
        const startMs = Math.max(this.#soundedMs, this.#nextSlotMs())
        this.truth.push(startMs)
        this.#soundedMs = startMs + pcm.length / 8
      },
      mark: (name: string) => {
        this.sent.push({ kind: 'mark', atMs: this.nowMs, name })
        if (this.echoMs !== undefined) this.#echo(name, this.#soundedMs - this.nowMs + this.echoMs)
      },
      clear: () => {
        this.sent.push({ kind: 'clear', atMs: this.nowMs })
        for (const [i, startMs] of this.truth.entries())
          if (startMs !== undefined && startMs >= this.nowMs) this.truth[i] = undefined
        this.#soundedMs = Math.min(this.#soundedMs, this.#nextSlotMs())
      },
    }
    const seen: Clock = {
      now: () => this.clock.now() + this.#stalledMs,
      wallTime: () => this.clock.wallTime(),
      sleep: (ms, signal) => this.clock.sleep(ms, signal),
    }
    this.playout = new Playout(seen, 8_000, wire, recorder, lateMs => this.late.push(lateMs))
  }

  #nextSlotMs(): number {
    if (this.slotsFromMs === undefined) return this.nowMs
    return Math.ceil((this.nowMs - this.slotsFromMs) / FRAME_MS) * FRAME_MS + this.slotsFromMs
  }

  /** The carrier gets nothing for so long, and plays what was sent meanwhile later. */
  fallBehind(ms: number): void {
    this.#soundedMs += ms
  }

  #echo(name: string, afterMs: number): void {
    this.clock.sleep(afterMs, this.#closed.signal).then(
      () => this.playout.marked(name),
      () => undefined,
    )
  }

  get nowMs(): number {
    return this.clock.now() + this.#stalledMs - this.#openedMs
  }

  /** Nothing wakes for this long, as if the event loop were busy. */
  stall(ms: number): void {
    this.#stalledMs += ms
  }

  /** The frames that are or will be heard, without those that were cut. */
  onTheLine(): readonly Recorded[] {
    return this.#heard
  }

  /** The times at which the frames were sent. */
  media(): readonly number[] {
    return this.sent.flatMap(some => (some.kind === 'media' ? [some.atMs] : []))
  }

  marks(): readonly string[] {
    return this.sent.flatMap(some => (some.kind === 'mark' ? [some.name] : []))
  }

  /** Begins a speech that the test feeds. */
  begin(): Speaking {
    return new Speaking(this)
  }

  /** Drops the marks that have not returned yet. */
  close(): void {
    this.#closed.abort()
  }
}

/** One speech that is being played. */
export class Speaking {
  readonly voice = new Queue<Speech>(10_000)
  readonly heard: (Heard & { readonly atMs: number })[] = []
  readonly ended: Promise<unknown>
  readonly #abort = new AbortController()
  isOver = false
  error: unknown

  constructor(end: FarEnd) {
    this.ended = this.#listen(end)
  }

  async #listen(end: FarEnd): Promise<void> {
    try {
      for await (const heard of end.playout.play(this.voice, this.#abort.signal))
        this.heard.push({ ...heard, atMs: end.nowMs })
    } catch (error) {
      this.error = error
    }
    this.isOver = true
  }

  sound(ms: number): void {
    this.voice.push({ kind: 'audio', frame: { pcm: new Int16Array(ms * 8), rateHz: 8_000 } })
  }

  /** Sound whose frames can be identified (up to 160): frame n is loudest at its sample n. */
  tone(ms: number): void {
    const pcm = Int16Array.from({ length: ms * 8 }, (_, i) => (i % 160 === Math.floor(i / 160) % 160 ? 20_000 : 5_000))
    this.voice.push({ kind: 'audio', frame: { pcm, rateHz: 8_000 } })
  }

  words(...words: readonly Word[]): void {
    this.voice.push({ kind: 'words', words })
  }

  end(): void {
    this.voice.close()
  }

  abort(): void {
    this.#abort.abort(new Error('the caller spoke'))
  }

  last(): Heard | undefined {
    return this.heard.at(-1)
  }
}

/** Consecutive words of equal length: w0 w1 w2 … */
export const evenWords = (count: number, ms: number): readonly Word[] =>
  Array.from({ length: count }, (_, i) => ({ text: `w${i}`, startMs: i * ms, endMs: (i + 1) * ms }))
