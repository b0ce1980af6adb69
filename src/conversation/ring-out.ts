/** Whom the server is to ring. */
export interface ToRing {
  /** E.164, such as +4930123456. */
  readonly number: string
  /** The name of the agent that holds the call when the person answers. */
  readonly agent: string
  /** The code of the language in which it begins. Default: the first of the line. */
  readonly language?: string | undefined
  /** The call beside which it is held: whose person wants it, and with whose end the ringing ends. */
  readonly besideCallId?: string | undefined
  /** Is told once that the carrier has taken the call, and rings. */
  readonly onRinging?: (() => void) | undefined
}

/**
 * Why nobody was reached. `refused`: the number may not be rung. `limit`: too many calls, here or of this caller or number.
 * `carrier`: it does not ring for us. `no-line`: somebody answered, and their sound never came. `cancelled`: nobody waits any more.
 */
export type NotReached = 'busy' | 'no-answer' | 'failed' | 'refused' | 'limit' | 'carrier' | 'no-line' | 'cancelled'

/** What came of it. `words` say it plainly, for people and models. */
export type RungOut =
  /** A person has answered, and an agent holds this call. */
  | { readonly kind: 'held'; readonly callId: string }
  | { readonly kind: 'not-reached'; readonly why: NotReached; readonly words: string }

/**
 * Rings a number. Resolves within a minute and a quarter, and never rejects: when the call is held, or when it is certain
 * that it will not be. Aborting the signal, or the end of the call beside it, ends the ringing.
 */
export type RingOut = (asked: ToRing, signal: AbortSignal) => Promise<RungOut>
