import assert from 'node:assert/strict'
import type { Fault } from '../sandbox/faults.ts'
import type { Breakable, Check, Opened, Subject } from './check.ts'
import { assertFailure, assertIdle, outcomeOf, told, type Use, withOpened } from './uses.ts'

/** The same request would be refused again. */
const FOR_GOOD = [400, 401, 403, 404]
const FOR_A_MOMENT = [429, 500, 503]
/** A stall is noticed within this. */
const STALLED_WITHIN_MS = 15_000
const DROPPED_WITHIN_MS = 1_000
/** A break is no stall: it is noticed at once, but for one more try. */
const NOTICED_WITHIN_MS = 5_000
const LONGEST_MESSAGE = 16 * 1024 * 1024

export interface FailureParts<Provider, Out> {
  readonly use: Use<Provider, Out>
  /** What came, so that two uses can be compared. */
  readonly told: (out: readonly Out[]) => string
  /** Messages that cannot be read may be left out: their words are lost, and the stream goes on. */
  readonly mayLose: boolean
}

/** What goes wrong in a service is a ProviderError that says whether to try again; it comes in time and leaves nothing. */
export function failureChecks<Provider, Out>(
  subject: Subject<Provider, Breakable>,
  parts: FailureParts<Provider, Out>,
): readonly Check[] {
  const { use, mayLose } = parts
  const { faults: kinds = ['drop', 'stall', 'malformed', 'status'], secret } = subject.has

  /** Uses it with this fault; undefined when the fault did not come to pass. */
  async function failure(fault: Fault, when: string, withinMs: number): Promise<unknown> {
    let found: unknown
    await withOpened(subject, {}, async opened => {
      const idle = opened.busy()
      const whole = await opened.passing(outcomeOf(opened, use))
      assert.equal(whole.error, undefined, `undisturbed it fails: ${told(whole.error)}`)
      opened.setFaults([fault])
      const lifetime = new AbortController()
      const failed = await opened.passing(outcomeOf(opened, use, { signal: lifetime.signal, lasting: true }))
      await assertIdle(opened, idle, when, lifetime.signal)
      const wasInjected = opened.faultsLeft() === 0
      const isWhole = failed.error === undefined && (mayLose || parts.told(failed.out) === parts.told(whole.out))
      if (!wasInjected) assert(isWhole, `${when}: without a fault it ended with ${told(failed.error)}`)
      const isBearable = fault.kind === 'malformed' || ('afterMessages' in fault && (fault.afterMessages ?? 0) > 0)
      if (isWhole && (!wasInjected || isBearable)) return
      assert(failed.error !== undefined, `${when}: it ended as if nothing were wrong`)
      const limitMs = whole.tookMs + withinMs
      assert(failed.tookMs <= limitMs, `${when}: it failed only after ${Math.round(failed.tookMs)} ms`)
      if (secret !== undefined) assert(!told(failed.error).includes(secret), `${when}: the key is in the error`)
      // What was wrong is over: the same provider works again.
      opened.setFaults([])
      const again = await opened.passing(outcomeOf(opened, use))
      assert.equal(again.error, undefined, `after it (${when}) nothing works: ${told(again.error)}`)
      assert.equal(parts.told(again.out), parts.told(whole.out), `after it (${when}) something else comes`)
      await assertIdle(opened, idle, `after it (${when})`)
      found = failed.error
    })
    return found
  }

  const refused = (status: number, retryable: boolean): Check => ({
    name: `refused with ${status} it says so, and retryable is ${retryable}`,
    async run() {
      const error = await failure({ kind: 'status', status }, `refused with ${status}`, DROPPED_WITHIN_MS)
      assertFailure(error, retryable, `refused with ${status}`)
      assert.match(error.message, new RegExp(`\\b${status}\\b`), 'the status is not in the error')
    },
  })
  const broken = (kind: 'drop' | 'stall' | 'malformed', afterMessages: number): Check => ({
    name: `${WORDS[kind]} after ${afterMessages} messages can be tried again`,
    async run() {
      // A later message may be that of a later utterance.
      const withinMs = kind === 'drop' && afterMessages === 0 ? NOTICED_WITHIN_MS : STALLED_WITHIN_MS
      const error = await failure({ kind, afterMessages }, `${WORDS[kind]} after ${afterMessages} messages`, withinMs)
      if (error !== undefined) assertFailure(error, true, WORDS[kind])
      else assert(kind === 'malformed' || afterMessages > 0, `${WORDS[kind]}: it did not fail`)
    },
  })
  const kindsOf = ['drop', 'stall', 'malformed'] as const
  return [
    ...(kinds.includes('status') ? FOR_GOOD.map(status => refused(status, false)) : []),
    ...(kinds.includes('status') ? FOR_A_MOMENT.map(status => refused(status, true)) : []),
    ...kindsOf.filter(kind => kinds.includes(kind)).flatMap(kind => [0, 1, 2].map(after => broken(kind, after))),
    ...wireChecks(subject, parts),
  ]
}

const WORDS = {
  drop: 'a connection that breaks',
  stall: 'a service that falls silent',
  malformed: 'a message that cannot be read',
} as const

function wireChecks<Provider, Out>(
  subject: Subject<Provider, Breakable>,
  parts: FailureParts<Provider, Out>,
): readonly Check[] {
  const { use } = parts
  const { longestMessage = LONGEST_MESSAGE, endsUntold = false } = subject.has

  /** Does something to the wire as soon as something has come and it can; it must then fail, and leave nothing. */
  async function failsAfter(
    opened: Opened<Provider>,
    harm: () => boolean,
    when: string,
    withinMs: number,
  ): Promise<void> {
    const idle = opened.busy()
    const lifetime = new AbortController()
    let isHarmed = false
    let harmedMs = 0
    const work = outcomeOf(opened, use, { signal: lifetime.signal, lasting: true }, () => {
      if (isHarmed) return
      isHarmed = harm()
      harmedMs = opened.clock.now()
    })
    const { error } = await opened.passing(work)
    const tookMs = opened.clock.now() - harmedMs
    if (isHarmed) assert(tookMs <= withinMs, `${when}: it was noticed only after ${Math.round(tookMs)} ms`)
    // A service that answers each request at once has nothing open between them.
    if (isHarmed) assertFailure(error, true, when)
    else assert.equal(error, undefined, `${when}: unharmed it fails: ${told(error)}`)
    await assertIdle(opened, idle, when, lifetime.signal)
  }
  return [
    {
      name: 'messages that come in pieces, byte by byte, are the same',
      async run() {
        const found: string[] = []
        for (const world of [{}, { pieceBytes: 1 }, { pieceBytes: 7 }])
          await withOpened(subject, world, async opened => {
            const { out, error } = await opened.passing(outcomeOf(opened, use))
            assert.equal(error, undefined, `in pieces it fails: ${told(error)}`)
            found.push(parts.told(out))
          })
        assert.deepEqual(found, Array(3).fill(found[0]))
      },
    },
    {
      name: 'a message without end is no memory without end',
      run: () =>
        withOpened(subject, {}, async opened => {
          const { flood } = opened
          const when = `a message of more than ${longestMessage} bytes`
          if (flood) await failsAfter(opened, () => flood(longestMessage + 1), when, NOTICED_WITHIN_MS)
        }),
    },
    {
      name: 'a service that ends in good order, but too early, can be tried again',
      run: () =>
        withOpened(subject, {}, async opened => {
          const { endEarly } = opened
          if (endEarly && !endsUntold) await failsAfter(opened, endEarly, 'an end that is too early', NOTICED_WITHIN_MS)
        }),
    },
  ]
}
