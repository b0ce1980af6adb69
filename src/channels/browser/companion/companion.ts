import type { JournalLine } from '../../../conversation/lines.ts'
import type { Next } from '../../../conversation/ports.ts'
import { orAborted, within } from '../../../conversation/scope.ts'
import { type CompanionCall, joinBeside, type Stay, type StayParts } from './stay.ts'

export interface CompanionParts extends StayParts {
  readonly log: { warn(fields: object, message: string): void }
  /** The codes that all servers share: a new one for a call, good for `goodForMs`, and an end of it. */
  readonly codes: {
    readonly goodForMs: number
    readonly make: (callId: string, at: Date) => Promise<string>
    readonly forget: (callId: string) => Promise<void>
  }
}

/** Somebody who shows their screen beside one telephone call, from the first code to the end of the call. */
export interface Companion {
  /**
   * The digits of a new code, with which one may join; the code before is good no longer. Undefined while somebody is
   * there. Throws an Error when the room cannot be joined or the code cannot be stored, and the signal's reason on abort.
   */
  invite(signal: AbortSignal): Promise<string | undefined>
  /** Is told of each line of the call's journal. */
  read(line: JournalLine): void
  /** Ends it with the call: the code, the room, and what is shown. Never rejects. */
  close(next: Next): Promise<void>
}

/** The way to the page beside a telephone call. */
export interface Beside {
  /** As it is said. */
  readonly address: string
  readonly companionOf: (call: CompanionCall) => Companion
}

/** A page that has redeemed its code in the last moment joins within this time. */
const JOINS_WITHIN_MS = 30_000
/** A LiveKit server that does not answer must not keep the call's record from being sealed. */
const CLOSE_WITHIN_MS = 3_000

export function companionOf(parts: CompanionParts, call: CompanionCall): Companion {
  const { clock, log, codes } = parts
  const { callId } = call
  const lifetime = new AbortController()
  let stay: Stay | undefined
  let hasCode = false
  let last: Promise<unknown> = Promise.resolve()

  async function invited(): Promise<string | undefined> {
    lifetime.signal.throwIfAborted()
    if (stay?.isHere()) return undefined
    const waitMs = codes.goodForMs + JOINS_WITHIN_MS
    const own = stay?.isOver() === false ? stay : await begin(waitMs)
    own.expectFor(waitMs)
    hasCode = true
    const code = await codes.make(callId, clock.wallTime())
    if (own.isOver()) throw new Error('the room was lost')
    return code
  }

  async function begin(waitMs: number): Promise<Stay> {
    await stay?.over
    const own = await joinBeside(parts, call, waitMs, lifetime.signal)
    stay = own
    return own
  }

  async function forget(): Promise<void> {
    if (!hasCode) return
    await codes
      .forget(callId)
      .catch(error => log.warn({ call: callId, err: error }, 'a code stays until it is too old'))
  }

  async function end(): Promise<void> {
    await last
    await Promise.all([forget(), stay?.over])
  }

  return {
    // One after the other: a model may ask for two at once.
    invite(signal) {
      const inviting = last.then(invited)
      last = inviting.catch(() => undefined)
      return orAborted(inviting, signal)
    },
    read: line => stay?.read(line),
    async close(next) {
      // Told first, so that it knows what comes next.
      stay?.end(next)
      lifetime.abort(new Error('the call is over'))
      await within(CLOSE_WITHIN_MS, 'leaving the room', clock, end, new AbortController().signal).catch(error =>
        log.warn({ call: callId, err: error }, 'the room beside a call was not left'),
      )
    },
  }
}
