import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { ProviderError } from '../errors.ts'
import type { Check, Opened, Subject } from './check.ts'
import { assertIdle, type Outcome, outcomeOf, told, type Use, withOpened } from './uses.ts'

/** Turns of the event loop in which a connection is made. */
const FIRST_TURNS = [0, 1, 2, 3, 4, 6, 8, 12]
/** More steps, things that come, and moments than this are sampled. */
const MOST_SAMPLES = 8
/** An abort is at once, but for what is already on its way through the process. */
const AT_ONCE_MS = 100

/** When an abort comes. */
type Moment =
  | { readonly kind: 'turn'; readonly at: number }
  | { readonly kind: 'step'; readonly at: number }
  | { readonly kind: 'out'; readonly at: number }
  | { readonly kind: 'time'; readonly at: number }

/** A use that is aborted ends at once, whatever it waits for, without an error of the provider's, and leaves nothing. */
export function cancelChecks<Provider, Out>(
  subject: Subject<Provider, unknown>,
  use: Use<Provider, Out>,
): readonly Check[] {
  return [
    {
      name: 'an abort at any moment ends it at once and leaves nothing behind',
      run: () =>
        withOpened(subject, {}, async opened => {
          const idle = opened.busy()
          for (const moment of await momentsOf(opened, use)) await cancelled(opened, use, moment, idle)
        }),
    },
    {
      name: 'who was aborted before it began asks nothing of the service',
      run: () =>
        withOpened(subject, {}, async opened => {
          const idle = opened.busy()
          const { out, error } = await opened.passing(outcomeOf(opened, use, { signal: AbortSignal.abort(ABORTED) }))
          assert.equal(out.length, 0, 'something came')
          assertQuiet(error, 'aborted before it began')
          await assertIdle(opened, idle, 'aborted before it began')
        }),
    },
    {
      name: 'who stops listening leaves nothing behind',
      run: () =>
        withOpened(subject, {}, async opened => {
          const idle = opened.busy()
          const lifetime = new AbortController()
          const options = { signal: lifetime.signal, step: () => undefined, which: 0, lasting: false }
          async function hearOne(): Promise<void> {
            for await (const _ of use(opened, options)) return
            assert.fail('nothing came')
          }
          await opened.passing(hearOne())
          await assertIdle(opened, idle, 'after the first thing that came', lifetime.signal)
        }),
    },
  ]
}

const ABORTED = new Error('the suite aborts it')

/** Uses the provider once undisturbed, to see which moments there are. */
async function momentsOf<Provider, Out>(opened: Opened<Provider>, use: Use<Provider, Out>): Promise<readonly Moment[]> {
  let steps = 0
  const whole = await opened.passing(outcomeOf(opened, use, { step: () => void steps++ }))
  assert.equal(whole.error, undefined, `undisturbed it fails: ${told(whole.error)}`)
  return [
    ...FIRST_TURNS.map(at => ({ kind: 'turn', at }) as const),
    ...sampled(steps).map(at => ({ kind: 'step', at }) as const),
    ...sampled(whole.out.length).map(at => ({ kind: 'out', at }) as const),
    ...sampled(MOST_SAMPLES).map(at => ({ kind: 'time', at: (whole.tookMs * at) / (MOST_SAMPLES + 1) }) as const),
  ]
}

/** 1 to `count`, or some of them. */
function sampled(count: number): readonly number[] {
  const all = Array.from({ length: Math.min(count, MOST_SAMPLES) }, (_, i) => i)
  return count <= MOST_SAMPLES
    ? all.map(i => i + 1)
    : all.map(i => 1 + Math.round((i * (count - 1)) / (MOST_SAMPLES - 1)))
}

async function cancelled<Provider, Out>(
  opened: Opened<Provider>,
  use: Use<Provider, Out>,
  moment: Moment,
  idle: number,
): Promise<void> {
  const when = `aborted at ${moment.kind} ${Math.round(moment.at)}`
  const lifetime = new AbortController()
  const { signal } = lifetime
  let abortedMs: number | undefined
  function abort(): void {
    abortedMs ??= opened.clock.now()
    lifetime.abort(ABORTED)
  }
  let steps = 0
  const step = (): void => {
    steps++
    if (moment.kind === 'step' && steps === moment.at) abort()
  }
  const used = outcomeOf(opened, use, { signal, step }, count => {
    if (moment.kind === 'out' && count === moment.at) abort()
  })
  async function run(): Promise<Outcome<Out>> {
    if (moment.kind === 'turn') {
      for (let turns = 0; turns < moment.at; turns++) await setImmediate()
      abort()
    }
    if (moment.kind === 'time') opened.clock.sleep(moment.at, new AbortController().signal).then(abort)
    return used
  }
  const { error } = await opened.passing(run())
  assertQuiet(error, when)
  if (abortedMs !== undefined) {
    const tookMs = opened.clock.now() - abortedMs
    assert(tookMs <= AT_ONCE_MS, `${when}: it ended only ${Math.round(tookMs)} ms later`)
  }
  await assertIdle(opened, idle, when, signal)
}

/** An abort is no failure of the provider's. */
function assertQuiet(error: unknown, when: string): void {
  assert(!(error instanceof ProviderError), `${when}: it must not throw ${told(error)}`)
  const isAbort = error === undefined || error === ABORTED || (error instanceof Error && error.name === 'AbortError')
  assert(isAbort, `${when}: it may only throw the signal's reason, and threw ${told(error)}`)
}
