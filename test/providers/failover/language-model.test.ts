import { expect, test } from 'vitest'
import type { Usage } from '../../../src/conversation/lines.ts'
import type { Delta, LanguageModel, Prompt } from '../../../src/conversation/ports.ts'
import { ProviderError } from '../../../src/errors.ts'
import { openBreakers } from '../../../src/providers/failover/breaker.ts'
import type { ProviderSwitched } from '../../../src/providers/failover/candidate.ts'
import { type Hedging, openHedging } from '../../../src/providers/failover/hedge.ts'
import { failoverLanguageModel } from '../../../src/providers/failover/language-model.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { FakeModel, type ModelAnswer, toolCall } from '../../fakes/model.ts'

const PROMPT: Prompt = { instructions: 'Be kind.', history: [{ role: 'caller', text: 'Are you open?' }], tools: [] }
const DIED = new ProviderError('First', 'it died', { retryable: true })
const REFUSED = new ProviderError('First', 'refused with 401', { retryable: false })

function two(hedging?: Hedging) {
  const clock = new FakeClock()
  const notes: ProviderSwitched[] = []
  const used: Usage[] = []
  const models = { first: new FakeModel(clock), second: new FakeModel(clock) }
  const breakers = openBreakers(clock)
  const parts = {
    clock,
    breakers,
    note: (note: ProviderSwitched) => notes.push(note),
    used: (some: Usage) => used.push(some),
  }
  const candidates = Object.entries(models).map(([name, model]) => ({ name, title: name, open: () => model }))
  const forCall = (): LanguageModel => failoverLanguageModel(candidates, { ...parts, hedging })
  const model = forCall()

  async function answer(signal = new AbortController().signal, asked = model) {
    const deltas: Delta[] = []
    let error: unknown
    let isOver = false
    const reading = (async () => {
      for await (const delta of asked.reply(PROMPT, signal)) deltas.push(delta)
    })()
    reading
      .catch(failure => {
        error = failure
      })
      .finally(() => {
        isOver = true
      })
    for (let ms = 0; ms < 20_000 && !isOver; ms += 50) await clock.advance(50)
    const text = deltas.map(delta => (delta.kind === 'text' ? delta.text : '')).join('')
    return { deltas, text, error, isOver }
  }
  const says = (which: 'first' | 'second', ...script: ModelAnswer[]): void => void models[which].scripts.push(script)
  return { clock, notes, used, breakers, model, models, forCall, answer, says }
}

test('one that works is the only one asked', async () => {
  const { answer, says, models, notes } = two()
  says('first', 'We are ', 'open.')
  const { text, deltas } = await answer()
  expect(text).toBe('We are open.')
  expect(deltas).toContainEqual({ kind: 'tokens', input: 100, output: 10, cached: 0, by: 'first' })
  expect([models.second.asked.length, notes.length]).toEqual([0, 0])
})

test.each([
  ['fails', [DIED]],
  ['is refused', [REFUSED]],
  ['stalls', ['stall']],
  ['ends without a word', ['']],
] as const)(
  'where the first one %s before its first word, the next one answers, and the call stays with it',
  async (_, script) => {
    const { answer, says, models, notes, model } = two()
    says('first', ...script)
    says('second', 'We are open.')
    expect((await answer()).text).toBe('We are open.')
    expect(notes).toMatchObject([{ port: 'LLM', from: 'first', to: 'second', atStage: 'connecting' }])
    says('second', 'Until five.')
    expect((await answer()).text).toBe('Until five.')
    expect(models.first.asked).toHaveLength(1)
    expect(model.by).toBe('second')
  },
)

test.each([
  ['begins anew', 'We are open from nine to five.'],
  ['goes on', 'nine to five.'],
])('where one dies in the middle of its answer, nothing is said twice by a next one that %s', async (_, rest) => {
  const { answer, says, models, notes } = two()
  says('first', 'We are open', ' from ni', DIED)
  says('second', rest)
  const { text, deltas } = await answer()
  expect(text).toBe('We are open from nine to five.')
  expect(deltas).toContainEqual({ kind: 'tokens', input: 100, output: 10, cached: 0, by: 'second' })
  expect(models.second.asked[0]?.context).toContain('We are open from')
  expect(notes).toMatchObject([{ atStage: 'mid-reply', why: 'First: it died' }])
})

test('a tool that was called is called once, whatever happens after it', async () => {
  const { answer, says, models } = two()
  says('first', 'One moment.', { tool: toolCall('book') }, DIED)
  const { deltas, error } = await answer()
  expect(deltas.filter(({ kind }) => kind === 'tool-call')).toHaveLength(1)
  expect(error).toBeUndefined()
  expect(models.second.asked).toHaveLength(0)
})

test('when all have failed, the last error is thrown', async () => {
  const { answer, says } = two()
  says('first', DIED)
  says('second', REFUSED)
  expect((await answer()).error).toBe(REFUSED)
})

test('an abort is no failure', async () => {
  const { answer, says, breakers, models, clock } = two()
  says('first', 'stall')
  const stop = new AbortController()
  clock.sleep(500, stop.signal).then(
    () => stop.abort(new Error('the caller goes on')),
    () => undefined,
  )
  expect((await answer(stop.signal)).error).toEqual(new Error('the caller goes on'))
  expect(models.second.asked).toHaveLength(0)
  expect(models.first.thinking).toBe(0)
  expect(breakers.of('LLM', { name: 'first' }).state).toBe('closed')
})

test('one that is refused is not asked in other calls', async () => {
  const { answer, says, forCall, models, notes } = two()
  says('first', REFUSED)
  await answer()
  await answer(undefined, forCall())
  expect(models.first.asked).toHaveLength(1)
  expect(notes).toMatchObject([{ why: 'First: refused with 401' }, { why: 'it fails in other calls' }])
})

test('a request that is refused for its text does not take its model from other calls', async () => {
  const { answer, says, forCall, models } = two()
  says('first', new ProviderError('First', '400 content filter', { retryable: false }))
  expect((await answer()).error).toBeUndefined()
  await answer(undefined, forCall())
  expect([models.first.asked.length, models.second.asked.length]).toEqual([2, 1])
})

test('with hedging, a slow one is overtaken, and its request is aborted and counted', async () => {
  const { answer, says, models, used, notes } = two(openHedging())
  says('first', { afterMs: 2_000 }, 'Late.')
  says('second', 'We are open.')
  expect((await answer()).text).toBe('We are open.')
  expect(models.first).toMatchObject({ thinking: 0, aborted: 1 })
  expect(used).toMatchObject([{ kind: 'tokens', by: 'first', estimated: true }])
  // It was slow, and did not fail.
  expect(notes).toEqual([])
})

test('with hedging, not every request is doubled where all are slow', async () => {
  const { answer, says, models } = two(openHedging())
  for (let i = 0; i < 20; i++) {
    says('first', { afterMs: 1_500 }, 'Late.')
    says('second', { afterMs: 1_500 }, 'Late too.')
    await answer()
  }
  expect(models.second.asked.length).toBeLessThanOrEqual(6)
})

test.each([
  ['fails', DIED],
  ['stalls', 'stall'],
] as const)('with hedging, where the winner %s in the middle, the slower one goes on', async (_how, end) => {
  const { answer, says, models } = two(openHedging())
  says('first', { afterMs: 2_000 }, 'Late.')
  says('second', 'We are ', end)
  says('first', 'open.')
  const { text, error } = await answer()
  expect(error).toBeUndefined()
  expect(text).toBe('We are open.')
  expect(models.first.asked).toHaveLength(2)
})

test('with hedging, where the second one was only slower, it is asked when the first one fails', async () => {
  const { answer, says, models } = two(openHedging())
  says('first', { afterMs: 1_500 }, 'We are ', DIED)
  says('second', { afterMs: 2_000 }, 'Late.')
  says('second', 'open.')
  expect(await answer()).toMatchObject({ text: 'We are open.', error: undefined })
  expect(models.second.asked).toHaveLength(2)
})

test('with hedging, each model that fails is asked once', async () => {
  const { answer, says, models } = two(openHedging())
  says('first', { afterMs: 1_500 }, DIED)
  says('second', { afterMs: 100 }, DIED)
  expect((await answer()).error).toBe(DIED)
  expect([models.first.asked.length, models.second.asked.length]).toEqual([1, 1])
})
