import { z } from 'zod'
import { agent } from '../../src/agents/author/agent.ts'
import { failed, handOff, say, tool } from '../../src/agents/author/tool.ts'

/** An agent as an author writes one, with an order of its own. */
export function pizzaLine() {
  const ordered: number[] = []
  const pizza = agent({
    name: 'pizza',
    instructions: 'You take orders for pizzas.',
    greeting: { phone: "Luigi's, what would you like?", browser: 'Welcome.' },
    handOffs: [{ to: 'billing', when: 'the caller asks about an invoice', history: 'summary' }],
    tools: [
      tool({
        name: 'order',
        description: 'Orders margheritas.',
        parameters: z.object({ pizzas: z.int().min(1) }),
        does: 'changes',
        run({ pizzas }) {
          if (pizzas > 20) return failed('The oven takes twenty at most.')
          ordered.push(pizzas)
          return { total: pizzas * 10 }
        },
      }),
      tool({
        name: 'menu',
        description: 'Reads the menu.',
        parameters: z.object({}),
        does: 'reads',
        run: () => say('We have margherita.'),
      }),
      tool({
        name: 'cancel',
        description: 'Cancels all orders.',
        parameters: z.object({}),
        does: 'changes',
        confirm: { ask: 'Shall I {words}?', words: () => 'cancel your order' },
        run: () => ({ cancelled: ordered.splice(0).length }),
      }),
      tool({
        name: 'complain',
        description: 'Gives the call to somebody for complaints.',
        parameters: z.object({ about: z.string() }),
        does: 'reads',
        run: ({ about }) => handOff('billing', { brief: about }),
      }),
      tool({
        name: 'broken',
        description: 'It does not work.',
        parameters: z.object({}),
        does: 'reads',
        run: () => Promise.reject(new TypeError('cannot read the oven')),
      }),
    ],
  })
  const billing = agent({
    name: 'billing',
    instructions: 'You help with invoices.',
    greeting: 'Billing, hello.',
    entering: 'Billing here.',
  })
  return { pizza, billing, ordered }
}
