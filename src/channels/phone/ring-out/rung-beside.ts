import type { RingOut, RungOut, ToRing } from '../../../conversation/ring-out.ts'

/** Whether it rings, or in plain words why not. */
export type Rings = { readonly kind: 'rings' } | { readonly kind: 'not-rung'; readonly why: string }

/** What is known of so many calls; the oldest is forgotten. */
const MOST_CALLS = 1_000

/** Rings people for tools, which do not wait for the answer, and keeps for the model of each call what came of it. */
export function rungBeside(ringOut: RingOut) {
  const told = new Map<string, string>()

  function tell(callId: string, words: string): void {
    told.delete(callId)
    told.set(callId, words)
    const [oldest] = told.keys()
    if (told.size > MOST_CALLS && oldest !== undefined) told.delete(oldest)
  }

  const wordsOf = (outcome: RungOut): string =>
    outcome.kind === 'held'
      ? 'The person who was rung has answered.'
      : `The person who was rung was not reached: ${outcome.words}.`

  return {
    /** Resolves when it rings, or when nobody is rung. The end of the call ends the ringing. */
    ring:
      (besideCallId: string) =>
      async (whom: Pick<ToRing, 'number' | 'agent' | 'language'>): Promise<Rings> => {
        const { promise: rings, resolve: onRinging } = Promise.withResolvers<undefined>()
        // The call that it is beside calls it off.
        const { signal } = new AbortController()
        const outcome = ringOut({ ...whom, besideCallId, onRinging: () => onRinging(undefined) }, signal)
        const first = await Promise.race([rings, outcome])
        if (first?.kind === 'not-reached') return { kind: 'not-rung', why: first.words }
        tell(besideCallId, 'A person is being rung at the caller’s wish; it may take half a minute.')
        outcome.then(came => tell(besideCallId, wordsOf(came)))
        return { kind: 'rings' }
      },
    /** What the model of this call is told of it. */
    context: (callId: string): string | undefined => told.get(callId),
  }
}
