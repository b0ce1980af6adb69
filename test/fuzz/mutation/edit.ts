import fc from 'fast-check'

/** What is done to the order of messages. */
const ORDER = ['drop', 'repeat', 'late', 'replay', 'garbage', 'end'] as const
/** What is done to the JSON in a message; to its bytes where it has none. */
const JSON_EDITS = ['replace', 'remove', 'rename', 'nest', 'copy', 'grow', 'extra'] as const
/** What is done to a message's bytes, and to how it is framed. */
const BYTE_EDITS = ['cut', 'flip', 'splice', 'other-kind', 'fragment'] as const

export const EDIT_KINDS = [...ORDER, ...JSON_EDITS, ...BYTE_EDITS] as const

/**
 * One thing that goes wrong in a session that is otherwise as it should be. `at` counts the session's messages from 0;
 * `where` is a place in the message and `what` is what is put there, each as far as it goes round.
 */
export interface Edit {
  readonly at: number
  readonly kind: (typeof EDIT_KINDS)[number]
  readonly where: number
  readonly what: number
}

/** In a session of fewer messages than a hundred; one of each so many in a longer one. */
const MOST_EDITS = 6
const MESSAGES_EACH = 16

/** Edits of a session of so many messages. Fewer and earlier ones are simpler, so that they shrink to what matters. */
export const editsOf = (messages: number): fc.Arbitrary<readonly Edit[]> =>
  fc.array(
    fc.record({
      at: fc.nat(Math.max(0, messages - 1)),
      // Most of a session's faults are in what its messages say.
      kind: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...JSON_EDITS) }, fc.constantFrom(...EDIT_KINDS)),
      where: fc.nat(4_096),
      what: fc.nat(4_096),
    }),
    { minLength: 1, maxLength: Math.max(MOST_EDITS, Math.floor(messages / MESSAGES_EACH)) },
  )
