import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProviderError } from '../../src/errors.ts'
import { onTheLine, type TestCall } from '../fakes/call.ts'
import { type ModelAnswer, toolCall } from '../fakes/model.ts'

const broken = (retryable: boolean): Error => new ProviderError('provider', 'broken', { retryable })
const slowly = (call: TestCall, ms: number) => async (_: unknown, signal: AbortSignal) => {
  await call.clock.sleep(ms, signal)
  return 'eggs'
}

const answer = fc.constantFrom<ModelAnswer>(
  'Let me see, one moment. ',
  'All is well. ',
  { afterMs: 200 },
  { afterMs: 2_500 },
  { tool: toolCall('read', 'a') },
  { tool: toolCall('write', 'b') },
  { tool: toolCall('fly', 'c') },
  broken(true),
  'stall',
)
const spoken = fc.constantFrom('yes', 'what is next', 'no wait', 'I would like to', 'put me through to a person')

type Act = (call: TestCall) => Promise<void>
const now =
  (act: (call: TestCall) => void): Act =>
  async call => {
    act(call)
    await call.pass(0)
  }
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.constantFrom('yes', 'what is next', '…', 'goodbye').map(
      (text): Act =>
        call =>
          call.types(text),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.nat({ max: 3_000 }).map(
      (ms): Act =>
        call =>
          call.pass(ms),
    ),
  },
  {
    weight: 5,
    arbitrary: spoken.map(
      (text): Act =>
        call =>
          call.callerSays(text),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 80, max: 900 }).map(
      (ms): Act =>
        call =>
          call.callerCoughs(ms),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('1', '0', '42#', '#').map(
      (keys): Act =>
        call =>
          call.keys(keys),
    ),
  },
  {
    weight: 2,
    arbitrary: spoken.map(
      (text): Act =>
        call =>
          call.words(text, { final: true }),
    ),
  },
  fc.constantFrom<Act>(
    call => call.speechStart(),
    call => call.speechEnd(),
    call => call.somebodyJoins(),
    call => call.budget('little'),
    call => call.budget('none'),
    call => call.beside(true),
    call => call.pass(12_000),
    now(call => call.speechToText.words.fail(broken(true))),
    now(call => call.voice.failures.push(broken(true))),
    now(call => {
      call.journal.commitMs = 1_200 - call.journal.commitMs
    }),
  ),
)

test('any call ends, leaves nothing behind, and its journal restores to the same state', async () => {
  const scripts = fc.array(fc.array(answer, { minLength: 1, maxLength: 4 }), { maxLength: 6 })
  const one = fc.record({ scripts, acts: fc.array(act, { maxLength: 14 }), canTransfer: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(one, fc.constantFrom(0, 150), ({ scripts, acts, canTransfer }, fallSilentMs) =>
      onTheLine({ policy: { canTransfer } }, async call => {
        call.channel.fallSilentMs = fallSilentMs
        call.tools.add('read', false, slowly(call, 700))
        call.tools.add('write', true, slowly(call, 700))
        call.model.scripts.push(...scripts)
        for (const act of acts) await act(call)
        const keys = call.tools.runs.map(run => run.context.idempotencyKey)
        expect(new Set(keys).size).toBe(keys.length)
        await call.pass(30_000)
        expect(['listening', 'replying', 'hearing', 'ended']).toContain(call.turn().kind)
      }),
    ),
    { seed: 3, numRuns: 150 },
  )
})
