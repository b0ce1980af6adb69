import type { Word } from './ports.ts'
import type { Policy, Turn, TurnEvent } from './turn/turn.ts'

/** How a call began: all that a replay needs besides the inputs. */
export interface CallStarted {
  readonly kind: 'call-started'
  readonly callId: string
  readonly agent: string
  readonly channel: string
  /** The code of the language in which its words were judged. */
  readonly language: string
  readonly wallTime: string
  readonly policy: Policy
  /** The turn it began with. */
  readonly turn: Turn
}

/** What came in beside the turn's own events, in the order in which the conversation took it. */
export type Stream =
  | { readonly kind: 'delta'; readonly reply: number; readonly part: number; readonly text: string }
  | { readonly kind: 'speech'; readonly reply: number; readonly part: number; readonly samples: number }
  | { readonly kind: 'speech-words'; readonly reply: number; readonly part: number; readonly words: readonly Word[] }

/** What the heart did, with its reasons. */
export type Decision =
  | { readonly kind: 'turn'; readonly turn: Turn }
  | { readonly kind: 'model-asked'; readonly reply: number; readonly part: number; readonly messages: number }
  | { readonly kind: 'clause'; readonly reply: number; readonly part: number; readonly text: string }
  | { readonly kind: 'tool-refused'; readonly reply: number; readonly call: string; readonly why: string }

/** What the call has used that costs money. */
export type Usage =
  | { readonly kind: 'stt-seconds'; readonly seconds: number }
  | { readonly kind: 'tokens'; readonly input: number; readonly output: number; readonly cached: number }
  | { readonly kind: 'tts-characters'; readonly characters: number }
  /** What was made of a draft that was thrown away. */
  | { readonly kind: 'draft-wasted'; readonly reply: number; readonly tokens: number; readonly characters: number }
  | { readonly kind: 'carrier-seconds'; readonly seconds: number }

/** What a line of the journal can say; the journal adds its version, number and time. */
export type Line =
  | { readonly started: CallStarted }
  | { readonly input: TurnEvent | Stream }
  | { readonly decided: Decision }
  | { readonly used: Usage }
  /** What operators want to know and no replay needs: frames sent late, audio dropped, lines lost. */
  | { readonly noted: { readonly kind: string; readonly [detail: string]: unknown } }

/** The version of the journal's lines; 2 since the turn's fields have the names they have now. */
export const JOURNAL_VERSION = 2

/** A line with its place: `seq` counts the call's lines from 1, `atMs` from the start of the call. */
export type JournalLine = Line & { readonly v: typeof JOURNAL_VERSION; readonly seq: number; readonly atMs: number }

/** The append-only record of one call, as the conversation sees it. */
export interface CallJournal {
  /** Never waits and never throws: what cannot be kept is counted and said. */
  append(line: Line): void
  /** Resolves when every line so far is durable in the shared store; rejects when it cannot be or on abort. */
  commit(signal: AbortSignal): Promise<void>
}
