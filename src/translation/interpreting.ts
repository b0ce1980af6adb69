import type { CallLine, CallRecorder } from '../channels/call-host.ts'
import type { JournalLine } from '../conversation/lines.ts'
import type { Clock, Next } from '../conversation/ports.ts'
import { scopeOf } from '../conversation/scope.ts'
import { INVITED, joiningByCode } from './joining.ts'
import { Person, type PersonCall } from './person.ts'

interface LegOfAgent {
  /** The agent of the other line. */
  readonly other: string
  readonly isFirst: boolean
  /** The number of the other person, who is rung. */
  readonly rings?: string
}

/** Rings somebody. Resolves with the call that is held with them, or why there is none. Never rejects. */
export type RingOther = (
  asked: {
    readonly number: string
    readonly agent: string
    readonly language: string
    readonly besideCallId: string
  },
  signal: AbortSignal,
) => Promise<{ readonly kind: 'held'; readonly callId: string } | { readonly kind: 'not-reached' }>

export interface InterpretingParts {
  readonly clock: Clock
  readonly log: { warn(fields: object, message: string): void }
  /** Aborted when the server closes. */
  readonly signal: AbortSignal
  /** The agents in force, of which `legs` are the lines of interpreters, by the names of their agents. */
  readonly agents: () => { readonly legs: ReadonlyMap<string, LegOfAgent> }
  readonly codes: {
    readonly make: (callId: string, at: Date) => Promise<string>
    readonly forget: (callId: string) => Promise<void>
    readonly redeem: (
      code: string,
      address: string,
      at: Date,
    ) => Promise<{ readonly kind: 'right'; readonly callId: string } | { readonly kind: 'wrong' | 'limited' }>
  }
}

/** One stream of a call that is interpreted. */
export interface Leg {
  /** The same recorder, whose caller's sound is also heard by the other person. */
  tap<Recorder extends CallRecorder>(recorder: Recorder): Recorder
  /** The line is there. */
  on(line: CallLine): void
  /** Is told of each line of the call's journal. */
  read(line: JournalLine): void
  /** The stream is over. */
  over(next: Next): void
}

/** The interpreted conversations of this server: it holds both calls of each. */
export interface Interpreting {
  /** Undefined where the agent interprets nothing. */
  legOf(call: PersonCall & { readonly rateHz: number }): Leg | undefined
  /** Joins two calls, at once or as soon as both are there. False where that is not possible any more. */
  join(first: string, second: string): boolean
}

/** Whose line broke is waited for so long. */
const RETURNS_WITHIN_MS = 30_000
const MOST_KEPT = 1_000

function keepLatest(some: Set<string>, one: string): void {
  some.add(one)
  for (const old of some) if (some.size > MOST_KEPT) some.delete(old)
}

/** `ringOut`: where nobody is reached, the other person joins by a code. */
export function openInterpreting(parts: InterpretingParts, ringOut: RingOther): Interpreting {
  const { clock, log, codes } = parts
  const people = new Map<string, Person>()
  const rates = new Map<Person, number>()
  /** Calls that were rung for another one, by their ids. */
  const expected = new Map<string, string>()
  /** Calls that were rung for somebody who has left since, or that ended before they began; the latest of them. */
  const orphans = new Set<string>()
  const ended = new Set<string>()
  const agentLeg = (agent: string): LegOfAgent | undefined => parts.agents().legs.get(agent)
  const byCode = joiningByCode({ ...parts, agentLeg, joined, partOf: callId => people.get(callId) })

  /** Both hear each other from now on, as far as their lines are there. */
  function connect(one: Person): void {
    const { peer } = one
    if (!peer || !one.line || !peer.line) return
    one.carriesTo(peer, rates.get(one) ?? one.line.rateHz)
    peer.carriesTo(one, rates.get(peer) ?? peer.line.rateHz)
  }

  function disconnect(one: Person): void {
    one.carriesNowhere()
    one.peer?.carriesNowhere()
    one.peer?.line?.background?.nothingBeneath()
  }

  function joined(first: Person, second: Person): boolean {
    const fits = agentLeg(first.agent)?.other === second.agent && first !== second
    const areThere = [first, second].every(one => people.get(one.callId) === one)
    if (!fits || !areThere || first.peer || second.peer || first.isParted || second.isParted) return false
    first.peer = second
    second.peer = first
    for (const one of [first, second]) {
      one.inviting?.abort(INVITED)
      one.note({ kind: 'interpreted-with', call: one.peer?.callId })
      one.tell(one.words.here)
    }
    connect(first)
    forgetCode(first.callId)
    return true
  }

  function forgetCode(callId: string): void {
    codes.forget(callId).catch(error => log.warn({ call: callId, err: error }, 'a code stays until it is too old'))
  }

  /** This person does not come back. */
  function left(one: Person): void {
    const { peer } = one
    disconnect(one)
    people.delete(one.callId)
    for (const [second, first] of expected) {
      if (first !== one.callId) continue
      expected.delete(second)
      keepLatest(orphans, second)
    }
    rates.delete(one)
    one.inviting?.abort(INVITED)
    one.away?.release()
    one.away = undefined
    if (!peer) return
    one.peer = undefined
    peer.peer = undefined
    peer.isParted = true
    peer.tell(peer.words.parted, 'farewell')
  }

  function waitFor(one: Person): void {
    const away = scopeOf(parts.signal)
    one.away = away
    one.peer?.tell(one.peer.words.away)
    clock.sleep(RETURNS_WITHIN_MS, away.signal).then(
      () => left(one),
      () => undefined,
    )
  }

  async function ring(first: Person, number: string, agent: string, language: string): Promise<void> {
    first.tell(first.words.ringing)
    const asked = { number, agent, language, besideCallId: first.callId }
    const outcome = await ringOut(asked, parts.signal)
    if (outcome.kind === 'held' && join(first.callId, outcome.callId)) return
    if (!people.has(first.callId) || first.peer || first.isParted) return
    first.tell(first.words.notReached)
    await byCode.invite(first)
  }

  function began(one: Person, isAgain: boolean): void {
    const { peer } = one
    if (peer) {
      if (isAgain) peer.tell(peer.words.backAgain)
      if (!peer.line) one.tell(one.words.away)
      return connect(one)
    }
    if (one.isParted) return
    if (orphans.delete(one.callId)) {
      one.isParted = true
      return one.tell(one.words.parted, 'farewell')
    }
    const first = expected.get(one.callId)
    expected.delete(one.callId)
    if (first !== undefined && join(first, one.callId)) return
    const leg = agentLeg(one.agent)
    if (!leg?.isFirst) return isAgain ? undefined : one.tell(one.words.askCode)
    const { rings, other } = leg
    const inviting =
      rings !== undefined && !isAgain
        ? ring(one, rings, other, other.slice(other.lastIndexOf('-') + 1))
        : byCode.invite(one)
    inviting.catch(error => log.warn({ call: one.callId, err: error }, 'the other person of a call cannot join'))
  }

  function passedOn(one: Person, text: string): void {
    const { peer } = one
    if (!peer) return one.isParted ? undefined : byCode.heard(one, text)
    const nowMs = clock.now()
    if (peer.isEcho(text, nowMs)) return one.note({ kind: 'interpreted-echo' })
    one.said(text, nowMs)
    peer.tell(text, 'translation')
  }

  function join(firstId: string, secondId: string): boolean {
    const [first, second] = [people.get(firstId), people.get(secondId)]
    if (!first) keepLatest(orphans, secondId)
    if (!first || ended.has(secondId)) return false
    if (second?.line) return joined(first, second)
    expected.set(secondId, firstId)
    return true
  }

  return {
    join,
    legOf(call) {
      if (!agentLeg(call.agent.name)) return undefined
      const known = people.get(call.callId)
      const one = known ?? new Person(call)
      one.note = call.note
      let line: CallLine | undefined
      let lastId = 0
      return {
        tap: recorder => ({
          ...recorder,
          caller(pcm: Int16Array, positionMs: number, atMs: number) {
            recorder.caller(pcm, positionMs, atMs)
            one.sounds(pcm)
          },
        }),
        on(opened) {
          line = opened
          people.set(call.callId, one)
          rates.set(one, call.rateHz)
        },
        read(journalLine) {
          if ('started' in journalLine && journalLine.started.turn.kind !== 'ended' && line) {
            const isAgain = one.away !== undefined
            one.came(line)
            began(one, isAgain)
          }
          if ('input' in journalLine && journalLine.input.kind === 'digit' && !one.peer && !one.isParted)
            byCode.keyed(one, journalLine.input.digit)
          const turn = 'decided' in journalLine && journalLine.decided.kind === 'turn' && journalLine.decided.turn
          const passed = turn ? turn.context.passedOn : undefined
          if (!passed || passed.id <= lastId) return
          lastId = passed.id
          passedOn(one, passed.text)
        },
        over(next) {
          notBegun(call.callId)
          // A later stream of the same call is there already.
          if (line === undefined || one.line !== line) return one.line ? undefined : gone(one, next)
          one.line = undefined
          disconnect(one)
          gone(one, next)
        },
      }
    },
  }

  /** Somebody who was rung has left before they were held: whoever waits for them is told, and may be joined by a code. */
  function notBegun(callId: string): void {
    orphans.delete(callId)
    keepLatest(ended, callId)
    const first = people.get(expected.get(callId) ?? '')
    expected.delete(callId)
    if (!first || first.peer || first.isParted) return
    first.tell(first.words.notReached)
    byCode.invite(first).catch(error => log.warn({ call: callId, err: error }, 'nobody can join'))
  }

  function gone(one: Person, next: Next): void {
    if (one.away || people.get(one.callId) !== one) return
    if (!one.peer && !one.isParted) {
      if (agentLeg(one.agent)?.isFirst) forgetCode(one.callId)
      left(one)
    } else if (next === 'unavailable' && one.peer) waitFor(one)
    else left(one)
  }
}
