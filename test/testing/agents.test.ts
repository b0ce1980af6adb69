import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Guard } from '../../src/conversation/guard.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import type { Line } from '../../src/testing/line.ts'
import { call, calls, handsOff, persona, replay, save, scripted, simulate, takes } from '../../src/testing/testing.ts'
import { pizzaLine } from './pizza.ts'

function replaysExactly(line: Line): void {
  const { differences, notes } = replayExactly(line.journal, { languageOf })
  expect({ differences, notes }).toEqual({ differences: [], notes: [] })
}

test("an agent's function runs, and the model tells of what it gave", async () => {
  const { pizza, ordered } = pizzaLine()
  const model = scripted([
    calls('order', { pizzas: 2 }),
    'That makes 20 euros in total.',
    calls('order', { pizzas: 50 }),
    'I am sorry, twenty at most.',
  ])
  const line = await call({ ...pizza, handOffs: [] }, { model })
  expect(line.lastWords).toBe("Luigi's, what would you like?")
  await line.say('two margheritas please')
  line.said(/total/)
  line.expectTool('order', { pizzas: 2 })
  expect(ordered).toEqual([2])
  await line.say('and fifty more')
  expect(line.expectTool('order', { pizzas: 50 }).result).toContain('The oven takes twenty at most.')
  line.expectNoTool()
  await line.hangUp()
  replaysExactly(line)
})

test('the very words of a function, and a question before a change', async () => {
  const { pizza, ordered } = pizzaLine()
  ordered.push(2)
  const model = scripted([calls('menu'), calls('cancel'), 'It is cancelled.'])
  const line = await call({ ...pizza, handOffs: [] }, { model })
  await line.say('what do you have?')
  line.said('We have margherita.')
  line.expectTool('menu')
  await line.say('cancel my order')
  line.said('Shall I cancel your order?')
  line.expectNoTool()
  expect(ordered).toEqual([2])
  await line.say('yes')
  line.expectTool('cancel')
  line.said('It is cancelled.')
  expect(ordered).toEqual([])
  await line.hangUp()
  replaysExactly(line)
})

test('a call is handed to another agent, by the model with a summary, and by a function', async () => {
  const { pizza, billing } = pizzaLine()
  const line = await call(pizza, {
    agents: [billing],
    model: scripted([handsOff('billing', 'Ann, invoice 7'), 'Which invoice?', 'Is it paid?']),
  })
  await line.say('my invoice is wrong')
  line.said(/^Billing here\. Which invoice\?$/)
  expect(line.expectHandOff('billing')).toContain('Ann, invoice 7')
  expect(() => line.expectHandOff('billing')).toThrow('It was given to: billing (expected already).')
  line.expectNoTool()
  await line.say('number seven')
  await line.hangUp()
  replaysExactly(line)

  const rules = scripted([
    { when: /complain/, answer: calls('complain', { about: 'cold' }) },
    { after: 'complain', answer: 'I am sorry.' },
  ])
  const other = await call(pizza, { agents: [billing], model: rules })
  await other.say('I want to complain')
  expect(other.expectHandOff('billing')).toContain('cold')
  await other.hangUp()
  replaysExactly(other)
})

test('what a function throws fails the test; what the test’s own throws is told to the model', async () => {
  const { pizza } = pizzaLine()
  const alone = { ...pizza, handOffs: [] }
  const line = await call(alone, { model: scripted([calls('broken'), 'Hm.']) })
  await expect(line.say('is the oven warm?')).rejects.toThrow('The tool broken threw: cannot read the oven')
  await line.hangUp()
  const down = () => {
    throw new Error('the kitchen is down')
  }
  const other = await call(alone, {
    tools: { order: down },
    model: scripted([calls('order', { pizzas: 1 }), 'I cannot order now.']),
  })
  await other.say('one margherita')
  other.said('I cannot order now.')
  await other.hangUp()
})

test('a guard looks at what is said, however long it takes; one that throws fails the test', async () => {
  const { pizza } = pizzaLine()
  const guard: Guard = {
    async turn(text) {
      for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve))
      if (/oven/.test(text)) throw new Error('the guard sleeps')
      return /police/.test(text) ? { kind: 'to-person', brief: text } : undefined
    },
    clause: async text => text.replace('darned ', ''),
    told: text => text.replace(/\d+/g, 'some'),
  }
  const agent = { ...pizza, handOffs: [], guards: [guard] }
  const rules = [{ when: /have some/, answer: 'A darned good margherita.' }]
  const line = await call(agent, { hasPerson: true, model: scripted(rules) })
  await line.say('have you 12 of them, I have 12')
  line.said('A good margherita.')
  await line.say('this is the police')
  line.expectEnd('transfer')
  await line.hangUp()
  replaysExactly(line)
  const other = await call(agent, { model: scripted(rules) })
  await expect(other.say('the oven')).rejects.toThrow('A guard threw: the guard sleeps')
  await other.hangUp()
})

test('a function of the test runs instead, also late: the caller hears that it takes a while', async () => {
  const { pizza, ordered } = pizzaLine()
  const order = takes(3_000, ({ pizzas }: { pizzas: number }) => ({ total: pizzas * 7 }))
  const model = scripted([calls('order', { pizzas: 2 }), 'Fourteen euros.'])
  const line = await call({ ...pizza, handOffs: [] }, { tools: { order }, model })
  await line.say('two margheritas please')
  line.said(/one moment.*fourteen euros/i)
  expect(line.expectTool('order').result).toEqual({ total: 14 })
  expect(ordered).toEqual([])
  await line.hangUp()
  await expect(call(pizza, { agents: [pizzaLine().billing], tools: { ordr: order } })).rejects.toThrow(
    'the agent has no tool ordr; it has: order, menu',
  )
})

test('a function that never comes back holds up nobody for ever', async () => {
  const { pizza } = pizzaLine()
  const tools = pizza.tools?.map(tool => (tool.name === 'order' ? { ...tool, limitMs: 100 } : tool)) ?? []
  const line = await call(
    { ...pizza, handOffs: [], tools },
    {
      tools: { order: () => new Promise(() => undefined) },
      model: scripted([calls('order', { pizzas: 1 }), 'It is not known.']),
    },
  )
  await line.say('one margherita')
  line.said('It is not known.')
  await line.hangUp()
})

test('real time that a function takes is none of the call', async () => {
  const { pizza } = pizzaLine()
  const order = async () => {
    for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve))
    return { total: 5 }
  }
  const line = await call(
    { ...pizza, handOffs: [] },
    { tools: { order }, model: scripted([calls('order', { pizzas: 1 }), 'Five euros.']) },
  )
  await line.say('one margherita')
  expect(line.lastWords).toBe('Five euros.')
  await line.hangUp()
})

test('without a model the agent says what its file says, and the test that needs one is told so', async () => {
  const { pizza } = pizzaLine()
  const line = await call({ ...pizza, handOffs: [] }, { channel: 'browser' })
  expect(line.lastWords).toBe('Welcome.')
  await expect(line.say('hello')).rejects.toThrow('call(agent, { model: scripted([…]) })')
  await line.hangUp()
})

test('a draft that was thrown away uses no answer of the list', async () => {
  const { pizza } = pizzaLine()
  const model = scripted([calls('order', { pizzas: 1 }), 'It is on.', 'Yes.'])
  const line = await call({ ...pizza, handOffs: [] }, { model })
  // "Is the oven" sounds complete, and "is the oven on" as if more came: a draft answers the first.
  await line.say('is the oven on?')
  line.said('Take your time, I am listening. It is on.')
  line.expectTool('order')
  line.expectNoTool()
  await line.say('really?')
  line.said('Yes.')
  await line.hangUp()
  replaysExactly(line)
})

test('an agent that cannot be used is refused', async () => {
  const { pizza } = pizzaLine()
  await expect(call({ ...pizza, name: 'No Name' })).rejects.toThrow('name')
  await expect(call(pizza)).rejects.toThrow('cannot hand the call to billing')
})

test('simulated callers share no order', async () => {
  const lines: ReturnType<typeof pizzaLine>[] = []
  const made = () => {
    const line = pizzaLine()
    lines.push(line)
    return { ...line.pizza, handOffs: [] }
  }
  const ada = persona({ who: 'Ada', goal: 'order two margheritas', steps: ['two margheritas please', 'goodbye'] })
  const model = scripted([
    { when: /margherita/, answer: calls('order', { pizzas: 2 }) },
    { after: 'order', answer: 'Ordered.' },
    { when: /goodbye/, answer: 'Goodbye!' },
  ])
  const { calls: all } = await simulate(made, [ada], {
    model,
    each: 5,
    criteria: [{ what: 'it orders', ran: 'order' }],
  })
  expect(all).toHaveLength(5)
  expect(lines.filter(({ ordered }) => ordered.length > 0).map(({ ordered }) => ordered)).toEqual(
    Array.from({ length: 5 }, () => [2]),
  )
})

test('a saved call that goes otherwise today is told', async () => {
  const { pizza } = pizzaLine()
  const folder = await mkdtemp(join(tmpdir(), 'saved-calls-'))
  try {
    const line = await call({ ...pizza, handOffs: [] }, { model: scripted(['Gladly.']) })
    await line.say('two margheritas please')
    await line.hangUp()
    await save(line, join(folder, 'two'))
    await replay(folder)
    const otherwise = line.journal.map(one => JSON.parse(JSON.stringify(one).replace('"listening"', '"hearing"')))
    await save({ journal: otherwise }, join(folder, 'two'))
    await expect(replay(folder)).rejects.toThrow('1 of 1 calls go otherwise today.')
    await expect(replay(join(folder, 'none'))).rejects.toThrow('there is no such file or folder')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('an agent enters and leaves a call of a test as a real one, and what it throws then ends the test', async () => {
  const done: string[] = []
  const { pizza } = pizzaLine()
  const onEnter = async ({ owner }: { readonly owner: string }) => {
    done.push(`enters for ${owner}`)
    return 'They are a friend.'
  }
  const agent = { ...pizza, handOffs: [], onEnter, onLeave: () => void done.push('leaves') }
  const line = await call(agent, { model: scripted(['Hello, friend.']), caller: '+15550100042' })
  await line.say('hello')
  await line.hangUp()
  expect(done).toEqual(['enters for +15550100042', 'leaves'])
  const broken = {
    ...agent,
    onEnter() {
      throw new Error('no database')
    },
  }
  await expect(call(broken, { model: scripted([]) }).then(one => one.say('hello'))).rejects.toThrow(
    'onEnter threw: no database',
  )
})
