import type { Manner } from './delivery.ts'
import type { AudioTokens, ToolCall, Word } from './ports.ts'
import type { Policy, Turn, TurnEvent } from './turn/turn.ts'

/** How a call began. With the inputs it is all that a replay needs. */
export interface CallStarted {
  readonly kind: 'call-started'
  readonly callId: string
  readonly agent: string
  readonly channel: string
  /** The code of the language in which its words were judged. */
  readonly language: string
  readonly wallTime: string
  readonly policy: Policy
  /** The first turn. */
  readonly turn: Turn
  /** The line up to which the history was restored; 0 for a new one. Older lines lack it, and went on from all before. */
  readonly afterSeq?: number
}

/** Inputs that are not events of the turn, in the order in which they came. */
export type Stream =
  | { readonly kind: 'delta'; readonly reply: number; readonly part: number; readonly text: string }
  /** The model has written all, and called these tools. Older journals lack it. */
  | {
      readonly kind: 'model-answered'
      readonly reply: number
      readonly part: number
      readonly calls: readonly ToolCall[]
    }
  | { readonly kind: 'speech'; readonly reply: number; readonly part: number; readonly samples: number }
  | { readonly kind: 'speech-words'; readonly reply: number; readonly part: number; readonly words: readonly Word[] }

const STREAMS = ['delta', 'model-answered', 'speech', 'speech-words'] as const satisfies readonly Stream['kind'][]

/** Whether the input changes the turn. */
export const isEvent = (input: TurnEvent | Stream): input is TurnEvent =>
  !(STREAMS as readonly string[]).includes(input.kind)

/** What the conversation did, and why. */
export type Decision =
  | { readonly kind: 'turn'; readonly turn: Turn }
  | { readonly kind: 'model-asked'; readonly reply: number; readonly part: number; readonly messages: number }
  | {
      readonly kind: 'clause'
      readonly reply: number
      readonly part: number
      readonly text: string
      readonly manner?: Manner | undefined
    }
  | { readonly kind: 'tool-refused'; readonly reply: number; readonly call: string; readonly why: string }

/**
 * What the call used that costs money. `by`: who did it, by the name of the settings; without it, the first provider of
 * the settings. What this machine did by itself (`local`) costs none.
 */
export type Usage =
  /** `again`: sound that another provider was given before. */
  | {
      readonly kind: 'stt-seconds'
      readonly seconds: number
      readonly by?: string | undefined
      readonly again?: true
    }
  /**
   * `reply`: what they were used for; older journals lack it. `estimated`: by letters, because the vendor did not say, such
   * as of a request that was broken off.
   */
  | {
      readonly kind: 'tokens'
      readonly reply?: number
      readonly input: number
      readonly output: number
      readonly cached: number
      readonly audio?: AudioTokens
      readonly estimated?: true
      /** They were used for no reply. */
      readonly of?: 'summary' | 'warming'
      readonly by?: string | undefined
    }
  /** Without those of sentences whose sound is kept. `reply` as above. */
  | {
      readonly kind: 'tts-characters'
      readonly reply?: number
      readonly characters: number
      readonly by?: string | undefined
    }
  /** What a discarded draft cost. */
  | {
      readonly kind: 'draft-wasted'
      readonly reply: number
      readonly tokens: number
      readonly characters: number
      /** Whose voice spoke it. */
      readonly by?: string | undefined
    }
  | { readonly kind: 'carrier-seconds'; readonly seconds: number }

/** One line as the conversation appends it. The journal adds version, number and time. */
export type Line =
  | { readonly started: CallStarted }
  | { readonly input: TurnEvent | Stream }
  | { readonly decided: Decision }
  | { readonly used: Usage }
  /** For operators; a replay does not need it: frames sent late, audio dropped, lines lost. */
  | { readonly noted: { readonly kind: string; readonly [detail: string]: unknown } }

/** The version of the journal's lines. Version 2 renamed the turn's fields. */
export const JOURNAL_VERSION = 2

/** A line in its place. `seq` counts the call's lines from 1; `atMs` counts from the start of the call. */
export type JournalLine = Line & { readonly v: typeof JOURNAL_VERSION; readonly seq: number; readonly atMs: number }

/** The append-only record of one call, as the conversation sees it. */
export interface CallJournal {
  /** Never waits and never throws. Lines that cannot be kept are counted and reported. */
  append(line: Line): void
  /** Resolves when every line so far is durable in the shared store. Rejects when that fails or on abort. */
  commit(signal: AbortSignal): Promise<void>
}
