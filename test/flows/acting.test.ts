import { expect, test } from 'vitest'
import { z } from 'zod'
import { failed, handOff, say, tool, toPerson } from '../../src/agents/author/tool.ts'
import { name, yesNo } from '../../src/flows/collect.ts'
import { flow } from '../../src/flows/flow.ts'
import { calledFlow } from './called.ts'
import { type Orders, pizzaFlow } from './pizza-flow.ts'

const ALL = { size: 'large', toppings: 'ham', count: 'two', how: 'pick-up', name: 'Anna Miller', receipt: 'no' }

test('a change is made once: a second yes, and a second call of the same answer, order nothing', async () => {
  const orders: Orders = []
  const call = calledFlow(pizzaFlow(orders))
  await call.says(ALL)
  const answers = await Promise.all([call.says({ right: 'yes' }), call.says({ right: 'yes' })])
  expect(answers[0]).toBe('Your order is number 1.')
  expect(answers[1]).toMatch(/^data: "?pizza_order is finished and nothing was changed/)
  expect(await call.says({ size: 'small' })).toMatch(/nothing was changed/)
  expect(orders).toHaveLength(1)
  // Another order begins with nothing of the first one.
  expect(await call.says({ again: true })).toBe('What size?')
  await call.says(ALL)
  expect(await call.says({ right: 'yes' })).toBe('Your order is number 2.')
})

test('two calls in one answer of the model are taken one after the other', async () => {
  const call = calledFlow(pizzaFlow([]))
  const [, second] = await Promise.all([call.says({ size: 'large' }), call.says({ toppings: 'ham' })])
  expect(second).toBe('Ham. How many?')
})

test('what was not done is told, and can be changed or tried again; what may have been done is never tried again', async () => {
  const orders: Orders = []
  const answers = [failed('We have no more ham.'), failed('The kitchen does not answer.'), { number: 7 }]
  const call = calledFlow(pizzaFlow(orders, () => answers.shift() ?? {}))
  await call.says(ALL)
  expect(await call.says({ right: 'yes' })).toBe('We have no more ham. What should I change?')
  expect(await call.says({ toppings: 'olives' })).toBe('2 large pizza with olives, for Anna Miller. Shall I order it?')
  expect(await call.says({ right: 'yes' })).toBe('The kitchen does not answer. What should I change?')
  expect(await call.says({ right: 'yes, try it again' })).toBe('What should I change?')
  expect(await call.says({ right: 'yes' })).toBe('Your order is number 7.')
  expect(orders).toHaveLength(3)

  const broken = calledFlow(
    pizzaFlow(orders, () => {
      throw new Error('the line to the kitchen broke')
    }),
  )
  await broken.says(ALL)
  expect(await broken.says({ right: 'yes' })).toBe('I could not find out whether that worked.')
  expect(await broken.says({ right: 'yes' })).toMatch(/nothing was changed/)
  expect(orders).toHaveLength(4)
})

test('after something was done its values stay, and the flow goes on', async () => {
  const book = tool({
    name: 'book',
    description: 'Books.',
    parameters: z.object({ who: z.string() }),
    does: 'changes',
    run: () => 'booked',
  })
  const booking = flow({
    name: 'booking',
    about: 'books.',
    start: 'who',
    steps: {
      who: { kind: 'collect', as: name(), next: 'sure' },
      sure: { kind: 'confirm', ask: 'For {who}, all right?', next: 'book' },
      book: { kind: 'call', tool: book, next: 'told' },
      told: { kind: 'say', say: 'It is booked.', next: 'happy' },
      happy: { kind: 'collect', as: yesNo(), ask: 'Were you happy with us?', next: 'done' },
      done: { kind: 'end', say: 'Thank you.' },
    },
  })
  const call = calledFlow(booking)
  await call.says({ who: 'Anna Miller' })
  expect(await call.says({ right: 'yes' })).toBe('It is booked. Were you happy with us?')
  expect(await call.says({ who: 'Paul Baker' })).toBe(
    'That is done already, and I cannot change it here. Were you happy with us?',
  )
  expect(await call.says({ happy: 'very, yes' })).toMatch(/^I need a yes or a no/)
  expect(await call.says({ happy: 'yes, very' })).toBe('Thank you.')
})

test('small agents in a row give typed results, and the caller goes back to one of them', async () => {
  const Symptoms = z.object({ what: z.string(), since_days: z.number() })
  const intake = flow({
    name: 'intake',
    about: 'takes what a patient has.',
    start: 'who',
    steps: {
      who: { kind: 'collect', as: name(), next: 'symptoms' },
      symptoms: {
        kind: 'task',
        instructions: 'Find out what they have, and since when. Give no advice.',
        result: Symptoms,
        next: 'sure',
      },
      sure: { kind: 'confirm', ask: '{who} has {symptoms.what} for {symptoms.since_days} days, right?', next: 'done' },
      done: { kind: 'hand-off', to: 'nurse', brief: '{who}: {symptoms.what}' },
    },
  })
  const call = calledFlow(intake)
  expect(await call.says({ who: 'Anna Miller' })).toMatch(
    /^data: .*"now":"Find out what they have.*"say_first":"Anna Miller\."/,
  )
  expect(await call.says({ symptoms: { what: 'a cough', since_days: 3 } })).toBe(
    'Anna Miller has a cough for 3 days, right?',
  )
  expect(await call.says({ right: 'no, five days', symptoms: { what: 'a cough', since_days: 5 } })).toBe(
    'Anna Miller has a cough for 5 days, right?',
  )
  expect(await call.says({ right: 'yes' })).toMatch(/^to: nurse Anna Miller: a cough \{"made":/)
  expect(() => intake.tool.parameters.parse({ symptoms: { what: 'a cough' } })).toThrow(/since_days/)
})

test('a function of a step may say words of its own, give the call away, and look something up again after a correction', async () => {
  const looked: unknown[] = []
  const look = tool({
    name: 'look',
    description: 'Looks it up.',
    parameters: z.object({ who: z.string() }),
    does: 'reads',
    run({ who }) {
      looked.push(who)
      if (who === 'Paul Baker') return handOff('billing', { brief: 'He owes us something.' })
      return who === 'Bob Smith' ? toPerson('They know him.') : say(`${who} has a table.`, { table: 4 })
    },
  })
  const lookup = flow({
    name: 'lookup',
    about: 'looks up a table.',
    start: 'who',
    steps: {
      who: { kind: 'collect', as: name(), next: 'look' },
      look: { kind: 'call', tool: look, next: 'happy' },
      happy: { kind: 'collect', as: yesNo(), ask: 'Is table {look.table} all right?', next: 'done' },
      done: { kind: 'end', say: 'Table {look.table} then.' },
    },
  })
  const call = calledFlow(lookup)
  expect(await call.says({ who: 'Anna Miller' })).toBe('Anna Miller. Anna Miller has a table. Is table 4 all right?')
  expect(await call.says({ who: 'no, Emma Miller' })).toBe(
    'Emma Miller. Emma Miller has a table. Is table 4 all right?',
  )
  expect(await call.says({ happy: 'yes' })).toBe('Table 4 then.')
  expect(looked).toEqual(['Anna Miller', 'Emma Miller'])
  expect(await calledFlow(lookup, { callId: 'other' }).says({ who: 'Paul Baker' })).toMatch(
    /^to: billing He owes us something\. \{"made":/,
  )
  const bob = calledFlow(lookup, { callId: 'bob' })
  expect(await bob.says({ who: 'Bob Smith' })).toMatch(/to-person/)
})
