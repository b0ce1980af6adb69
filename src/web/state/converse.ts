import type { Answer } from '../server/ask.ts'
import type { RoomAccess } from '../server/room.ts'
import { type Problem, problemOf } from './problems.ts'
import { waitBeforeTry } from './way-back.ts'

/**
 * How a stay in a room ended. `dropped`: nobody wanted it, and the conversation can be had back for a while. `moved`: the
 * server has let go of it, and another one has it.
 */
export type Stay = 'left' | 'over' | 'taken-over' | 'dropped' | 'moved' | 'unreachable' | 'no-agent'

export interface ConverseParts {
  /** The conversation to go on with, if there was one. */
  readonly back: string | undefined
  /** Whether that one dropped just now, by a reload: then it is worth a few tries. */
  readonly hasDropped: boolean
  readonly ask: (back: string | undefined, signal: AbortSignal) => Promise<Answer<RoomAccess>>
  /** Joins the room. Resolves when the stay is over. An aborted signal means that the person leaves. */
  readonly stay: (access: RoomAccess, signal: AbortSignal) => Promise<Stay>
  /** Waits so long, or until the network is there again. */
  readonly wait: (waitMs: number, signal: AbortSignal) => Promise<void>
  readonly nowMs: () => number
  readonly onReturning: () => void
}

/** A stay that was longer is no part of the drop before it. */
const STEADY_MS = 5_000
/** Refusals that another try within the half minute may not get. */
const PASSING = ['offline', 'unavailable', 'stopping', 'busy']

/**
 * A conversation from the press of the button to its end. After a drop it comes back by itself while the server keeps
 * it. Resolves with what ended it: undefined when the person left. Rejects when `signal` is aborted outside a room.
 */
export async function converse(parts: ConverseParts, signal: AbortSignal): Promise<Problem | undefined> {
  let back = parts.back
  let droppedAtMs = parts.hasDropped ? parts.nowMs() : undefined
  let tries = 0
  for (;;) {
    const asked = await parts.ask(back, signal)
    let ended: Stay | undefined
    if (asked.kind === 'ok') {
      back = asked.value.back
      const joinedAtMs = parts.nowMs()
      ended = await parts.stay(asked.value, signal)
      // It was a conversation again, so the next drop has a half minute of its own.
      if (ended === 'dropped' || ended === 'moved') {
        const endedAtMs = parts.nowMs()
        if (droppedAtMs === undefined || endedAtMs - joinedAtMs > STEADY_MS) {
          droppedAtMs = endedAtMs
          tries = 0
          if (ended === 'moved') {
            parts.onReturning()
            continue
          }
        }
      }
      if (ended === 'left') return undefined
      if (ended === 'over' || ended === 'taken-over' || ended === 'no-agent') return problemOf(ended)
    } else if (droppedAtMs === undefined || !PASSING.includes(asked.why)) {
      return problemOf(asked.why, asked.message)
    }
    if (droppedAtMs === undefined) return problemOf('unreachable')
    parts.onReturning()
    const waitMs = waitBeforeTry(tries++, parts.nowMs() - droppedAtMs)
    if (waitMs === undefined) return problemOf('gone')
    await parts.wait(waitMs, signal)
  }
}
