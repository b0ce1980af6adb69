import type { HandedOff } from './turn/hand-off.ts'

/** What a guard knows of the call. */
export interface GuardedCall {
  readonly callId: string
  readonly owner: string
  /** BCP 47. */
  readonly language: string
}

/** What is done instead of asking the agent's model. */
export type TurnVerdict =
  /** These words are said. */
  | { readonly kind: 'say'; readonly words: string }
  /** Another agent answers. */
  | ({ readonly kind: 'hand-off' } & Pick<HandedOff, 'agent' | 'history'>)

/**
 * Looks at what is said before it goes on. One that throws, or takes longer than its time, is as if it were not there: the
 * line is never held up.
 */
export interface Guard {
  /** Looks at a turn of the caller before the model is asked, for at most 200 ms. Undefined: the model answers. */
  turn?(
    text: string,
    call: GuardedCall,
    signal: AbortSignal,
  ): TurnVerdict | undefined | Promise<TurnVerdict | undefined>
  /** What the model is told instead of this text of the caller or of a tool. Asked for each text of each request. */
  told?(text: string): string
  /** What is said instead of this clause of the model, within 50 ms; nothing for none. */
  clause?(text: string, call: GuardedCall, signal: AbortSignal): string | Promise<string>
}
