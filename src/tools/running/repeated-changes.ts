import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { orAborted } from '../../conversation/scope.ts'

const MOST_REMEMBERED = 5_000

/** A change that the model asks for in a call. Within `onceMs` the same change counts as the same request. */
export interface ChangeAsked {
  /** Its idempotency key, if it is a new request. */
  readonly key: string
  readonly callId: string
  readonly server: string
  readonly tool: string
  readonly given: Readonly<Record<string, unknown>>
  readonly onceMs: number
}

/** The outcome of a change, with words for the model. */
export interface ChangeOutcome {
  readonly kind: 'done' | 'not done' | 'unknown'
  readonly text: string
}

/** Prevents a change from being made again when a model asks for it again. */
export interface RepeatedChanges {
  /** The change was made so long ago, at a server that is gone; those of a call in their order. */
  remember(change: ChangeAsked, text: string, agoMs: number): void
  /** Whether the outcome of the same change is unknown: then the caller must agree before it is made again. */
  isInDoubt(change: ChangeAsked): boolean
  /**
   * Makes the change and resolves with words for the model. While the same change is being made, its words are shared;
   * within `onceMs` after it, with no other change of the call on that server in between, the words say that it is done.
   * A change that is in doubt, or failed last, is made with its previous key: a server that honours keys then makes it
   * once, even if it wrongly reported a failure.
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

  /** Of those that are not being made: there are as many of these as calls have asked for. */
  function forgetOldest(): void {
    for (const [id, { kind }] of states) if (kind !== 'running') return void states.delete(id)
  }

  function settle(id: string, { callId, server, onceMs, key }: ChangeAsked, { kind, text }: ChangeOutcome): void {
    states.delete(id)
    const place = placeOf(callId, server)
    // After this change an earlier one may be wanted again, as a new request.
    if (kind !== 'not done') {
      for (const [other, state] of states) if ('place' in state && state.place === place) states.delete(other)
    }
    if (kind === 'unknown') states.set(id, { kind: 'in doubt', key })
    if (kind === 'not done') states.set(id, { kind, place, key })
    if (kind === 'done' && onceMs > 0) states.set(id, { kind, place, text, untilMs: clock.now() + onceMs })
    if (states.size > MOST_REMEMBERED) forgetOldest()
  }

  return {
    remember(change, text, agoMs) {
      settle(idOf(change), { ...change, onceMs: change.onceMs - agoMs }, { kind: 'done', text })
    },
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
        const result = await outcome
        settle(id, { ...change, key }, result)
        return result.text
      } catch (error) {
        settle(id, { ...change, key }, { kind: 'unknown', text: '' })
        throw error
      }
    },
  }
}

const placeOf = (callId: string, server: string): string => JSON.stringify([callId, server])

const object = z.record(z.string(), z.unknown())

/** The same arguments are the same change, in whatever order the model writes them. */
function idOf({ callId, server, tool, given }: ChangeAsked): string {
  return JSON.stringify([callId, server, tool, given], (_, value: unknown) => {
    const read = object.safeParse(value)
    if (!read.success) return value
    return Object.fromEntries(Object.entries(read.data).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
}
