import { randomUUID } from 'node:crypto'
import type { Clock } from '../../../conversation/ports.ts'
import type { NotReached, RingOut, RungOut, ToRing } from '../../../conversation/ring-out.ts'
import { type Scope, scopeOf } from '../../../conversation/scope.ts'
import type { CallOpening } from '../../call-host.ts'
import type { CallHere } from '../../calls-here.ts'
import { mayRing } from './may-ring.ts'
import { afterRefusal, afterStatus, notReached } from './not-reached.ts'
import type { ReadRingPass, RingPasses } from './ring-pass.ts'
import type { TwilioCalls } from './twilio-calls.ts'

export interface RingOutParts {
  /** The own number from which people are rung. */
  readonly from: string
  /** Beginnings of the numbers that may be rung. */
  readonly allowed: readonly string[]
  /** Numbers that lead back to this server. */
  readonly own: () => readonly string[]
  readonly publicUrl: string
  readonly serverId: string
  readonly mostCallMs: number
  readonly passes: RingPasses
  readonly twilio: TwilioCalls
  /** The call of this id, if it is held here. */
  readonly here: (callId: string) => CallHere | undefined
  readonly admission: {
    /** Takes a place for a call that is to ring; false where there is none. */
    readonly ringsOut: (ring: string) => boolean
    /** Somebody has answered: the place is the call's, whose stream comes. */
    readonly answered: (ring: string, callId: string) => void
    readonly forget: (ring: string) => void
  }
  /** Counts one more, or says what is too many. */
  readonly limits: {
    readonly take: (ring: string, caller: string | undefined, number: string) => string | undefined
    readonly left: (ring: string) => void
  }
  readonly clock: Clock
  readonly log: { warn(fields: object, message: string): void }
}

/** What an answered call is told: it is to be held, its server is another one, or nobody waits for it any more. */
export type Answered = 'hold' | 'elsewhere' | 'over'

const RING_S = 25
/** Twilio's queue, the ringing, and what Twilio may add to it. */
const ANSWERED_WITHIN_MS = 60_000
/** From the answer to the stream, with what other servers may be asked in between. */
const HELD_WITHIN_MS = 20_000
/** Twilio's callbacks may get lost, or reach another server. */
const LOOKS_APART_MS = 3_000
/** Where Twilio's answer was lost, it tells so soon that there is a call. */
const TOLD_WITHIN_MS = 5_000
/** What came of a call is known so long afterwards: requests of it may come late. */
const KNOWN_MS = 120_000
const MOST_KNOWN = 10_000
const OVER = new Error('the ringing is over')

/** One ringing, from its place to the end of the call. */
interface Ringing {
  readonly pass: { readonly ring: string; readonly number: string; readonly besideCallId?: string | undefined }
  readonly scope: Scope
  readonly settle: (outcome: RungOut) => void
  callId?: string
  isAnswered: boolean
  outcome?: RungOut
}

/** Rings people, and knows what comes of it. */
export function ringOuts(parts: RingOutParts) {
  const { admission, limits, passes, twilio, clock, log, publicUrl } = parts
  const rings = new Map<string, Ringing>()
  /** The one leg that a call may have. */
  const besides = new Map<string, string>()
  const ending = new Set<Promise<unknown>>()
  const server = new AbortController()

  const ringOut: RingOut = async (asked, signal) => {
    const { number, besideCallId } = asked
    const first = besideCallId === undefined ? undefined : parts.here(besideCallId)
    const refuse = (why: NotReached, words?: string): RungOut => {
      first?.note({ kind: 'rung-out', outcome: why })
      return notReached(why, words)
    }
    if (signal.aborted || server.signal.aborted || (besideCallId !== undefined && !first) || first?.over.aborted)
      return notReached('cancelled')
    const may = mayRing(number, parts.allowed, parts.own())
    if (may.kind === 'no') return refuse('refused', may.why)
    if (besideCallId !== undefined && besides.has(besideCallId))
      return refuse('limit', 'somebody is rung, or on the line, already')
    const ring = randomUUID()
    const tooMany = limits.take(ring, first?.owner, number)
    if (tooMany !== undefined) return refuse('limit', tooMany)
    if (!admission.ringsOut(ring)) {
      limits.left(ring)
      return refuse('limit')
    }
    first?.note({ kind: 'ringing-out', agent: asked.agent, endsIn: number.slice(-2) })
    const outcome = await rung(ring, asked, [signal, ...(first ? [first.over] : [])])
    first?.note({
      kind: 'rung-out',
      outcome: outcome.kind === 'held' ? 'held' : outcome.why,
      ...(outcome.kind === 'held' && { callId: outcome.callId }),
    })
    return outcome
  }

  async function rung(ring: string, asked: ToRing, until: readonly AbortSignal[]): Promise<RungOut> {
    const { number, agent, language, besideCallId } = asked
    const { promise, resolve } = Promise.withResolvers<RungOut>()
    const scope = scopeOf(server.signal)
    const ringing: Ringing = { pass: { ring, number, besideCallId }, scope, isAnswered: false, settle }
    rings.set(ring, ringing)
    if (besideCallId !== undefined) besides.set(besideCallId, ring)

    function settle(outcome: RungOut): void {
      if (ringing.outcome) return
      ringing.outcome = outcome
      scope.abort(OVER)
      if (outcome.kind === 'not-reached') letGo(ringing)
      resolve(outcome)
    }
    const callOff = (): void => settle(notReached('cancelled'))
    const signals = [server.signal, ...until]
    for (const signal of signals) signal.addEventListener('abort', callOff, { once: true })
    const token = passes.mint({ ring, server: parts.serverId, number, agent, language, besideCallId })
    const url = (path: string): string => `${publicUrl}${path}?ring=${token}`
    // What was asked of Twilio is heard to its end, so that a call that nobody waits for any more is ended.
    const placed = placeCall(ringing, url('/calls/rung-out'), url('/calls/status'), asked.onRinging)
    keepUntilDone(placed)
    try {
      return await promise
    } finally {
      for (const signal of signals) signal.removeEventListener('abort', callOff)
    }
  }

  async function placeCall(ringing: Ringing, url: string, statusUrl: string, onRinging?: () => void): Promise<void> {
    const { number, ring } = ringing.pass
    const mostS = Math.ceil(parts.mostCallMs / 1_000)
    const { signal } = new AbortController()
    const made = await twilio.create({ to: number, from: parts.from, url, statusUrl, ringS: RING_S, mostS }, signal)
    switch (made.kind) {
      case 'created':
        known(ringing, made.callId)
        break
      case 'refused':
        log.warn({ ring, status: made.status, code: made.code }, 'Twilio refuses to ring a number')
        return ringing.settle(afterRefusal(made))
      case 'unknown':
        log.warn({ ring, why: made.why }, 'it is not known whether Twilio rings a number')
        await clock
          .sleep(ringing.callId === undefined ? TOLD_WITHIN_MS : 0, ringing.scope.signal)
          .catch(() => undefined)
        if (ringing.callId === undefined) return ringing.settle(notReached('carrier'))
    }
    if (ringing.outcome) return
    onRinging?.()
    keepUntilDone(look(ringing))
  }

  /** Asks how the call stands, until it is held or over. */
  async function look(ringing: Ringing): Promise<void> {
    const { signal } = ringing.scope
    const fromMs = clock.now()
    let answeredMs = Number.POSITIVE_INFINITY
    try {
      while (true) {
        await clock.sleep(LOOKS_APART_MS, signal)
        const status = await twilio.statusOf(ringing.callId ?? '', signal)
        if (ringing.isAnswered || status === 'in-progress') answeredMs = Math.min(answeredMs, clock.now())
        const ended = status === undefined ? undefined : afterStatus(status)
        if (ended) return ringing.settle(ended)
        if (clock.now() - answeredMs >= HELD_WITHIN_MS) return ringing.settle(notReached('no-line'))
        if (answeredMs === Number.POSITIVE_INFINITY && clock.now() - fromMs >= ANSWERED_WITHIN_MS)
          return ringing.settle(notReached('no-answer'))
      }
    } catch {
      // It is over.
    }
  }

  /** Its id is known: by Twilio's answer, or by the first request for it. Who was let go meanwhile is ended. */
  function known(ringing: Ringing, callId: string): void {
    if (ringing.callId !== undefined) return
    ringing.callId = callId
    if (ringing.outcome?.kind === 'not-reached') keepUntilDone(end(ringing))
  }

  /** The call that rings, or was answered meanwhile, is ended, and its place is free. */
  function letGo(ringing: Ringing): void {
    const { ring, besideCallId } = ringing.pass
    if (besideCallId !== undefined) besides.delete(besideCallId)
    limits.left(ring)
    admission.forget(ring)
    if (ringing.callId !== undefined) keepUntilDone(end(ringing))
    keepUntilDone(forgetLater(ring))
  }

  async function end({ callId = '', pass: { ring } }: Ringing): Promise<void> {
    // It is ended while the server closes, too.
    if (!(await twilio.end(callId, new AbortController().signal)))
      log.warn({ ring, call: callId }, 'a call that nobody waits for could not be ended')
    admission.forget(callId)
  }

  async function forgetLater(ring: string): Promise<void> {
    for (const old of rings.keys()) {
      if (rings.size <= MOST_KNOWN) break
      rings.delete(old)
    }
    await clock.sleep(KNOWN_MS, server.signal).catch(() => undefined)
    rings.delete(ring)
  }

  function keepUntilDone(work: Promise<unknown>): void {
    ending.add(work)
    work.catch(error => log.warn({ err: error }, 'ringing somebody broke')).finally(() => ending.delete(work))
  }

  /** The ringing of a pass, if it is this server's and of this call: a pass is good for one call alone. */
  function ringingOf(pass: ReadRingPass, callId: string): Ringing | undefined {
    const ringing = rings.get(pass.ring)
    if (!ringing) return undefined
    known(ringing, callId)
    return ringing.callId === callId ? ringing : undefined
  }

  return {
    ringOut,
    passes,
    /** Somebody has answered. Asked again for the same call it says the same, until the call is held or over. */
    answered(pass: ReadRingPass, callId: string): Answered {
      if (pass.server !== parts.serverId) return pass.isExpired ? 'over' : 'elsewhere'
      const ringing = ringingOf(pass, callId)
      if (!ringing || ringing.outcome?.kind === 'not-reached' || (pass.isExpired && !ringing.isAnswered)) return 'over'
      if (!ringing.outcome) {
        ringing.isAnswered = true
        admission.answered(pass.ring, callId)
      }
      return 'hold'
    },
    /** Whether a stream may be opened for this ringing, at this server. */
    isAwaited(ring: string, callId: string): boolean {
      const ringing = rings.get(ring)
      return ringing?.callId === callId && ringing.outcome?.kind !== 'not-reached'
    },
    /** Twilio tells how the call stands. Told twice, or late, it changes nothing. */
    told(pass: ReadRingPass, callId: string, status: string): void {
      const ringing = ringingOf(pass, callId)
      const ended = afterStatus(status)
      if (ringing && ended) ringing.settle(ended)
    },
    held({ rung, callId }: CallOpening): void {
      const ringing = rung && rings.get(rung.ring)
      if (ringing?.callId === callId) ringing.settle({ kind: 'held', callId })
    },
    over({ rung }: CallOpening): void {
      const ringing = rung && rings.get(rung.ring)
      if (!ringing) return
      const { ring, besideCallId } = ringing.pass
      if (besideCallId !== undefined && besides.get(besideCallId) === ring) besides.delete(besideCallId)
      limits.left(ring)
      keepUntilDone(forgetLater(ring))
    },
    /** Ends what rings. Resolves when Twilio was told so. */
    async close(): Promise<void> {
      server.abort(new Error('the server is closing'))
      while (ending.size > 0) await Promise.allSettled(ending)
    },
  }
}

export type RingOuts = ReturnType<typeof ringOuts>
