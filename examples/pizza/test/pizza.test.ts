import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mermaidOf } from 'partyline/flow'
import { call, calls, replay, save, scripted } from 'partyline/testing'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { priceOf } from '../menu.ts'
import { order, orders } from '../order.ts'
import pizza from '../pizza.ts'

const CALL = fileURLToPath(new URL('call', import.meta.url))

/** What the caller hears after each call of the model, with what they said for it. */
function ringing(callId: string) {
  let calls = 0
  return async (given: Record<string, unknown>): Promise<string> => {
    const call = { callId, owner: '+4930123456', language: 'en', at: new Date(2026, 10, 28, 18, 0, calls++) }
    const answer = await order.tool.run(order.tool.parameters.parse(given), call, new AbortController().signal)
    return (answer as { readonly words?: string }).words ?? JSON.stringify(answer)
  }
}

test('an order, with a change of mind in the middle and at the end', async () => {
  const says = ringing('first')
  assert.equal(await says({}), 'What size would you like: small, medium or large?')
  assert.equal(await says({ size: 'a large one', toppings: 'ham and olives' }), 'Large, olives and ham. How many of them?')
  assert.equal(await says({ count: 'two, please', size: 'actually make it medium' }), 'Medium, 2. Is that for delivery or for pick-up?')
  assert.equal(await says({ how: 'could you deliver it' }), 'Delivery. To which street and house number?')
  assert.equal(await says({ where: 'twelve Baker Street' }), 'That is 12 Baker Street. Is that right?')
  assert.equal(await says({ right: 'no, thirteen' }), 'That is 13 Baker, B A K E R, Street. Is that right?')
  assert.equal(await says({ right: 'yes' }), 'Good. On which name?')
  assert.equal(await says({ name: 'Anna Miller' }), 'Anna Miller. And a telephone number, in case we do not find you?')
  assert.equal(await says({ phone: 'five five five, double oh, two three' }), 'That is 5 5 5, 0 0 2 3. Is that right?')
  assert.equal(
    await says({ right: 'yes' }),
    'Good. That is 2 times medium with olives and ham, to 13 Baker Street, for Anna Miller, 27 euros in all. Shall I order it?',
  )
  assert.equal(await says({ how: 'no, I will pick it up' }), 'That is 2 times medium with olives and ham, for Anna Miller, 24 euros in all. Shall I order it?')
  assert.equal(await says({ right: 'yes, please' }), 'Thank you. It is order number 1, and takes 20 minutes.')
  assert.equal(orders.length, 1)
  assert.match(await says({ right: 'yes' }), /nothing was changed/)
  assert.equal(orders.length, 1)
})

test('what the kitchen does not have can be changed', async () => {
  const says = ringing('second')
  await says({ size: 'large', toppings: 'pineapple', count: 'one', how: 'pick-up', name: 'Anna Miller', phone: '555 0123' })
  await says({ right: 'yes' })
  assert.equal(await says({ right: 'yes' }), 'We have no pineapple left for a large one. What should I change?')
  assert.match(await says({ toppings: 'mushrooms then' }), /^That is 1 times large with mushrooms, .* 13 euros in all/)
  assert.match(await says({ right: 'yes' }), /^Thank you/)
})

test('a whole call: the model passes on what the caller says, and the flow does the rest', async () => {
  const before = orders.length
  const model = scripted([
    { when: /order/, answer: calls('pizza_order', { size: 'a small one', toppings: 'with olives' }) },
    { when: /^two/, answer: calls('pizza_order', { count: 'two', how: 'pick them up' }) },
    { when: /gluten/, answer: ['No, they all have gluten.', calls('pizza_order', {})] },
    { when: /Anna/, answer: calls('pizza_order', { name: 'Anna Miller', phone: 'five five five, oh one two three' }) },
    // A model that hears a yes where there is none, and one that invents a size.
    { when: /^hm/i, answer: calls('pizza_order', { right: 'yes', size: 'large' }) },
    { when: /^yes/i, answer: calls('pizza_order', { right: 'yes' }) },
    { when: /goodbye/, answer: 'Goodbye!' },
  ])
  const line = await call(pizza, { model })
  await line.say('I would like to order a small one with olives please')
  line.said('Small, olives. How many of them?')
  await line.say('two, and I will pick them up')
  line.said('On which name?')
  await line.say('are they without gluten?')
  line.said(/No, they all have gluten\. On which name\?/)
  await line.say('Anna Miller, and my number is five five five, oh one two three')
  line.said(/is that right/i)
  await line.say('hm')
  line.said(/Is that right/)
  await line.say('yes')
  line.said(/two times small with olives, for Anna Miller, sixteen euros in all\. Shall I order it/)
  await line.say('hm')
  line.said(/Shall I order it/)
  await line.say('yes please')
  line.said(/order number/)
  assert.deepEqual(orders.slice(before).map(({ size, count }) => ({ size, count })), [{ size: 'small', count: 2 }])
  await line.say('goodbye')
  await line.hangUp()
  if (process.env.RECORD) await save(line, CALL)
})

test('the recorded call goes the same way today', () => replay(CALL))

test('the menu has its prices, and the agent knows them', () => {
  assert.equal(priceOf('small', ['ham'], 2, true), 21)
  assert.match(pizza.instructions, /large 12/)
})

test('the picture in the README is this flow', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  assert.ok(readme.includes(mermaidOf(order)))
})
