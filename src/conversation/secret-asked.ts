import type { ToolCall } from './ports.ts'
import type { SecretCheck, SecretNumber } from './secret/ask-secret.ts'

/** How a caller can give it: with keys, or by typing where they have none; and by saying it, where that reaches no model. */
export type HowGiven = 'key' | 'key or say' | 'type' | 'type or say'

/** What became of it. `value` is what `take` gave: nothing secret, since it is written down. */
export type TakenSecret =
  | { readonly kind: 'taken'; readonly value: unknown }
  | { readonly kind: 'not-taken'; readonly why: 'declined' | 'silent' | 'refused' | 'failed' }

/** A tool wants a secret of the caller. It reaches `take`, and neither the model, nor the journal, nor the recording. */
export interface SecretAsked {
  /** What it is, for the journal: "card". */
  readonly what: string
  /** Said before the first question. */
  readonly before: string
  /** It is keyed or typed, and nothing that is said counts. */
  readonly isSilent?: true
  readonly numbers: (how: HowGiven) => readonly [SecretNumber, ...SecretNumber[]]
  readonly refused: string
  /** The arguments with which the tool is called again when the asking is over. */
  readonly again: Readonly<Record<string, unknown>>
  /** Rejects where it is not known what became of it. */
  take(
    digits: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'taken'; readonly value: unknown } | Exclude<SecretCheck, { kind: 'right' }>>
}

/** Asks the caller, and resolves with what became of it. Rejects on abort, and when the caller is gone. */
export type AskSecret = (asked: SecretAsked, signal: AbortSignal) => Promise<TakenSecret>

/** When a secret is asked, in the journal: nothing of the secret is in it. */
export type SecretEvent =
  /** A tool of this reply wants a secret: from now on the caller is heard by nobody else. `again` is called when it is over. */
  | {
      readonly kind: 'secret-asked'
      readonly reply: number
      readonly part: number
      readonly what: string
      readonly again: ToolCall
    }
  | { readonly kind: 'secret-over'; readonly reply: number }
