import type { JournalLine } from '../conversation/lines.ts'
import type { CostReport, Waste } from '../costs/report.ts'

/**
 * How a call ended: the caller hung up, the agent said goodbye or handed the call to a person, its parts failed, or the
 * server was killed.
 */
export type Outcome = 'hung-up' | 'goodbye' | 'transferred' | 'failed' | 'killed'

/** Whether numbers of callers are shown whole (supervisors) or masked (listeners). */
export type Sees = 'masked' | 'numbers'

/** One call of the list. */
export interface CallSummary {
  readonly callId: string
  readonly agent: string
  readonly channel: string
  /** Who has made the call: `outbound` where the server rang somebody. */
  readonly direction: 'inbound' | 'outbound'
  /** ISO 8601. */
  readonly startedAt: string
  readonly lengthMs: number
  readonly outcome: Outcome
  readonly turns: number
  /** From the caller's last sound to the agent's first, over all turns; null where the agent never answered. */
  readonly latencyP50Ms: number | null
  readonly latencyP95Ms: number | null
  readonly interruptions: number
  readonly errors: number
  readonly costUsd: number
  /** How the line was at its worst, of both legs and all streams: `quality/line-quality.ts`. Null where nobody knows. */
  readonly mos: number | null
  readonly lossPercent: number | null
  readonly jitterMs: number | null
  readonly tags: readonly string[]
  /** E.164, or masked ("+1 ••• ••• 0123"); null where withheld or not a telephone. */
  readonly caller: string | null
}

/** What the list is narrowed by; all that is given must hold. */
export interface CallQuery {
  /** ISO 8601; `from` is included, `to` is not. */
  readonly from?: string
  readonly to?: string
  readonly outcome?: Outcome
  readonly agent?: string
  readonly tag?: string
  /** The 95th percentile of the latency is at least this. */
  readonly slowMs?: number
  readonly interrupted?: boolean
  /** Calls that failed, were killed, or had an error. */
  readonly failed?: boolean
  /** All of these words are in the transcript. */
  readonly words?: string
  /** E.164. */
  readonly caller?: string
  /** `next` of the page before. */
  readonly after?: string
  /** 1 to 100; default 50. */
  readonly most?: number
}

export interface CallPage {
  readonly calls: readonly CallSummary[]
  /** For the next page's `after`; null where this is the last. */
  readonly next: string | null
}

/** One attempt's recording, as a WAV file. */
export interface CallAudio {
  readonly bytes: number
  /** The bytes from `from` to `to` - 1. */
  read(from: number, to: number, signal: AbortSignal): AsyncIterable<Uint8Array>
}

/** The query cannot be read: `message` says which part of it, and why. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
}

/** The ids of a caller's calls that were deleted, and of those that are deleted later, as they go on. */
export interface ForgottenCaller {
  readonly calls: readonly string[]
  readonly later: readonly string[]
}

/** All that calls have left, wherever it is kept. Ids that name no call give undefined, whatever they look like. */
export interface Records {
  /** The newest first. Throws QueryError. */
  list(query: CallQuery, sees: Sees, signal: AbortSignal): Promise<CallPage>
  get(callId: string, sees: Sees, signal: AbortSignal): Promise<CallSummary | undefined>
  /** The journal: this server's folder, the S3 store, or the database's commits. */
  lines(callId: string, signal: AbortSignal): Promise<readonly JournalLine[] | undefined>
  /** `about.json`: the settings and fingerprints in force. */
  about(callId: string, signal: AbortSignal): Promise<unknown>
  /** Undefined where there is no recording. */
  audio(callId: string, attempt: number, signal: AbortSignal): Promise<CallAudio | undefined>
  cost(callId: string, signal: AbortSignal): Promise<(CostReport & { readonly wasted: Waste }) | undefined>
  /** Replaces all tags. False where there is no such call. Throws QueryError for tags that are too long or too many. */
  setTags(callId: string, tags: readonly string[]): Promise<boolean>
  /**
   * Deletes every trace of one caller's calls: files, objects, index, commits, notes. Files at other servers go within a
   * minute, and calls that go on when they are over.
   */
  forgetCaller(e164: string, signal: AbortSignal): Promise<ForgottenCaller>
}
