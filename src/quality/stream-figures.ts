/** Shorter steps are carriers' rounding of timestamps, not lost sound. */
const LEAST_GAP_MS = 10
const FRAME_MS = 20
/** RFC 3550, section 6.4.1. */
const JITTER_SHARE = 1 / 16

/** What a stream of dated sound tells of the way that it came. */
export interface StreamFigures {
  readonly soundMs: number
  readonly lostMs: number
  readonly gaps: number
  readonly longestGapMs: number
  /** The jitter of RFC 3550, as a mean over the stream. It includes this process's own delays. */
  readonly jitterMs: number
}

/** Follows a stream frame by frame; keeps sums alone. */
export class FollowedStream {
  #soundMs = 0
  #lostMs = 0
  #gaps = 0
  #longestGapMs = 0
  #nextMs: number | undefined
  #transitMs = 0
  #jitterMs = 0
  #jitterSum = 0
  #frames = 0

  /** `positionMs` by the sender's clock, `arrivedMs` by ours. */
  take(positionMs: number, lengthMs: number, arrivedMs: number): void {
    const transitMs = arrivedMs - positionMs
    if (this.#nextMs !== undefined) {
      const gapMs = positionMs - this.#nextMs
      if (gapMs >= LEAST_GAP_MS) this.lost(gapMs)
      this.#jitterMs += (Math.abs(transitMs - this.#transitMs) - this.#jitterMs) * JITTER_SHARE
      this.#jitterSum += this.#jitterMs
      this.#frames++
    }
    this.#transitMs = transitMs
    this.#soundMs += lengthMs
    this.#nextMs = positionMs + lengthMs
  }

  /** So much sound is missing in one piece. */
  lost(gapMs: number): void {
    this.#gaps++
    this.#lostMs += gapMs
    this.#longestGapMs = Math.max(this.#longestGapMs, gapMs)
  }

  /** Sound that has no date of its own. */
  sound(lengthMs: number): void {
    this.#soundMs += lengthMs
  }

  figures(): StreamFigures {
    return {
      ...{ soundMs: this.#soundMs, lostMs: this.#lostMs, gaps: this.#gaps, longestGapMs: this.#longestGapMs },
      jitterMs: this.#frames === 0 ? 0 : this.#jitterSum / this.#frames,
    }
  }
}

export const lossPercentOf = ({ lostMs, soundMs }: Pick<StreamFigures, 'lostMs' | 'soundMs'>): number =>
  lostMs === 0 ? 0 : (100 * lostMs) / (lostMs + soundMs)

/**
 * G.107's burst ratio: how long the gaps are in frames of 20 ms, against gaps that come by chance. 1 where nothing is lost,
 * and never less.
 */
export function burstRatioOf({ lostMs, soundMs, gaps }: StreamFigures): number {
  if (gaps === 0) return 1
  return Math.max(1, (lostMs / gaps / FRAME_MS) * (soundMs / (soundMs + lostMs)))
}
