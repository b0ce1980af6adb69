import { BetweenSamples } from './between-samples.ts'
import { fromMulaw } from './mulaw.ts'
import { FRAME_MS, PHONE_HZ } from './phone-frames.ts'

/** So much sound lies ready before it plays. */
const START_MS = 60
/** A line that runs dry gets more, up to here. */
const MOST_START_MS = 200
/** After so long without running dry it gets a frame less. */
const CALM_MS = 20_000
/** More than this beyond what is wanted is old: it is left out at once. */
const MOST_EXCESS_MS = 200
/** So much beyond it, in the mean of some time, is left out frame by frame. */
const LASTING_EXCESS_MS = 80
/** More than this is left out where it is quiet. */
const QUIET_EXCESS_MS = 60
/** The level below which nobody hears that a frame is missing. */
const QUIET = 0.004
/** Two clocks differ by a ten-thousandth. Nobody hears a pace that is wrong by half a hundredth. */
const MOST_CORRECTION = 0.005
/** The correction for each ms of sound too much. */
const CORRECTION_PER_MS = MOST_CORRECTION / 20
/** How much a new frame counts in the mean of what lies ready. */
const MEAN_SHARE = 0.02
/** Silence comes in small pieces: sound that arrives meanwhile is not kept waiting. */
const SILENCE = new Float32Array(16)

/** How the frames came: how often it ran dry, and how much was left out because it was too much. */
export interface PlayoutCounts {
  readonly ranDry: number
  readonly leftOutMs: number
}

/**
 * Plays frames that come over a network, at the pace of another clock: waits until enough lies ready, reads a little
 * faster or slower as it grows or shrinks, and after it ran dry waits for more than before.
 */
export class Playout {
  readonly #sound: BetweenSamples
  readonly #step: number
  readonly #ready: Float32Array[] = []
  #startMs = START_MS
  #isWaiting = true
  #meanMs = START_MS
  #calmMs = 0
  #last = 0
  #ranDryTimes = 0
  #leftOutMs = 0

  /** The rate at which it is read, in Hz. */
  constructor(rateHz: number) {
    this.#sound = new BetweenSamples(PHONE_HZ, rateHz)
    this.#step = PHONE_HZ / rateHz
  }

  /** Takes a frame of 20 ms of mu-law. */
  take(frame: Uint8Array): void {
    this.#ready.push(fromMulaw(frame))
    if (this.readyMs <= this.#startMs + MOST_EXCESS_MS) return
    while (this.readyMs > this.#startMs) this.#leaveOut()
  }

  get counts(): PlayoutCounts {
    return { ranDry: this.#ranDryTimes, leftOutMs: this.#leftOutMs }
  }

  get readyMs(): number {
    return this.#ready.length * FRAME_MS
  }

  /** Fills `out` with samples from -1 to 1. A sound thread calls it. */
  read(out: Float32Array): void {
    for (let at = 0; at < out.length; at++) {
      while (!this.#sound.isReady) this.#sound.push(this.#next())
      out[at] = this.#sound.read(this.#step * (1 + this.#correction()))
    }
  }

  #correction(): number {
    if (this.#isWaiting) return 0
    return Math.max(-MOST_CORRECTION, Math.min(MOST_CORRECTION, this.#excessMs * CORRECTION_PER_MS))
  }

  /** In the mean. One frame less is wanted than at the start: it is being read. */
  get #excessMs(): number {
    return this.#meanMs - (this.#startMs - FRAME_MS)
  }

  #next(): Float32Array {
    if (this.#isWaiting) {
      if (this.readyMs < this.#startMs) return SILENCE
      this.#isWaiting = false
      this.#meanMs = this.#startMs - FRAME_MS
      const first = this.#ready.shift() ?? SILENCE
      return this.#played(mixed(SILENCE, first))
    }
    const isTooMuch = this.readyMs > this.#startMs + QUIET_EXCESS_MS
    const isQuiet = this.#ready[0]?.every(sample => Math.abs(sample) < QUIET)
    if ((isTooMuch && isQuiet) || this.#excessMs > LASTING_EXCESS_MS) this.#leaveOut()
    const frame = this.#ready.shift()
    if (frame === undefined) return this.#ranDry()
    return this.#played(frame)
  }

  #played(frame: Float32Array): Float32Array {
    this.#meanMs += (this.readyMs - this.#meanMs) * MEAN_SHARE
    this.#last = frame.at(-1) ?? 0
    this.#calmMs += FRAME_MS
    if (this.#calmMs >= CALM_MS) {
      this.#calmMs = 0
      this.#startMs = Math.max(START_MS, this.#startMs - FRAME_MS)
    }
    return frame
  }

  /** The frame after it begins as this one would have, so that nothing clicks. */
  #leaveOut(): void {
    const gone = this.#ready.shift()
    const next = this.#ready[0]
    if (gone && next) this.#ready[0] = mixed(gone, next)
    this.#meanMs -= FRAME_MS
    this.#leftOutMs += FRAME_MS
  }

  /** Fades out, and waits for more than before. */
  #ranDry(): Float32Array {
    this.#isWaiting = true
    this.#ranDryTimes++
    this.#calmMs = 0
    this.#startMs = Math.min(MOST_START_MS, this.#startMs + FRAME_MS)
    return SILENCE.map((_, at) => this.#last * (1 - (at + 1) / SILENCE.length))
  }
}

/** From one frame to the other within 2 ms: a step would click. */
const mixed = (before: Float32Array, after: Float32Array): Float32Array =>
  after.map((sample, at) => {
    const share = Math.min(1, at / SILENCE.length)
    return sample * share + (before[at] ?? 0) * (1 - share)
  })
