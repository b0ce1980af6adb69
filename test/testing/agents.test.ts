import { expect, test } from 'vitest'
import { languageOf } from '../../src/languages/languages.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import type { Line } from '../../src/testing/line.ts'
import { call, calls, handsOff, persona, scripted, simulate, takes } from '../../src/testing/testing.ts'
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

test('a function of the test runs instead, also late: the caller hears that it takes a while', async () => {
  const { pizza, ordered } = pizzaLine()
  const order = takes(3_000, ({ pizzas }: { pizzas: number }) => ({ total: pizzas * 7 }))
  const model = scripted([calls('order', { pizzas: 2 }), 'Fourteen euros.'])
  const line = await call({ ...pizza, handOffs: [] }, { tools: { order }, model })
  await line.say('two margheritas please')
  line.said(/one moment.*fourteen euros/i)
  expect(line.expectTool('order').result).toContain('14')
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
