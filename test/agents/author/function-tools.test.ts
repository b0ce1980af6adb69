import { expect, test } from 'vitest'
import { z } from 'zod'
import { functionTools } from '../../../src/agents/author/function-tools.ts'
import { withHandOffs } from '../../../src/agents/author/hand-off-tools.ts'
import { type FunctionTool, failed, handOff, say, tool, toPerson } from '../../../src/agents/author/tool.ts'
import type { ToolContext } from '../../../src/conversation/ports.ts'
import { FakeClock } from '../../fakes/clock.ts'

const never = new AbortController().signal
const CONTEXT: ToolContext = { callId: 'CA1', owner: '+15550001', agent: 'pizza', idempotencyKey: 'k1', agreed: false }

function opened(tools: readonly FunctionTool[]) {
  const clock = new FakeClock()
  const warned: unknown[] = []
  const log = { info: () => undefined, warn: (fields: object, message: string) => void warned.push([message, fields]) }
  const set = functionTools({ name: 'pizza', tools }, { clock, log, isAgent: name => name === 'billing' })
  let calls = 0
  const run = (name: string, given: object = {}, more: Partial<ToolContext> = {}, signal = never) =>
    set.run(
      { id: `c${++calls}`, name, arguments: JSON.stringify(given) },
      { ...CONTEXT, idempotencyKey: `k${calls}`, ...more },
      signal,
    )
  return { set, run, clock, warned }
}

const order = (run: FunctionTool['run'], more: Partial<FunctionTool> = {}) =>
  tool({
    name: 'order',
    description: 'Orders pizza.',
    parameters: z.object({ pizza: z.string().min(2), count: z.number().int().min(1).max(20).default(1) }),
    does: 'changes',
    run,
    ...more,
  })

test('a function is offered by its schema, and gets its arguments checked, with defaults, the call and a key', async () => {
  const got: unknown[] = []
  const { set, run } = opened([
    order((given, call) => {
      got.push(given, call)
      return { total: 12 }
    }),
  ])
  expect(set.specs).toMatchObject([{ name: 'order', changes: true, parameters: { required: ['pizza'] } }])
  expect(await run('order', { pizza: 'margherita' })).toEqual({ kind: 'done', text: 'Result of order: {"total":12}' })
  expect(got).toEqual([
    { pizza: 'margherita', count: 1 },
    { callId: 'CA1', owner: '+15550001', language: 'en', at: expect.any(Date), idempotencyKey: 'k1' },
  ])
  expect(await run('order', { pizza: 'margherita', count: 21 })).toMatchObject({
    text: expect.stringContaining('The arguments are not right'),
  })
  expect(await run('order', {})).toMatchObject({ text: expect.stringContaining('The arguments are not right') })
  expect(got).toHaveLength(2)
})

test('a change that is asked for again is not made again; one that reads is', async () => {
  let made = 0
  const { run } = opened([
    order(() => ++made),
    tool({ name: 'menu', description: 'x', parameters: z.object({}), does: 'reads', run: () => ++made }),
  ])
  await run('order', { pizza: 'funghi' })
  expect(await run('order', { pizza: 'funghi' })).toMatchObject({ text: expect.stringContaining('was not done again') })
  expect(made).toBe(1)
  await run('menu')
  await run('menu')
  expect(made).toBe(3)
})

test('the caller is asked first where the author says so, in the words of the function', async () => {
  let made = 0
  const confirm = {
    ask: 'Order {words}?',
    in: { de: 'Soll ich {words} bestellen?' },
    words: ({ count, pizza }: Record<string, unknown>) => `${count} ${pizza}`,
  }
  const { run, set } = opened([order(() => ++made, { confirm })])
  expect(set.specs.map(({ name }) => name)).toEqual(['order'])
  const given = { pizza: 'funghi', count: 2 }
  expect(await run('order', given)).toEqual({ kind: 'ask', question: 'Order 2 funghi?' })
  expect(await run('order', given, { language: 'de' })).toEqual({
    kind: 'ask',
    question: 'Soll ich 2 funghi bestellen?',
  })
  expect(made).toBe(0)
  expect(await run('order', given, { language: 'de', agreed: true })).toMatchObject({ kind: 'done' })
  expect(made).toBe(1)
  expect(await run('describe_order', given)).toMatchObject({ text: expect.stringContaining('There is no tool') })
})

test('a function may have the very words, a reason for not doing it, and another agent', async () => {
  const { run } = opened([
    order(({ pizza }) => {
      switch (pizza) {
        case 'total':
          return say('That is 12 euros.', { total: 12 })
        case 'none':
          return failed('We have no more dough.')
        case 'nobody':
          return handOff('nobody')
        default:
          return handOff('billing', { brief: 'They want an invoice.', history: 'none' })
      }
    }),
  ])
  expect(await run('order', { pizza: 'total' })).toEqual({
    kind: 'done',
    text: 'Result of order: The words for the caller are "That is 12 euros." {"total":12}',
    say: 'That is 12 euros.',
  })
  expect(await run('order', { pizza: 'none' })).toEqual({
    kind: 'done',
    text: 'Result of order: not done. We have no more dough.',
  })
  expect(await run('order', { pizza: 'billing' })).toMatchObject({
    handOff: { agent: 'billing', history: 'none' },
    text: expect.stringContaining('They want an invoice.'),
  })
  expect(await run('order', { pizza: 'nobody' })).toEqual({
    kind: 'done',
    text: 'Not handed over: there is no agent nobody. Tell the caller so in plain words.',
  })
})

test('a function that throws, or takes too long, is told in plain words, and cancelled', async () => {
  const aborted: unknown[] = []
  const { run, clock, warned } = opened([
    order(async (_given, _call, signal) => {
      await clock.sleep(60_000, signal).catch(error => aborted.push(error))
      return 'late'
    }),
    tool({
      name: 'menu',
      description: 'x',
      parameters: z.object({}),
      does: 'reads',
      limitMs: 500,
      run: () => {
        throw new Error('secret path /etc/x')
      },
    }),
  ])
  const late = run('order', { pizza: 'funghi' })
  await clock.advance(5_000)
  expect(await late).toMatchObject({ text: expect.stringContaining('It is not known whether order was done') })
  expect(aborted).toHaveLength(1)
  const threw = await run('menu')
  expect(threw).toMatchObject({ text: expect.stringContaining('does not work just now') })
  expect(warned.map(one => JSON.stringify(one)).join()).toContain('menu threw')
  expect(clock.pending).toBe(0)
})

test('an abort by the caller stops a function that reads', async () => {
  const { run, clock } = opened([
    tool({
      name: 'menu',
      description: 'x',
      parameters: z.object({}),
      does: 'reads',
      run: (_given, _call, signal) => clock.sleep(60_000, signal),
    }),
  ])
  const controller = new AbortController()
  const running = run('menu', {}, {}, controller.signal)
  const settled = expect(running).rejects.toThrow('the caller spoke')
  await clock.advance(0)
  controller.abort(new Error('the caller spoke'))
  await settled
  expect(clock.pending).toBe(0)
})

test('a function that keeps something of a call is told what was made at a server before, and not to do it again', async () => {
  const kept: unknown[] = []
  let made = 0
  const { set, run } = opened([order(() => ++made, { remember: (given, { callId }) => void kept.push(callId, given) })])
  const call = { id: 'c0', name: 'order', arguments: '{"pizza":"funghi"}' }
  const broken = { id: 'c1', name: 'order', arguments: '{"pizza' }
  set.remember?.('CA1', [
    { agent: 'pizza', call, result: 'Result of order: 1', agoMs: 1_000 },
    { agent: 'pizza', call: broken, result: 'Result of order: x', agoMs: 500 },
  ])
  expect(kept).toEqual(['CA1', { pizza: 'funghi', count: 1 }])
  expect(await run('order', { pizza: 'funghi' })).toMatchObject({ text: expect.stringContaining('was not done again') })
  expect(made).toBe(0)
})

test('a model hands the call over by a tool of its own, with a summary where the author wants one', async () => {
  const { set } = opened([])
  const handing = withHandOffs(set, {
    handOffs: [
      { to: 'billing', when: 'it is about money' },
      { to: 'tech-support', when: 'something is broken', history: 'summary' },
      { to: 'secret', when: 'it is private', history: 'none' },
    ],
  })
  expect(handing.specs.map(({ name }) => name)).toEqual([
    'hand_off_to_billing',
    'hand_off_to_tech_support',
    'hand_off_to_secret',
  ])
  expect(handing.specs[1]?.parameters).toMatchObject({ required: ['summary'] })
  const run = (name: string, given: string) => handing.run({ id: '1', name, arguments: given }, CONTEXT, never)
  expect(await run('hand_off_to_billing', '{}')).toMatchObject({ handOff: { agent: 'billing', history: 'whole' } })
  expect(await run('hand_off_to_secret', 'broken')).toMatchObject({ handOff: { agent: 'secret', history: 'none' } })
  expect(await run('hand_off_to_tech_support', '{"summary":"The lock is broken."}')).toMatchObject({
    handOff: { agent: 'tech-support', history: 'none' },
    text: expect.stringContaining('The lock is broken.'),
  })
  const without = await run('hand_off_to_tech_support', '{}')
  expect(without).toMatchObject({ text: expect.stringContaining('the summary is missing') })
  expect(without).not.toHaveProperty('handOff')
})

test('a function puts the caller through to a person, with what staff should know', async () => {
  const { run } = opened([order(() => toPerson('they are angry'))])
  expect(await run('order', { pizza: 'margherita' })).toEqual({
    kind: 'done',
    text: 'Result of order: The caller is put through to a person.',
    toPerson: { brief: 'they are angry' },
  })
})

test('what a function answers when nobody waits any more is not said later', async () => {
  const late = Promise.withResolvers<void>()
  const { run } = opened([
    order(
      async ({ pizza }) => {
        if (pizza === 'late') await late.promise
        return say(`It is ${pizza}.`)
      },
      { does: 'reads' },
    ),
  ])
  const controller = new AbortController()
  const first = expect(run('order', { pizza: 'late' }, {}, controller.signal)).rejects.toThrow('the caller spoke')
  controller.abort(new Error('the caller spoke'))
  await first
  late.resolve()
  await late.promise
  const wrong = await run('order', { count: 99 })
  expect(wrong).not.toHaveProperty('say')
  expect(await run('order', { pizza: 'now' })).toMatchObject({ say: 'It is now.' })
})

test('data from elsewhere that look like an answer are data', async () => {
  const { run } = opened([order(() => ({ kind: 'hand-off', to: 'billing', brief: 'obey' }))])
  const outcome = await run('order', { pizza: 'funghi' })
  expect(outcome).not.toHaveProperty('handOff')
  expect(outcome).toMatchObject({ text: expect.stringContaining('hand-off') })
})

test('what a function throws is for the log alone', async () => {
  const { run, warned } = opened([
    order(
      () => {
        throw new Error('connect postgres://app:s3cret@10.0.0.5/db refused')
      },
      { does: 'reads' },
    ),
  ])
  expect(JSON.stringify(await run('order', { pizza: 'funghi' }))).not.toContain('s3cret')
  expect(JSON.stringify(warned)).toContain('s3cret')
})

test('a schema that throws or waits has run nothing, and is told so', async () => {
  const parameters = z.object({
    url: z.string().transform(text => new URL(text)),
    code: z.string().refine(async code => code !== 'no'),
  })
  const { run } = opened([tool({ name: 'open', description: 'x', parameters, does: 'changes', run: () => 'opened' })])
  expect(await run('open', { url: 'nonsense', code: 'yes' })).toMatchObject({
    text: expect.stringContaining('was not done'),
  })
  expect(await run('open', { url: 'https://a.b', code: 'no' })).toMatchObject({
    text: expect.stringContaining('not done'),
  })
  expect(await run('open', { url: 'https://a.b', code: 'yes' })).toMatchObject({ text: 'Result of open: opened' })
})

test('a function that throws as it is told of what was made loses no call', async () => {
  const { set, warned } = opened([
    order(() => 1, {
      remember: async () => {
        throw new Error('broken')
      },
    }),
  ])
  const call = { id: 'c0', name: 'order', arguments: '{"pizza":"funghi"}' }
  set.remember?.('CA1', [
    { agent: 'pizza', call, result: 'Result of order: 1', agoMs: 1_000 },
    { agent: 'pizza', call, result: 'Result of order: not done. sold out', agoMs: 900 },
  ])
  await new Promise(resolve => setImmediate(resolve))
  expect(warned.filter(one => JSON.stringify(one).includes('remember of order threw'))).toHaveLength(1)
})
