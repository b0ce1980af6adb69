import type { Agent } from '../conversation/agent.ts'
import type { Language } from '../conversation/language.ts'
import type { Decision, JournalLine } from '../conversation/lines.ts'
import type { Clock, LanguageModel, ToolSpec, TurnEnd, VoiceActivity } from '../conversation/ports.ts'
import type { advance } from '../conversation/state.ts'
import type { PatienceWindow } from '../conversation/turn/patience.ts'
import type { Policy } from '../conversation/turn/turn.ts'

/** A decision that came out otherwise. One of the two is missing where only one side decided anything. */
export interface Difference {
  /** The recorded line; where nothing was recorded, the line of the input after which the decision came now. */
  readonly seq: number
  /** Milliseconds since the call began. */
  readonly atMs: number
  readonly recorded: Decision | undefined
  readonly now: Decision | undefined
}

/** What came of feeding a call's recorded inputs to today's code. */
export interface ExactReport {
  readonly callId: string
  readonly lines: number
  /** How many recorded decisions were compared. */
  readonly decisions: number
  /** Of all attempts together. */
  readonly lengthMs: number
  readonly differences: readonly Difference[]
  /** What could not be compared, and why, in words: lines that were lost, decisions that depend on more than the journal. */
  readonly notes: readonly string[]
}

/** A call as it was kept. */
export interface RecordedCall {
  readonly callId: string
  readonly lines: readonly JournalLine[]
  /** The whole recording of one attempt, counted from 1: a WAV file, left the caller. Undefined where there is none. */
  recording(attempt: number, signal: AbortSignal): Promise<Uint8Array | undefined>
}

/** What is otherwise this time. What is not named stays as it was recorded. */
export interface Change {
  readonly patience?: Partial<PatienceWindow>
  readonly bargeIn?: Partial<Policy['bargeIn']>
  readonly instructions?: string
  /** Asked instead of the recorded one. Only a live provider knows models by name. */
  readonly model?: string
}

/** What a call needs to be run again with a change. */
export interface WhatIfParts {
  /** The agent of this name in this language, as it is now; undefined where this server has none. */
  readonly agentOf: (name: string, language: string) => Agent | undefined
  /** What the model may call. Nothing is ever run. */
  readonly toolSpecs: readonly ToolSpec[]
  /** A detector for this run alone, on a clock on which nothing takes time. Closed when the signal aborts. */
  readonly openVoiceActivity: (clock: Clock, signal: AbortSignal) => Promise<VoiceActivity>
  readonly turnEnd: TurnEnd
  /**
   * Opens the provider that is asked what was never asked before, at the first such question; `model` as in the change.
   * Undefined: the sandbox's mind.
   */
  readonly live: ((model: string | undefined, language: string) => LanguageModel | Promise<LanguageModel>) | undefined
  /** What some lines of a call cost, in USD. */
  readonly costUsd: (lines: readonly JournalLine[]) => number
}

/** One turn of the caller and its answer, in one of the two runs. Times are milliseconds since the call began. */
export interface WhatIfSide {
  /** When the caller began to speak. */
  readonly startMs: number
  /** When the turn was taken for over. */
  readonly endOfTurnMs: number
  /** From the caller's last sound to the agent's first; null where the agent did not answer. */
  readonly latencyMs: number | null
  /** What was generated. */
  readonly said: string
  /** What the caller heard of it. */
  readonly heard: string
  /** By the caller. */
  readonly interrupted: boolean
  /** The call, or in a run again its recording, ended before the answer did. */
  readonly ended: boolean
  readonly tools: readonly { readonly name: string; readonly arguments: string; readonly result: string | null }[]
  /** Where the model's answer came from. */
  readonly from: 'recorded' | 'live' | 'sandbox'
  readonly costUsd: number
}

export type Changed = 'end of turn' | 'interrupted' | 'words' | 'tools' | 'latency' | 'cost'

/** One turn of the caller in both runs. One side is missing where only one run has it. */
export interface WhatIfTurn {
  /** Counted from 1. */
  readonly turn: number
  /** By the caller. */
  readonly said: string
  readonly before: WhatIfSide | null
  readonly after: WhatIfSide | null
  readonly changed: readonly Changed[]
}

export interface WhatIfReport {
  readonly callId: string
  readonly turns: readonly WhatIfTurn[]
  /** From this turn on the caller's words no longer fit what the agent says now; null if they always do. */
  readonly indicativeFromTurn: number | null
  /** What else is to be known of this run, in words: a call without its sound, or with parts that were left out. */
  readonly notes: readonly string[]
}

/** What a fixture's call must come to. A person may edit it. */
export interface Expectation {
  /** The caller's turns, as they were transcribed. */
  readonly callerSaid: readonly string[]
  /** Each reply of the agent, as far as it was heard. */
  readonly callerHeard: readonly string[]
  readonly tools: readonly { readonly name: string; readonly arguments: string }[]
  readonly interruptions: number
  /** What came after the call. */
  readonly outcome: 'hang-up' | 'transfer' | 'goodbye' | 'unavailable' | 'cut off'
}

/** A call made into a fixture: what a person looks at before it is saved, and what is written then. */
export interface Fixture {
  readonly name: string
  readonly lines: readonly JournalLine[]
  /** Who said what, with everything replaced. */
  readonly transcript: string
  readonly expect: Expectation
  /** What was replaced, in words and by what: "a name by Alex Miller". Never the original. */
  readonly replaced: readonly string[]
  /** WAV files by name, silent where something private was said. */
  readonly recordings: ReadonlyMap<string, Uint8Array>
}

/** What decides in a replay besides the journal. */
export interface ReplayRules {
  /** Throws an Error for a language that this server does not know. */
  languageOf(code: string): Language
  /** Another way to take an event, to see which calls it changes. Otherwise that of live calls. */
  readonly advance?: typeof advance
}
