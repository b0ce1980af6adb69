/** What of a speech goes to an avatar as one stream. Times are the Clock's. */
export interface Passage {
  /** When its first sound was sent. */
  readonly fromMs: number
  /** When it would have been played as far as it was sent, if it had begun at once. */
  untilMs: number
  /** How much sound was sent. */
  sentMs: number
  /** How long after it was sent it plays; undefined until it is known to play. */
  latencyMs: number | undefined
  /** The same, if the avatar has told it itself: it plays no sooner. */
  leastLatencyMs: number
  state: 'open' | 'ended' | 'cleared' | 'over'
  /** Since when the room hears nothing of the avatar, after it has heard something. */
  silentSinceMs: number | undefined
  hasSounded: boolean
  /** The avatar has told of its end, in whatever way. */
  isTold: boolean
  /** Marks that were not returned, and when they are due but for the latency. */
  readonly marks: { readonly name: string; readonly untilMs: number }[]
  /** Aborted when its marks are worth nothing. */
  readonly returning: AbortController
  /** What of it was played when it was cleared, where that is told. */
  readonly played: PromiseWithResolvers<number | undefined>
}

export const passageFrom = (nowMs: number): Passage => ({
  ...{
    fromMs: nowMs,
    untilMs: nowMs,
    sentMs: 0,
    latencyMs: undefined,
    leastLatencyMs: 0,
    state: 'open',
    silentSinceMs: undefined,
  },
  ...{ hasSounded: false, isTold: false, marks: [], returning: new AbortController(), played: Promise.withResolvers() },
})

/** A report may come so much sooner than the sound can have been played: by the lengths of frames, and of buffers. */
const TOLERANCE_MS = 150

/** Whether all of it can have been played by now. An avatar that says so sooner is not believed. */
export const canBePlayed = ({ untilMs, leastLatencyMs }: Passage, nowMs: number): boolean =>
  nowMs + TOLERANCE_MS >= untilMs + leastLatencyMs

/** What of a cleared one can have been played, of what the avatar says: no more than was sent, or than time allows. */
export const playedOf = ({ sentMs, fromMs }: Passage, positionMs: number, nowMs: number): number =>
  Math.max(0, Math.min(positionMs, sentMs, nowMs - fromMs))

/** How much of one that goes on has been played by this time: of one that is not known to have begun, nothing. */
export const heardOf = ({ sentMs, untilMs, latencyMs }: Passage, atMs: number): number =>
  latencyMs === undefined ? 0 : Math.max(0, sentMs - Math.max(0, untilMs + latencyMs - atMs))

/** The one that a report of an end is about: the oldest that waits for one. */
export function reported(
  waiting: readonly Passage[],
  isInterrupted: boolean,
  nowMs: number,
): { readonly passage: Passage | undefined; readonly before: readonly Passage[] } {
  // Of one that was cleared before it began, no avatar tells anything: a later one that is at its end is meant.
  const meant = waiting.findIndex(one => one.state !== 'cleared' || isInterrupted)
  const later = waiting[meant]
  if (meant > 0 && later?.state === 'ended' && canBePlayed(later, nowMs))
    return { passage: later, before: waiting.slice(0, meant) }
  return { passage: waiting[0], before: [] }
}
