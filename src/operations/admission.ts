import type { Clock } from '../conversation/ports.ts'
import { quietFor } from '../conversation/quiet.ts'
import { scopeOf } from '../conversation/scope.ts'
import { type CallerLimits, callerCalls } from './caller-calls.ts'
import { waitingCalls } from './waiting-calls.ts'

/** An answered call whose stream does not open within this time loses its place. */
const STREAM_WITHIN_MS = 30_000
/** After a stream ends, the carrier asks within this time what comes next, or reports that the call is over. */
const ASKS_WITHIN_MS = 5_000
/** Whom the server rings has answered within this time, or it rings no more. */
const RINGS_WITHIN_MS = 90_000
/** A transfer rings for 20 s, to which the carrier may add 5; who is not back then was answered. */
const BACK_WITHIN_MS = 35_000

/** Why a call gets no place: the server is being taken down, has no place, is too late, or the caller has too many calls. */
export type Refusal = 'stopping' | 'full' | 'late' | 'caller'

/** What comes of a call that asks for a place. `position` counts from 1; `isNew`: it did not wait on this server before. */
export type Reception =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'waits'; readonly position: number; readonly isNew: boolean }
  | { readonly kind: 'refused'; readonly why: Refusal }

/** Who asks for a place. */
export interface Asking {
  /** The caller's number; undefined where it is withheld: such a call counts against `mostCalls` alone. */
  readonly caller?: string | undefined
  /** When it began to wait, in ms of the wall clock; undefined where the caller cannot wait. */
  readonly sinceMs?: number | undefined
}

export interface AdmissionRules {
  /** How many calls may wait for a place. */
  readonly mostWaiting: number
  readonly ofCaller: CallerLimits
  /** Whether the server is too late for more calls than it has. */
  readonly isLate: () => boolean
  /** Is told of each call that gets no place. */
  readonly refused: (why: Refusal) => void
}

/** Counts calls against limits, from the answer webhook to the last written line. */
export interface Admission {
  /** Takes a place if there is room. Asking again for the same call takes no second place. */
  admit(callId: string): boolean
  /** The same for who may wait for one: first come, first served. */
  receive(callId: string, asking: Asking): Reception
  /**
   * A call that has begun goes on with another stream. It is never turned away: where its place was lost meanwhile, there
   * is one call too many, and no new ones until that is over.
   */
  goesOn(callId: string, caller: string | undefined): void
  /**
   * The call's stream has opened, and its record is being opened: from now on the call has its place until `ended`. False,
   * and nothing is changed, if its place went to another call.
   */
  begins(callId: string): boolean
  /** The same, where the place is certain. */
  began(callId: string): void
  /** A place for a call that the server makes, until `answered` or `forget`; false where there is none. `ring` is its id so far. */
  ringsOut(ring: string): boolean
  /** The person has answered: the place is that of this call, whose stream is to open. */
  answered(ring: string, callId: string): void
  /** The call is being transferred: should nobody answer, it is back within half a minute, and has its place. */
  comesBack(callId: string): void
  ended(callId: string): void
  /** The carrier was told to ask again, for a call that another server may answer: it does so in a moment. */
  sentBack(callId: string): void
  /** The carrier has asked what comes next: no stream of the call is expected, but of one that comes back. */
  forget(callId: string): void
  /** The carrier has reported the end of the call: nothing of it is expected. */
  over(callId: string): void
  /** The number of calls with an open stream. */
  live(): number
  /** Those calls. */
  liveCalls(): readonly string[]
  /** How many wait for a place. */
  waiting(): number
  /** Refuses new calls from now on. */
  stop(): void
  isStopped(): boolean
  /** Stops waiting for calls whose stream has not opened, and for those who waited for a place. */
  expectNone(): void
  /**
   * Resolves when no call is live, no answered call may still open its stream, and the carrier has no more requests for
   * a call that has ended. Rejects on abort.
   */
  empty(signal: AbortSignal): Promise<void>
}

const NO_LIMITS: AdmissionRules = {
  mostWaiting: 0,
  ofCaller: { mostAtOnce: Number.POSITIVE_INFINITY, mostAnHour: Number.POSITIVE_INFINITY },
  isLate: () => false,
  refused: () => undefined,
}

export function admission(mostCalls: number, clock: Clock, rules: Partial<AdmissionRules> = {}): Admission {
  const { mostWaiting, ofCaller, isLate, refused } = { ...NO_LIMITS, ...rules }
  /** Calls that have a place and no stream, and until when. */
  const expected = new Map<string, number>()
  const live = new Set<string>()
  const returning = new Set<string>()
  /** Calls whose stream has ended, until they are forgotten. */
  const leaving = new Map<string, number>()
  /** Live calls that are already forgotten. */
  const forgotten = new Set<string>()
  const callers = callerCalls(ofCaller, clock)
  const waiting = waitingCalls(mostWaiting, clock)
  const changed = new Set<() => void>()
  let stopped = false

  const change = (): void => {
    for (const wake of [...changed]) wake()
  }

  /** Takes its place from a call without a stream. */
  function vacate(callId: string): boolean {
    if (!expected.delete(callId)) return false
    returning.delete(callId)
    callers.left(callId)
    return true
  }

  function forgetOverdue(): void {
    const now = clock.now()
    for (const [id, untilMs] of expected) if (untilMs <= now) vacate(id)
    for (const [id, untilMs] of leaving) if (untilMs <= now) leaving.delete(id)
  }

  function expect(callId: string): void {
    expected.set(callId, clock.now() + STREAM_WITHIN_MS)
  }

  function refuse(why: Refusal): Reception {
    refused(why)
    return { kind: 'refused', why }
  }

  function receive(callId: string, { caller, sinceMs }: Asking): Reception {
    forgetOverdue()
    // One that was given its place keeps it: the drain waits for it.
    if (live.has(callId)) return { kind: 'admitted' }
    if (expected.has(callId)) {
      if (!returning.has(callId)) expect(callId)
      return { kind: 'admitted' }
    }
    if (stopped) return refuse('stopping')
    waiting.count(callers.left)
    if (caller !== undefined && callers.isTooMany(caller, callId)) return refuse('caller')
    const late = isLate()
    const before = waiting.before(callId)
    // A free place is kept for each who came before, so nobody is overtaken, and nobody waits for who asks seldom.
    if (!late && mostCalls - live.size - expected.size > before) {
      waiting.leave(callId)
      if (caller !== undefined) {
        callers.cameIn(caller, callId)
        callers.began(caller, callId)
      }
      expect(callId)
      return { kind: 'admitted' }
    }
    const isNew = !waiting.has(callId)
    if (sinceMs !== undefined && waiting.waits(callId, sinceMs)) {
      if (caller !== undefined) callers.cameIn(caller, callId)
      return { kind: 'waits', position: before + 1, isNew }
    }
    if (waiting.leave(callId)) callers.left(callId)
    return refuse(late ? 'late' : 'full')
  }

  function began(callId: string): void {
    expected.delete(callId)
    returning.delete(callId)
    leaving.delete(callId)
    live.add(callId)
  }

  function leave(callId: string, untilMs: number): void {
    // Last, as it is the latest.
    leaving.delete(callId)
    leaving.set(callId, untilMs)
  }

  function forget(callId: string): void {
    if (waiting.leave(callId)) callers.left(callId)
    if (live.has(callId)) forgotten.add(callId)
    const hadPlace = !returning.has(callId) && vacate(callId)
    if (leaving.delete(callId) || hadPlace) change()
  }

  async function empty(signal: AbortSignal): Promise<void> {
    for (forgetOverdue(); live.size + expected.size + leaving.size > 0; forgetOverdue()) {
      const scope = scopeOf(signal)
      const { promise: woken, resolve: wake } = Promise.withResolvers<void>()
      changed.add(wake)
      const nextMs = Math.min(...expected.values(), ...leaving.values())
      const waitMs = Math.min(STREAM_WITHIN_MS, nextMs - clock.now())
      try {
        await Promise.race([woken, quietFor(waitMs, clock, scope.signal)])
      } finally {
        changed.delete(wake)
        scope.abort(new Error('looked again'))
      }
    }
  }

  return {
    admit: callId => receive(callId, {}).kind === 'admitted',
    receive,
    goesOn(callId, caller) {
      if (live.has(callId)) {
        // The record of the stream before is being sealed.
        returning.add(callId)
        return
      }
      leaving.delete(callId)
      returning.delete(callId)
      if (caller !== undefined) callers.cameIn(caller, callId)
      expect(callId)
    },
    begins(callId) {
      forgetOverdue()
      if (!live.has(callId) && !expected.has(callId) && live.size + expected.size >= mostCalls) return false
      began(callId)
      return true
    },
    began,
    ringsOut(ring) {
      if (receive(ring, {}).kind !== 'admitted') return false
      expected.set(ring, clock.now() + RINGS_WITHIN_MS)
      return true
    },
    answered(ring, callId) {
      vacate(ring)
      if (!live.has(callId)) expect(callId)
    },
    comesBack(callId) {
      if (live.has(callId)) returning.add(callId)
    },
    ended(callId) {
      live.delete(callId)
      const isOver = forgotten.delete(callId)
      if (returning.has(callId)) expected.set(callId, clock.now() + BACK_WITHIN_MS)
      else callers.left(callId)
      if (!isOver) leave(callId, clock.now() + ASKS_WITHIN_MS)
      change()
    },
    forget,
    over(callId) {
      returning.delete(callId)
      forget(callId)
    },
    sentBack(callId) {
      if (waiting.leave(callId)) callers.left(callId)
      leave(callId, clock.now() + ASKS_WITHIN_MS)
    },
    live: () => live.size,
    liveCalls: () => [...live],
    waiting: () => waiting.count(callers.left),
    stop() {
      stopped = true
      // They ask once more, and are sent to another server then.
      for (const [callId, untilMs] of waiting.dissolve()) {
        callers.left(callId)
        leave(callId, untilMs)
      }
    },
    isStopped: () => stopped,
    expectNone() {
      for (const callId of [...expected.keys()]) vacate(callId)
      // Those who waited ask later than any other.
      for (const [id, untilMs] of leaving) if (untilMs > clock.now() + ASKS_WITHIN_MS) leaving.delete(id)
      change()
    },
    empty,
  }
}
