import { expect, test } from 'vitest'
import { email, yesNo } from '../../src/flows/collect.ts'
import { flow } from '../../src/flows/flow.ts'
import { calledFlow } from './called.ts'
import { type Orders, pizzaFlow } from './pizza-flow.ts'

const ALL = { size: 'large', toppings: 'ham', count: 'two', how: 'pick-up', name: 'Anna Miller', receipt: 'no' }
const CONFIRM = '2 large pizza with ham, for Anna Miller. Shall I order it?'

test('one question after the other, and the very next one where several were answered at once', async () => {
  const call = calledFlow(pizzaFlow([]))
  expect(await call.says({})).toBe('What size?')
  expect(await call.says({ size: 'a large one', toppings: 'olives and ham' })).toBe('Large, ham and olives. How many?')
  expect(await call.says({ how: 'pick-up' })).toBe('Pick-up. How many?')
  expect(await call.says({ count: 'two' })).toBe('2. On which name?')
})

test('an earlier answer is corrected in the middle, and the flow takes the other way by itself', async () => {
  const orders: Orders = []
  const call = calledFlow(pizzaFlow(orders))
  expect(await call.says(ALL)).toBe(CONFIRM)
  expect(await call.says({ how: 'actually, delivery' })).toBe('Delivery. To which address?')
  expect(await call.says({ where: '12 Baker Street' })).toBe('That is 12 Baker Street. Is that right?')
  expect(await call.says({ right: 'yes', size: 'and make it small' })).toBe(
    'Good. 2 small pizza with ham, to 12 Baker Street, for Anna Miller. Shall I order it?',
  )
  expect(await call.says({ how: 'no, pick-up after all' })).toBe(
    '2 small pizza with ham, for Anna Miller. Shall I order it?',
  )
  expect(await call.says({ right: 'Yes, please.' })).toBe('Your order is number 1.')
  expect(orders).toEqual([{ size: 'small', toppings: ['ham'], count: 2, name: 'Anna Miller', key: 'call-1:5:place' }])
})

test('a yes holds for what was heard alone: with a change in the same breath it is asked again', async () => {
  const orders: Orders = []
  const call = calledFlow(pizzaFlow(orders))
  await call.says(ALL)
  expect(await call.says({ right: 'yes', size: 'small' })).toBe(
    '2 small pizza with ham, for Anna Miller. Shall I order it?',
  )
  expect(await call.says({ right: 'yes but with olives', toppings: 'with olives too' })).toBe(
    '2 small pizza with ham and olives, for Anna Miller. Shall I order it?',
  )
  expect(orders).toEqual([])
})

test('no answer is no yes: the model cannot order by going on', async () => {
  const orders: Orders = []
  const call = calledFlow(pizzaFlow(orders))
  await call.says(ALL)
  expect(await call.says({})).toBe(CONFIRM)
  expect(await call.says({ right: 'what was that?' })).toBe(CONFIRM)
  expect(await call.says(ALL)).toBe(CONFIRM)
  expect(await call.says({ right: 'no' })).toBe('What should I change?')
  expect(await call.says({ right: 'the size' })).toBe('What should I change?')
  expect(await call.says({ size: 'medium' })).toBe('2 medium pizza with ham, for Anna Miller. Shall I order it?')
  expect(orders).toEqual([])
})

test('a no to what was read back loses nothing: a part of it can be corrected, and it is spelt then', async () => {
  const mail = flow({
    name: 'mail',
    about: 'takes an e-mail address.',
    start: 'address',
    steps: {
      address: { kind: 'collect', as: email(), next: 'done' },
      done: { kind: 'end', say: 'I write to {address}.' },
    },
  })
  const call = calledFlow(mail)
  expect(await call.says({})).toBe('What is your e-mail address?')
  expect(await call.says({ address: 'anna dot miler at gmail dot com' })).toBe(
    'That is anna, A N N A, dot miler, M I L E R, at gmail dot com. Is that right?',
  )
  expect(await call.says({ right: 'no' })).toMatch(/^Sorry\. What is wrong with it\?/)
  expect(await call.says({ address: 'with two Ls' })).toBe(
    'That is A N N A, dot M I L L E R, at gmail dot com. Is that right?',
  )
  // The correction comes with the no, and in the place of the answer.
  expect(await call.says({ right: 'no, dash, not dot' })).toBe(
    'That is A N N A, dash M I L L E R, at gmail dot com. Is that right?',
  )
  expect(await call.says({ right: 'hm?' })).toBe('That is A N N A, dash M I L L E R, at gmail dot com. Is that right?')
  expect(await call.says({ address: 'yes' })).toBe('I write to anna dash miller at gmail dot com.')
})

test('words that are not understood: each time another sentence, then somebody else', async () => {
  const call = calledFlow(pizzaFlow([]))
  await call.says({})
  expect(await call.says({ size: 'huge' })).toBe('There is small, medium and large. What size?')
  expect(await call.says({ size: 'enormous' })).toBe(
    'There is small, medium and large. Which one: small, medium or large?',
  )
  expect(await call.says({ size: 'gigantic' })).toMatch(/^to: staff /)
})

test('without anybody else the caller may stop', async () => {
  const ask = flow({
    name: 'ask',
    about: 'asks.',
    start: 'nuts',
    steps: { nuts: { kind: 'collect', as: yesNo(), ask: 'Do you eat nuts?', next: 'done' }, done: { kind: 'end' } },
  })
  const call = calledFlow(ask)
  expect(await call.says({ nuts: 'maybe' })).toBe('I need a yes or a no. Do you eat nuts?')
  expect(await call.says({ nuts: 'it depends' })).toBe('I need a yes or a no. Please say yes or no.')
  expect(await call.says({ nuts: "I don't know" })).toBe(
    'I need a yes or a no. We can stop here if you like. Otherwise, please try once more. Please say yes or no.',
  )
  expect(await call.says({ leave: true })).toMatch(/^data: .*has left ask/)
  expect(await call.says({ nuts: 'no' })).toMatch(/^data: .*It is finished/)
})

test('a question that is a question is not followed by another', async () => {
  const call = calledFlow(pizzaFlow([]))
  expect(await call.says({ size: 'small or large' })).toBe('Do you mean small or large?')
})

test('who asks something in between hears the open question again, and nothing is forgotten by leaving', async () => {
  const call = calledFlow(pizzaFlow([]))
  await call.says({ size: 'large' })
  expect(await call.says({})).toBe('Which toppings?')
  expect(await call.says({ leave: true })).toMatch(/^data: .*"size":"large".*has left pizza_order/)
  expect(await call.says({})).toBe('Which toppings?')
  expect(await call.says({ toppings: 'none', again: true })).toBe('Nothing. What size?')
})

test('a model that repeats all that it knows changes nothing by it', async () => {
  const call = calledFlow(pizzaFlow([]))
  await call.says({ size: 'large' })
  expect(await call.says({ size: 'large', toppings: 'ham' })).toBe('Ham. How many?')
  expect(await call.says({ size: 'large', toppings: 'ham', count: 'two' })).toBe('2. Delivery or pick-up?')
})

test('what nobody has said is not noted', async () => {
  const call = calledFlow(pizzaFlow([]))
  const said = ['I would like to order a pizza']
  expect(await call.says({ size: 'medium', name: 'John Smith' }, said)).toBe('What size?')
  expect(call.made.at(-1)?.result).toContain('The caller has not said this: size, name.')
  said.push('A large one, please.')
  expect(await call.says({ size: 'large', toppings: 'ham' }, said)).toBe('Large. Which toppings?')
  said.push('olives and', 'onions, and make it three')
  expect(await call.says({ toppings: 'olives and onions', count: '3' }, said)).toBe(
    'Olives and onions, 3. Delivery or pick-up?',
  )
})

test('an address that the model writes in its own way is still the caller’s', async () => {
  const call = calledFlow(pizzaFlow([]))
  const said = ['anna dot miller ninety nine at gmail dot com']
  await call.says({ ...ALL, receipt: undefined })
  expect(await call.says({ receipt: 'anna.miller99@gmail.com' }, said)).toMatch(/^That is anna, A N N A/)
  expect(await call.says({ receipt: 'john.doe@example.com' }, said)).toMatch(/^That is anna, A N N A/)
})

test('in German', async () => {
  const call = calledFlow(pizzaFlow([]), { language: 'de' })
  await call.says({ size: 'large', toppings: 'ham', count: 'zwei', how: 'pick-up', name: 'Anna Müller' })
  expect(await call.says({ receipt: 'anna punkt müller ät web punkt de' })).toBe(
    'Das ist anna, A N N A, Punkt mueller, M U E L L E R, ät web Punkt de. Stimmt das?',
  )
  expect(await call.says({ right: 'ja, genau' })).toContain('for Anna Müller')
})

test('what calls leave behind has a bound', async () => {
  const pizza = pizzaFlow([])
  const first = calledFlow(pizza, { callId: 'first' })
  await first.says({ size: 'large' })
  for (let call = 0; call < 2_000; call++) await calledFlow(pizza, { callId: `other-${call}` }).says({})
  expect(await first.says({})).toBe('What size?')
  expect(() => pizza.tool.parameters.parse({ size: 'x'.repeat(501) })).toThrow()
})

test('an answer to a read-back is judged by all its words', async () => {
  const call = calledFlow(pizzaFlow([]))
  const back = 'That is Shayne Cole, S H A Y N E, C O L E, is that right?'
  expect(await call.says({ ...ALL, name: 'Shayne Cole' })).toBe(`Large, ham, 2, pick-up. ${back}`)
  expect(await call.says({ right: 'can you repeat that please?' })).toBe(back)
  expect(await call.says({ name: 'what was that?' })).toBe(back)
  expect(await call.says({ right: 'sorry, I did not hear you' })).toBe(back)
  expect(await call.says({ right: "no, that's not right" })).toMatch(/^Sorry\. What is wrong/)
  expect(await call.says({ right: 'it is S H A N E' })).toBe('That is Shane Cole, S H A N E, C O L E, is that right?')
  expect(await call.says({ right: "yes, that's me" })).toBe(
    'Good. 2 large pizza with ham, for Shane Cole. Shall I order it?',
  )
})

test('a yes that the caller did not say is none', async () => {
  const orders: Orders = []
  const call = calledFlow(pizzaFlow(orders))
  const said = ['a large one with ham, two of them, pick-up for Anna Miller, no receipt']
  expect(await call.says({ ...ALL, toppings: 'with ham' }, said)).toBe(CONFIRM)
  expect(await call.says({ right: 'yes' }, [...said, 'How long will it take?'])).toBe(CONFIRM)
  expect(await call.says({ right: 'yes' }, [...said, 'Yes, but wait.'])).toBe('What should I change?')
  expect(await call.says({ right: 'no' }, [...said, 'Nothing.'])).toBe(CONFIRM)
  expect(orders).toEqual([])
  expect(await call.says({ right: 'yes' }, [...said, 'Yes, please.'])).toBe('Your order is number 1.')
})

test('a yes or a no to a question for one is its value, wherever the model puts it', async () => {
  const nuts = flow({
    name: 'nuts',
    about: 'asks.',
    start: 'nuts',
    steps: {
      nuts: { kind: 'collect', as: yesNo(), ask: 'Do you eat nuts?', next: 'by' },
      by: { kind: 'branch', on: 'nuts', to: { true: 'good', false: 'none' } },
      good: { kind: 'end', say: 'Good.' },
      none: { kind: 'end', say: 'Without nuts then.' },
    },
  })
  const call = calledFlow(nuts)
  await call.says({})
  expect(await call.says({ right: 'no, I am allergic' })).toBe('Without nuts then.')
})
