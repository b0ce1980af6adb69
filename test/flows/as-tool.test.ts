import { expect, test } from 'vitest'
import { functionTools } from '../../src/agents/author/function-tools.ts'
import type { MadeBefore, ToolContext } from '../../src/conversation/ports.ts'
import { FakeClock } from '../fakes/clock.ts'
import { type Orders, pizzaFlow } from './pizza-flow.ts'

const never = new AbortController().signal

/** The flow as the server runs it: checked arguments, results in words for the model, and a journal of them. */
function served(orders: Orders) {
  const log = { info: () => undefined, warn: () => undefined }
  const tools = [pizzaFlow(orders).tool]
  const set = functionTools(
    { name: 'pizza', tools },
    { clock: new FakeClock(), log, isAgent: name => name === 'staff' },
  )
  const made: MadeBefore[] = []
  let calls = 0
  async function says(given: object, said?: readonly string[]) {
    const call = { id: `c${++calls}`, name: 'pizza_order', arguments: JSON.stringify(given) }
    const context: ToolContext = {
      ...{ callId: 'CA1', owner: '+15550001', agent: 'pizza', idempotencyKey: `k${calls}`, agreed: false },
      ...(said && { said }),
    }
    const outcome = await set.run(call, context, never)
    if (outcome.kind === 'done') made.push({ agent: 'pizza', call, result: outcome.text, agoMs: 1_000 })
    return outcome
  }
  return { set, says, made }
}

const ALL = { size: 'large', toppings: 'everything', count: 'two', how: 'delivery', where: '12 Baker Street' }

test('its words are said as they stand, and the model is told what is noted', async () => {
  const { says, set } = served([])
  expect(set.specs).toMatchObject([{ name: 'pizza_order', changes: true }])
  const words = { type: 'string' }
  expect(set.specs[0]?.parameters).toMatchObject({
    properties: { size: words, where: words, right: words, leave: { type: 'boolean' }, again: { type: 'boolean' } },
  })
  expect(await says({})).toMatchObject({ say: 'What size?' })
  expect(await says({ size: 'large' })).toMatchObject({
    say: 'Large. Which toppings?',
    text: expect.stringContaining('"noted":{"size":"large"},"waits_for":"toppings"'),
  })
  // The same words twice in a row are two answers.
  expect(await says({})).toMatchObject({ say: 'Which toppings?' })
  expect(await says({})).toMatchObject({ say: 'Which toppings?' })
})

test('what the caller has said reaches it: an invented value is not noted', async () => {
  const { says } = served([])
  expect(await says({ size: 'large' }, ['I want a pizza'])).toMatchObject({ say: 'What size?' })
  expect(await says({ size: 'large' }, ['I want a pizza', 'Large.'])).toMatchObject({ say: 'Large. Which toppings?' })
})

test('it goes on at another server by what the model was told here, with an order that was made', async () => {
  const orders: Orders = []
  const here = served(orders)
  await here.says(ALL)
  await here.says({ right: 'yes', name: 'Anna Miller', receipt: 'anna dot miller at gmail dot com' })
  await here.says({ right: 'yes' })
  const there = served(orders)
  there.set.remember?.('CA1', here.made)
  expect(await there.says({})).toMatchObject({
    say: '2 large pizza with ham, olives and onions, to 12 Baker Street, for Anna Miller. Shall I order it?',
  })
  await there.says({ right: 'yes' })
  expect(orders).toHaveLength(1)
  const last = served(orders)
  last.set.remember?.('CA1', [...here.made, ...there.made])
  expect(await last.says({ right: 'yes' })).toMatchObject({ text: expect.stringContaining('nothing was changed') })
  expect(orders).toHaveLength(1)
})

test('it hands the call to another agent', async () => {
  const { says } = served([])
  for (const size of ['huge', 'enormous']) await says({ size })
  expect(await says({ size: 'gigantic' })).toMatchObject({ handOff: { agent: 'staff' } })
})
