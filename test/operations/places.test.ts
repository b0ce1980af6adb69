import fc from 'fast-check'
import { expect, test } from 'vitest'
import { admission } from '../../src/operations/admission.ts'
import { inItsPlace } from '../../src/operations/in-its-place.ts'
import { FakeClock } from '../fakes/clock.ts'

const SEED = 20_261_128
const MOST = 3
const CALLS = 8
/** Longer than any place is kept without a stream, and than anybody waits who does not ask. */
const LONG_MS = 60_000

type Step =
  | {
      readonly kind: 'answer' | 'over' | 'next' | 'open' | 'opened' | 'fails' | 'transfer' | 'ends'
      readonly call: number
    }
  | { readonly kind: 'comes' | 'back'; readonly call: number }
  | { readonly kind: 'pass'; readonly ms: number }

const call = fc.nat({ max: CALLS - 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('answer' as const), call }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('comes' as const), call }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('open' as const, 'opened' as const), call }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom(...(['over', 'next', 'fails', 'transfer', 'transfer', 'ends', 'back', 'back'] as const)),
      call,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(500, 6_000, 20_000, 31_000) }),
  },
)

/** One server's admission, with streams that open, fail and end as they are told, and a caller for each call. */
function rig() {
  const clock = new FakeClock()
  const calls = admission(MOST, clock, { mostWaiting: 4, ofCaller: { mostAtOnce: 2, mostAnHour: 1_000 } })
  const opening = new Map<string, { readonly open: () => void; readonly fail: () => void }>()
  const held = new Set<string>()
  /** Since when a transfer rings. */
  const rings = new Map<string, number>()
  const attempts = new Map<string, number>()
  const callerOf = (id: string): string => `+1555010000${Number(id.slice(2)) % 5}`
  const openCall = inItsPlace(calls, ({ callId }: { callId: string; attempt: number }) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    opening.set(callId, { open: resolve, fail: () => reject(new Error('it cannot be opened')) })
    return promise
  })
  const settle = () => clock.advance(0)
  return { clock, calls, opening, held, rings, attempts, callerOf, openCall, settle }
}

type Rig = ReturnType<typeof rig>

async function run(rigged: Rig, one: Step): Promise<void> {
  const { clock, calls, opening, held, rings, attempts, callerOf, openCall, settle } = rigged
  if (one.kind === 'pass') return clock.stall(one.ms)
  const id = `CA${one.call}`
  switch (one.kind) {
    case 'comes':
      for (const kind of ['answer', 'open', 'opened'] as const) await run(rigged, { kind, call: one.call })
      return
    case 'answer':
      calls.receive(id, { caller: callerOf(id), sinceMs: clock.wallTime().getTime() })
      return
    case 'open':
      // One stream of a call at a time, as the stream's route has it.
      if (held.has(id) || opening.has(id) || rings.has(id)) return
      attempts.set(id, 1)
      openCall({ callId: id, attempt: 1 }).then(
        () => held.add(id),
        () => undefined,
      )
      break
    case 'opened':
      opening.get(id)?.open()
      opening.delete(id)
      break
    case 'fails':
      opening.get(id)?.fail()
      opening.delete(id)
      break
    case 'transfer':
      if (!held.delete(id)) return
      calls.comesBack(id)
      calls.ended(id)
      rings.set(id, clock.now())
      return
    case 'back': {
      // The telephone rings for 25 s at most; later the carrier brings nobody back.
      const sinceMs = rings.get(id)
      if (sinceMs === undefined) return
      rings.delete(id)
      if (clock.now() - sinceMs > 25_000) return
      calls.forget(id)
      calls.goesOn(id, callerOf(id))
      openCall({ callId: id, attempt: 2 }).then(
        () => held.add(id),
        () => undefined,
      )
      break
    }
    case 'ends':
      if (held.delete(id)) calls.ended(id)
      return
    case 'next':
      return calls.forget(id)
    case 'over':
      rings.delete(id)
      return calls.over(id)
  }
  await settle()
}

test('under any order of webhooks and streams there are never more live calls than places, and no place is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 120 }), async steps => {
      const rigged = rig()
      const { calls, clock, opening, held, callerOf } = rigged
      for (const one of steps) {
        await run(rigged, one)
        expect(calls.live()).toBeLessThanOrEqual(MOST)
        expect(calls.live()).toBe(held.size + opening.size)
        expect(calls.waiting()).toBeLessThanOrEqual(4)
        // A number has two calls and no more, live or awaited, whatever came twice.
        for (let caller = 0; caller < 5; caller++)
          expect(calls.liveCalls().filter(id => callerOf(id) === `+1555010000${caller}`).length).toBeLessThanOrEqual(2)
      }
      for (const { fail } of opening.values()) fail()
      await rigged.settle()
      for (const id of held) calls.ended(id)
      clock.stall(LONG_MS)
      const again = Array.from({ length: MOST + 1 }, (_, i) => calls.admit(`new${i}`))
      expect(again).toEqual([true, true, true, false])
      for (let i = 0; i < MOST; i++) calls.over(`new${i}`)
      for (let caller = 0; caller < 5; caller++) {
        const two = ['a', 'b'].map(name => `CA${caller}${name}`)
        expect(two.map(id => calls.receive(id, { caller: callerOf(`CA${caller}`) }).kind)).toEqual([
          'admitted',
          'admitted',
        ])
        for (const id of two) calls.over(id)
      }
    }),
    { seed: SEED, numRuns: 100 },
  )
})

test('who waits is let in before all who came later, however often those ask', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 60, maxLength: 150 }), steps => {
      const clock = new FakeClock()
      const calls = admission(2, clock, { mostWaiting: 6 })
      const ask = (id: string) => calls.receive(id, { sinceMs: clock.wallTime().getTime() })
      /** In the order of arrival, and when each has asked last. */
      const waiting = new Map<string, number>()
      /** Who has a place, and until when. */
      const placed = new Map<string, number>()
      const forgetGone = (): void => {
        for (const [id, atMs] of waiting) if (clock.now() - atMs >= 25_000) waiting.delete(id)
        for (const [id, untilMs] of placed) if (clock.now() >= untilMs) placed.delete(id)
      }
      for (const one of steps) {
        if (one.kind === 'pass') clock.stall(one.ms)
        forgetGone()
        if (one.kind === 'pass') continue
        const id = `CA${one.call}`
        if (one.kind === 'over') {
          calls.over(id)
          waiting.delete(id)
          placed.delete(id)
        }
        if (one.kind !== 'answer' || placed.has(id)) continue
        const earlier = [...waiting.keys()]
        const before = waiting.has(id) ? earlier.slice(0, earlier.indexOf(id)) : earlier
        const reception = ask(id)
        if (reception.kind === 'waits') {
          expect(reception.position).toBe(before.length + 1)
          waiting.set(id, clock.now())
          continue
        }
        waiting.delete(id)
        if (reception.kind !== 'admitted') continue
        placed.set(id, clock.now() + 30_000)
        // Those who came before find their places free all the same.
        for (const other of before) {
          expect([id, other, ask(other).kind]).toEqual([id, other, 'admitted'])
          waiting.delete(other)
          placed.set(other, clock.now() + 30_000)
        }
      }
      expect(placed.size).toBeLessThanOrEqual(2)
    }),
    { seed: SEED, numRuns: 300 },
  )
})
