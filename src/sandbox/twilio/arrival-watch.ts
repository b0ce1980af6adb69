import { openMillisecondHistogram } from './millisecond-histogram.ts'

/** A longer silence separates two speeches; a shorter one is an underrun. */
const ONE_SPEECH_MS = 500

/** How evenly the agent's audio arrived. */
export interface Arrivals {
  readonly messages: number
  /** How much later than the steady pace of its speech a message came; 0 is on time. */
  readonly latenessMs: { readonly p50: number; readonly p99: number; readonly p999: number; readonly worst: number }
  /** How often the buffer ran empty within a speech. */
  readonly underruns: number
  readonly underrunMs: number
}

/** Measures when one stream's audio arrives, in the Clock's ms. */
export interface ArrivalWatch {
  arrived(nowMs: number, audioMs: number): void
  /** A slot of 20 ms began with nothing to play. */
  dry(dueMs: number): void
  cleared(): void
  figures(): Arrivals
}

/**
 * The lead of a message is how much audio was still to be played when it came. A sender that paces keeps its lead, so
 * the lateness is the largest lead of a speech minus the current lead.
 */
export function openArrivalWatch(): ArrivalWatch {
  const lateness = openMillisecondHistogram()
  let playedUntilMs: number | undefined
  let largestLeadMs = 0
  let drySinceMs: number | undefined
  let worst = 0
  let underruns = 0
  let underrunMs = 0

  return {
    arrived(nowMs, audioMs) {
      const sameSpeech = playedUntilMs !== undefined && nowMs - playedUntilMs < ONE_SPEECH_MS
      if (!sameSpeech) largestLeadMs = 0
      if (sameSpeech && drySinceMs !== undefined) {
        underruns++
        underrunMs += nowMs - drySinceMs
      }
      drySinceMs = undefined
      const leadMs = Math.max(0, (playedUntilMs ?? nowMs) - nowMs)
      largestLeadMs = Math.max(largestLeadMs, leadMs)
      lateness.add(largestLeadMs - leadMs)
      worst = Math.max(worst, largestLeadMs - leadMs)
      playedUntilMs = nowMs + leadMs + audioMs
    },
    dry(dueMs) {
      drySinceMs ??= dueMs
    },
    cleared() {
      playedUntilMs = undefined
      drySinceMs = undefined
    },
    figures: () => ({
      messages: lateness.count,
      latenessMs: {
        p50: lateness.quantile(0.5),
        p99: lateness.quantile(0.99),
        p999: lateness.quantile(0.999),
        worst,
      },
      underruns,
      underrunMs,
    }),
  }
}
