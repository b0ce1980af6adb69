/** How long the server keeps a conversation that dropped. */
export const KEPT_MS = 30_000
/** The last try must arrive before the server forgets. */
const LAST_TRY_MS = KEPT_MS - 1_000
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 8_000

/**
 * How long to wait before the next try to come back, so many tries and milliseconds after the drop; undefined when it
 * is too late.
 */
export function waitBeforeTry(tries: number, sinceMs: number): number | undefined {
  if (sinceMs >= LAST_TRY_MS) return undefined
  return Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS, LAST_TRY_MS - sinceMs)
}

/** What a tab remembers of its conversation over a reload. */
export interface Kept {
  readonly back: string
  readonly withMicrophone: boolean
  readonly isMuted: boolean
  /** When the page was left in the middle of the conversation. */
  readonly leftMs?: number
}

/** Reads what a tab remembers; undefined if it is nothing, or not ours. */
export function keptFrom(text: string | null): Kept | undefined {
  try {
    const kept = JSON.parse(text ?? 'null') as Partial<Kept> | null
    if (kept === null || typeof kept !== 'object' || typeof kept.back !== 'string') return undefined
    return {
      back: kept.back,
      withMicrophone: kept.withMicrophone === true,
      isMuted: kept.isMuted === true,
      ...(typeof kept.leftMs === 'number' ? { leftMs: kept.leftMs } : {}),
    }
  } catch {
    return undefined
  }
}

/** Whether a page that was just opened should go on with the conversation by itself. */
export const isFresh = ({ leftMs }: Kept, nowMs: number): boolean =>
  leftMs !== undefined && nowMs >= leftMs && nowMs - leftMs < KEPT_MS
