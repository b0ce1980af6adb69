import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../conversation/ports.ts'
import { scopeOf } from '../../conversation/scope.ts'
import type { Records } from '../../records/records.ts'
import { type Change, callPath, change, type Fixture, forget, newFixture, type WhatIfReport } from '../api-shapes.ts'
import { type Asking, signalOf } from '../asking.ts'
import type { Audit } from '../audit.ts'
import { checked, Refusal } from '../refusal.ts'
import type { Session } from '../sign-in/sessions.ts'
import { maskedJson, masking } from './masked.ts'
import type { Notes } from './notes.ts'
import type { NumberWords } from './number-words.ts'
import type { CallPeaks } from './peaks.ts'
import { noSuchCall } from './routes.ts'

export interface FixtureWish {
  readonly name: string
  /** Writes it; without, only a preview is made. */
  readonly save: boolean
  /** The expectations as a person has edited them. */
  readonly expect?: Readonly<Record<string, unknown>> | undefined
}

/** A run of a call, or a fixture of it, cannot be made, and the person should know why. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun'
}

/**
 * Who answers in a run where nothing recorded fits: the live provider, if its key is set, at the operator's cost; or the
 * sandbox's mind alone.
 */
export type AnswersBy = 'live provider' | 'sandbox'

export interface AgainParts {
  readonly clock: Clock
  readonly asking: Asking
  readonly records: Records
  readonly notes: Notes
  readonly audit: Audit
  readonly numberWords: () => NumberWords
  readonly peaks: Pick<CallPeaks, 'forget'>
  /** Runs a call again with something changed. Throws CannotRun. Undefined where that is not possible. */
  readonly whatIf:
    | ((callId: string, change: Change, answersBy: AnswersBy, signal: AbortSignal) => Promise<WhatIfReport>)
    | undefined
  /** Makes a fixture of a call, or shows what it would be. Throws CannotRun. */
  readonly fixtureFrom: ((callId: string, wish: FixtureWish, signal: AbortSignal) => Promise<Fixture>) | undefined
  /** Fixtures are written into the project, which production does not have. */
  readonly savesFixtures: boolean
}

const RUN_WITHIN_MS = 60_000
/** A run takes a core, and calls go on beside it. */
const MOST_RUNS = 2

/** A call run again with something changed, made a fixture, or forgotten with all of its caller's. */
export function againRoutes(app: FastifyInstance, parts: AgainParts): void {
  const { asking, records, notes, audit } = parts
  const running = new Set<string>()

  /** One run at a time for each person, and a minute for each. */
  async function run<T>(who: Session, work: (signal: AbortSignal) => Promise<T>, parent: AbortSignal): Promise<T> {
    if (running.has(who.id)) throw new Refusal('busy', 'A run of yours is not over yet.')
    if (running.size >= MOST_RUNS) throw new Refusal('busy', 'Others run calls just now. Please try again in a minute.')
    running.add(who.id)
    const scope = scopeOf(parent)
    const limit = new Refusal('too-slow', 'The run took longer than a minute, and was stopped.')
    parts.clock.sleep(RUN_WITHIN_MS, scope.signal).then(
      () => scope.abort(limit),
      () => undefined,
    )
    try {
      return await work(scope.signal)
    } catch (error) {
      if (scope.signal.reason === limit) throw limit
      if (error instanceof CannotRun) throw new Refusal('busy', error.message)
      throw error
    } finally {
      running.delete(who.id)
      scope.abort(new Error('the run is over'))
    }
  }

  async function shown(who: Session, callId: string, value: unknown, signal: AbortSignal): Promise<string> {
    if (who.role === 'supervisor') return JSON.stringify(value)
    const known = await records.get(callId, 'numbers', signal)
    return maskedJson(value, masking(known?.caller ?? null, parts.numberWords()))
  }

  app.post('/staff/api/calls/:id/what-if', { bodyLimit: 64 * 1024 }, async (request, reply) => {
    const who = await asking.who(request)
    const { id } = checked(callPath, request.params)
    const wanted = checked(change, request.body)
    const signal = signalOf(reply)
    const isSupervisor = who.role === 'supervisor'
    if (wanted.model !== undefined && !isSupervisor)
      throw new Refusal('forbidden', 'Only supervisors may ask another model: its provider is paid for that.')
    const answersBy = isSupervisor ? 'live provider' : 'sandbox'
    const { whatIf } = parts
    if (!whatIf) throw new Refusal('unavailable', 'Calls cannot be run again here.')
    if (!(await records.get(id, 'masked', signal))) throw noSuchCall()
    await asking.wrote(who, 'what-if', id, Object.keys(wanted).join(' '))
    const report = await run(who, inner => whatIf(id, wanted, answersBy, inner), signal)
    return reply.type('application/json; charset=utf-8').send(await shown(who, id, report, signal))
  })

  app.post('/staff/api/calls/:id/fixture', { bodyLimit: 256 * 1024 }, async (request, reply) => {
    const who = await asking.who(request)
    const { id } = checked(callPath, request.params)
    const wish = checked(newFixture, request.body)
    const signal = signalOf(reply)
    if (wish.save && who.role !== 'supervisor') throw new Refusal('forbidden', 'Only supervisors may do that.')
    if (wish.save && !parts.savesFixtures)
      throw new Refusal('forbidden', 'Fixtures are not written in production. Run the project beside it for that.')
    const { fixtureFrom } = parts
    if (!fixtureFrom) throw new Refusal('unavailable', 'Fixtures cannot be made here.')
    if (!(await records.get(id, 'masked', signal))) throw noSuchCall()
    await asking.wrote(who, 'fixture', id, `${wish.name}${wish.save ? ', saved' : ''}`)
    const made = await run(who, inner => fixtureFrom(id, wish, inner), signal)
    return reply.type('application/json; charset=utf-8').send(await shown(who, id, made, signal))
  })

  app.post('/staff/api/callers/forget', async (request, reply) => {
    const who = await asking.who(request, 'supervisor')
    const { caller } = checked(forget, request.body)
    // Once begun it goes on when the page is closed: half a deletion would be the worst.
    const { calls, later } = await records.forgetCaller(caller, new AbortController().signal)
    await notes.removeOf(calls)
    parts.peaks.forget(calls)
    await audit.forgetCalls(calls)
    const putOff = later.length > 0 ? `, and ${later.length} when they are over` : ''
    await asking.wrote(who, 'forgot-caller', undefined, `${calls.length} calls${putOff}`)
    return reply.send({ calls, later })
  })
}
