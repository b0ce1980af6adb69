import { address, choice, name, number, phone, several } from 'partyline/collect'
import { flow } from 'partyline/flow'
import { failed, tool } from 'partyline/tool'
import { z } from 'zod'
import { priceOf, SIZES, sizes, type Size, toppings } from './menu.ts'

const Order = z.object({
  size: z.enum(Object.keys(SIZES) as [Size, ...Size[]]),
  toppings: z.array(z.string()),
  count: z.number(),
  how: z.enum(['delivery', 'pick-up']),
})

const price = tool({
  name: 'price',
  description: 'What an order costs.',
  parameters: Order,
  does: 'reads',
  run: ({ size, toppings, count, how }) => ({ euros: priceOf(size, toppings, count, how === 'delivery') }),
})

/** The orders of this server, as the kitchen has them. A real shop writes them to its till. */
export const orders: Record<string, unknown>[] = []

const kitchen = tool({
  name: 'place_order',
  description: 'Gives an order to the kitchen.',
  parameters: Order.extend({
    where: z.object({ street: z.string() }).loose().optional(),
    name: z.string(),
    phone: z.string(),
  }),
  does: 'changes',
  run(order) {
    if (order.toppings.includes('pineapple') && order.size === 'large') return failed('We have no pineapple left for a large one.')
    orders.push(order)
    return { number: orders.length, minutes: order.how === 'delivery' ? 40 : 20 }
  },
})

/** The whole order: what is asked, in which order, and what is done with the answers. */
export const order = flow({
  name: 'pizza_order',
  about: 'takes the order of a pizza. It begins when the caller wants to order.',
  start: 'size',
  stuck: 'sorry',
  steps: {
    size: { kind: 'collect', as: choice(sizes), ask: 'What size would you like: small, medium or large?', next: 'toppings' },
    toppings: { kind: 'collect', as: several(toppings), ask: 'Which toppings would you like on it?', next: 'count' },
    count: { kind: 'collect', as: number({ least: 1, most: 10 }), ask: 'How many of them?', next: 'how' },
    how: {
      kind: 'collect',
      as: choice({ delivery: ['delivery', 'delivered', 'deliver'], 'pick-up': ['pick-up', 'pick it up', 'collect', 'takeaway'] }),
      ask: 'Is that for delivery or for pick-up?',
      next: 'by_how',
    },
    by_how: { kind: 'branch', on: 'how', to: { delivery: 'where', 'pick-up': 'name' } },
    where: { kind: 'collect', as: address({ needs: ['street'] }), ask: 'To which street and house number?', next: 'name' },
    name: { kind: 'collect', as: name(), ask: 'On which name?', next: 'phone' },
    phone: { kind: 'collect', as: phone(), ask: 'And a telephone number, in case we do not find you?', next: 'price' },
    price: { kind: 'call', tool: price, next: 'confirm' },
    confirm: {
      kind: 'confirm',
      ask: 'That is {count} times {size} with {toppings}[, to {where}], for {name}, {price.euros} euros in all. Shall I order it?',
      next: 'kitchen',
    },
    kitchen: { kind: 'call', tool: kitchen, next: 'done' },
    done: { kind: 'end', say: 'Thank you. It is order number {kitchen.number}, and takes {kitchen.minutes} minutes.' },
    sorry: { kind: 'end', say: 'I am sorry, I do not understand you well. Please ring again from a quieter place.' },
  },
})
