/** What the staff API answers. It describes itself at /staff/api/openapi.json. */

export type Role = 'listener' | 'supervisor'
export interface Me {
  readonly name: string
  readonly role: Role
}
export interface Ways {
  readonly oidc: boolean
  readonly password: boolean
  /** How to set a way up, where there is none yet. */
  readonly help: string | undefined
}

export const OUTCOMES = ['hung-up', 'goodbye', 'transferred', 'failed', 'killed'] as const
export type Outcome = (typeof OUTCOMES)[number]

export interface CallSummary {
  readonly callId: string
  readonly agent: string
  readonly channel: string
  /** Of servers of before it is not known. */
  readonly direction?: 'inbound' | 'outbound'
  /** ISO 8601. */
  readonly startedAt: string
  readonly lengthMs: number
  readonly outcome: Outcome
  readonly turns: number
  readonly latencyP50Ms: number | null
  readonly latencyP95Ms: number | null
  readonly interruptions: number
  readonly errors: number
  readonly costUsd: number
  /** The line at its worst: an estimated mean opinion score from 1 to 4.41, what was lost, the jitter. */
  readonly mos: number | null
  readonly lossPercent: number | null
  readonly jitterMs: number | null
  readonly tags: readonly string[]
  /** Masked for listeners. */
  readonly caller: string | null
}
export interface CallPage {
  readonly calls: readonly CallSummary[]
  readonly next: string | null
}

export interface Note {
  readonly id: string
  readonly atMs: number
  readonly text: string
  readonly by: string
  readonly at: string
}
/** One stretch of the call on the line. Its recording begins at `startMs` of the call. */
export interface Attempt {
  readonly attempt: number
  readonly audio: boolean
  readonly startMs: number
}
export interface Call extends CallSummary {
  readonly attempts: readonly Attempt[]
  readonly notes: readonly Note[]
}

/** One attempt's sound, as it is drawn: a byte for each peak, in base64. */
export interface Recording {
  readonly lengthMs: number
  readonly peakMs: number
  readonly caller: string
  readonly agent: string
}

/** Who did what. `callId` is null where it was no call, or one that was deleted on request. */
export interface AuditRow {
  readonly id: string
  readonly at: string
  readonly name: string
  readonly role: string
  readonly action: string
  readonly callId: string | null
  readonly detail: string
}
export interface AuditPage {
  readonly rows: readonly AuditRow[]
  readonly next: string | null
}

export interface Forgotten {
  readonly calls: readonly string[]
  /** Calls that go on, and are deleted when they are over. */
  readonly later?: readonly string[]
}

export interface CostReport {
  readonly usd: number
  readonly parts: readonly {
    readonly what: string
    readonly vendor: string
    readonly amount: number
    readonly unit: string
    readonly usd: number
  }[]
  /** The date of the prices, YYYY-MM-DD. */
  readonly pricesOf: string
  /** Thrown-away drafts, and speech that nobody heard: a part of `usd`. */
  readonly wasted: { readonly draftsUsd: number; readonly unheardUsd: number }
}

export interface Change {
  readonly patience?: Readonly<Record<string, number>>
  readonly bargeIn?: Readonly<Record<string, number | string>>
  readonly instructions?: string
  readonly model?: string
}
export interface WhatIfSide {
  readonly startMs: number
  readonly endOfTurnMs: number
  readonly latencyMs: number | null
  readonly said: string
  readonly heard: string
  readonly interrupted: boolean
  /** The call, or in a run again its recording, ended before the answer did. */
  readonly ended: boolean
  readonly tools: readonly { readonly name: string; readonly arguments: string; readonly result: string | null }[]
  readonly from: 'recorded' | 'live' | 'sandbox'
  readonly costUsd: number
}
export type Changed = 'end of turn' | 'interrupted' | 'words' | 'tools' | 'latency' | 'cost'
export interface WhatIfTurn {
  readonly turn: number
  readonly said: string
  readonly before: WhatIfSide | null
  readonly after: WhatIfSide | null
  readonly changed: readonly Changed[]
}
export interface WhatIfReport {
  readonly callId: string
  readonly turns: readonly WhatIfTurn[]
  readonly indicativeFromTurn: number | null
  /** What else is to be known of the run, in words. */
  readonly notes?: readonly string[]
}

export interface Fixture {
  /** The folder that was written; null while it is only looked at. */
  readonly saved?: string | null
  readonly preview: { readonly transcript: string; readonly expect: unknown; readonly replaced: readonly string[] }
}

export interface LiveCall {
  readonly callId: string
  readonly agent: string
  readonly channel: string
  readonly startedAt: string
  /** Null where another server has the call. */
  readonly state: string | null
  readonly caller: string | null
  /** False where another server has the call: it cannot be listened to by way of this one. */
  readonly heldHere?: boolean
  /** The name of the server that has it. */
  readonly server?: string | null
  /** So far, in USD; null where another server has the call. */
  readonly costUsd: number | null
}
