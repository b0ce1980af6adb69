import { z } from 'zod'
import { type ToolAnswer, tool } from '../../src/agents/author/tool.ts'
import { address, choice, email, name, number, several } from '../../src/flows/collect.ts'
import { type Flow, flow } from '../../src/flows/flow.ts'

/** What a kitchen was told, in order. */
export type Orders = Record<string, unknown>[]

/** An order of a pizza with every kind of step but a task and a hand-off of its own. */
export function pizzaFlow(
  orders: Orders,
  kitchen: () => ToolAnswer | object = () => ({ number: orders.length }),
): Flow {
  const order = tool({
    name: 'place_order',
    description: 'Tells the kitchen.',
    parameters: z
      .object({ size: z.string(), toppings: z.array(z.string()), count: z.number(), name: z.string() })
      .loose(),
    does: 'changes',
    run(given, { idempotencyKey }) {
      orders.push({ ...given, key: idempotencyKey })
      return kitchen()
    },
  })
  return flow({
    name: 'pizza_order',
    about: 'takes the order of a pizza.',
    start: 'size',
    stuck: 'person',
    steps: {
      size: { kind: 'collect', as: choice(['small', 'medium', 'large']), ask: 'What size?', next: 'toppings' },
      toppings: { kind: 'collect', as: several(['ham', 'olives', 'onions']), ask: 'Which toppings?', next: 'count' },
      count: { kind: 'collect', as: number({ least: 1, most: 9 }), ask: 'How many?', next: 'how' },
      how: { kind: 'collect', as: choice(['delivery', 'pick-up']), ask: 'Delivery or pick-up?', next: 'by_how' },
      by_how: { kind: 'branch', on: 'how', to: { delivery: 'where', 'pick-up': 'name' } },
      where: { kind: 'collect', as: address({ needs: ['street'] }), ask: 'To which address?', next: 'name' },
      name: { kind: 'collect', as: name(), ask: 'On which name?', next: 'receipt' },
      receipt: {
        kind: 'collect',
        as: email(),
        optional: true,
        ask: 'An e-mail address for the receipt?',
        next: 'confirm',
      },
      confirm: {
        kind: 'confirm',
        ask: '{count} {size} pizza with {toppings}[, to {where}], for {name}. Shall I order it?',
        next: 'place',
      },
      place: { kind: 'call', tool: order, next: 'done' },
      done: { kind: 'end', say: 'Your order is number {place.number}.' },
      person: { kind: 'hand-off', to: 'staff' },
    },
  })
}
