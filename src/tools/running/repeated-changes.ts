import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { orAborted } from '../../conversation/scope.ts'

const MOST_KEPT = 5_000

/** One change that a call asks for; `onceMs` is how long the same one counts as the same wish. */
export interface ChangeAsked {
  /** Its idempotency key, if it is a wish of its own. */
  readonly key: string
  readonly callId: string
  readonly server: string
  readonly tool: string
  readonly given: Readonly<Record<string, unknown>>
  readonly onceMs: number
}

/** What came of a change, with words for the model. */
export interface ChangeOutcome {
  readonly kind: 'done' | 'not done' | 'unknown'
  readonly text: string
}

/** Sees to it that a model which asks for the same change again does not get it made again. */
export interface RepeatedChanges {
  /** Nobody knows whether it was made when it was asked for before: it needs the caller's agreement now. */
  isInDoubt(change: ChangeAsked): boolean
  /**
   * Makes the change and resolves with words for the model. While the same one is being made, they are those of that
   * one; within `onceMs` of it, with no other change of the call on that server in between, they say that it is done.
   * What is in doubt, or failed last, is made with the key that it had: a server that knows keys makes it once even if
   * it was wrong about its failure.
   */
  made(change: ChangeAsked, make: (key: string) => Promise<ChangeOutcome>, signal: AbortSignal): Promise<string>
}

type State =
  | { readonly kind: 'running'; readonly outcome: Promise<ChangeOutcome> }
  | { readonly kind: 'done'; readonly place: string; readonly text: string; readonly untilMs: number }
  | { readonly kind: 'not done'; readonly place: string; readonly key: string }
  | { readonly kind: 'in doubt'; readonly key: string }

export function repeatedChanges(clock: Clock): RepeatedChanges {
  const states = new Map<string, State>()

  function settle(id: string, { callId, server, onceMs, key }: ChangeAsked, { kind, text }: ChangeOutcome): void {
    states.delete(id)
    const place = placeOf(callId, server)
    // What came before this is not the last word any more: it may be wanted again, as a wish of its own.
    if (kind !== 'not done') {
      for (const [other, state] of states) if ('place' in state && state.place === place) states.delete(other)
    }
    if (kind === 'unknown') states.set(id, { kind: 'in doubt', key })
    if (kind === 'not done') states.set(id, { kind, place, key })
    if (kind === 'done' && onceMs > 0) states.set(id, { kind, place, text, untilMs: clock.now() + onceMs })
    const [oldest] = states.keys()
    if (states.size > MOST_KEPT && oldest !== undefined) states.delete(oldest)
  }

  return {
    isInDoubt: change => states.get(idOf(change))?.kind === 'in doubt',
    async made(change, make, signal) {
      const id = idOf(change)
      const before = states.get(id)
      if (before?.kind === 'running') return (await orAborted(before.outcome, signal)).text
      if (before?.kind === 'done' && before.untilMs > clock.now()) {
        return `This was done a moment ago, and was not done again. ${before.text}`
      }
      const key = before && 'key' in before ? before.key : change.key
      const outcome = make(key)
      states.set(id, { kind: 'running', outcome })
      try {
        const came = await outcome
        settle(id, { ...change, key }, came)
        return came.text
      } catch (error) {
        settle(id, { ...change, key }, { kind: 'unknown', text: '' })
        throw error
      }
    },
  }
}

const placeOf = (callId: string, server: string): string => JSON.stringify([callId, server])

const object = z.record(z.string(), z.unknown())

/** The same arguments are the same change, in whatever order a model writes them. */
function idOf({ callId, server, tool, given }: ChangeAsked): string {
  return JSON.stringify([callId, server, tool, given], (_, value: unknown) => {
    const read = object.safeParse(value)
    if (!read.success) return value
    return Object.fromEntries(Object.entries(read.data).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
}
