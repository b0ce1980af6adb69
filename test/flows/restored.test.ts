import { expect, test } from 'vitest'
import { failed } from '../../src/agents/author/tool.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { calledFlow } from './called.ts'
import { type Orders, pizzaFlow } from './pizza-flow.ts'

/** Things that callers and models do at any place, sensible or not. */
const CALLS: readonly Record<string, unknown>[] = [
  {},
  { size: 'large' },
  { size: 'huge' },
  { size: 'actually make it small' },
  { toppings: 'ham and olives' },
  { toppings: 'add onions' },
  { toppings: 'no ham' },
  { count: 'two or three' },
  { count: 'two' },
  { how: 'delivery' },
  { how: 'pick-up' },
  { where: 'Baker Street' },
  { where: 'twelve' },
  { where: '12 Baker Street' },
  { name: 'Shayne Cole' },
  { name: 'Anna Miller' },
  { receipt: 'anna dot miler at gmail dot com' },
  { receipt: 'with two Ls' },
  { receipt: 'none' },
  { right: 'yes' },
  { right: 'yes' },
  { right: 'yes' },
  { right: 'no' },
  { right: 'no, with two Ls' },
  { leave: true },
  { again: true },
  { size: 'large', toppings: 'ham', count: 'two', how: 'pick-up', name: 'Anna Miller', receipt: 'no' },
  { right: 'yes', size: 'small' },
  { size: 'medium', toppings: 'none', count: 'one', how: 'pick-up', name: 'Paul Baker', receipt: 'no' },
  { size: 'large', toppings: 'olives', count: 'one', how: 'pick-up', name: 'Paul Baker', receipt: 'no' },
  { right: 'yes please' },
  { right: 'yes, do it' },
]

/** A kitchen that answers in one of these ways, by the number of its order. */
const kitchenOf = (orders: Orders, chance: number) => () => {
  const way = (orders.length + Math.floor(chance * 10)) % 4
  if (way === 1) return failed('The oven is cold.')
  if (way === 2) throw new Error('nobody knows')
  return { number: orders.length }
}

test('a call goes on at another server as if it had never been away, wherever it was taken from', async () => {
  let ordered = 0
  for (let seed = 1; seed <= 40; seed++) {
    const chance = seeded(seed)
    const calls = Array.from({ length: 25 }, () => CALLS[Math.floor(chance() * CALLS.length)] ?? {})
    const cut = Math.floor(chance() * calls.length)
    const way = chance()
    const unbroken: Orders = []
    const stays = calledFlow(pizzaFlow(unbroken, kitchenOf(unbroken, way)))
    const said = []
    const turns: string[] = []
    const turnsOf = (given: object) => (seed % 2 === 0 ? [...turns, Object.values(given).join(' ')] : undefined)
    for (const given of calls) said.push(await stays.says(given, turnsOf(given)))

    const orders: Orders = []
    let call = calledFlow(pizzaFlow(orders, kitchenOf(orders, way)))
    const heard = []
    for (const [index, given] of calls.entries()) {
      if (index === cut) call = call.goesOn(pizzaFlow(orders, kitchenOf(orders, way)))
      heard.push(await call.says(given, turnsOf(given)))
    }
    expect(heard, `seed ${seed}, away before ${cut}`).toEqual(said)
    expect(orders, `seed ${seed}`).toEqual(unbroken)
    ordered += orders.length
  }
  expect(ordered).toBeGreaterThan(8)
})

test('a call that comes back to the same server is known there already', async () => {
  const orders: Orders = []
  const pizza = pizzaFlow(orders)
  const call = calledFlow(pizza)
  await call.says({ size: 'large' })
  await call.says({ toppings: 'ham' })
  await call.says({ toppings: 'add olives' })
  const back = call.goesOn(pizza)
  expect(await back.says({ toppings: 'no ham' })).toBe('Olives. How many?')
})

test('results that say nothing of a flow are no part of it', async () => {
  const pizza = pizzaFlow([])
  pizza.tool.remember?.({ size: 'large' }, { callId: 'call-1', result: 'Result of pizza_order: not done. It is late.' })
  pizza.tool.remember?.({ size: 'large' }, { callId: 'call-1', result: 'The caller is told: "{"made":{"at":"never"' })
  pizza.tool.remember?.({ size: 'large' }, { callId: 'call-1' })
  expect(await calledFlow(pizza).says({})).toBe('What size?')
})
