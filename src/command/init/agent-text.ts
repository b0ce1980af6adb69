import type { AgentLanguage } from '../../agents/agent-languages.ts'
import { quoted, STARTING_WORDS } from './words.ts'

const filledIn = (text: string): string => `\`${text.replaceAll(/<([^>]+)>/g, (_, code) => `\${${code}}`)}\``

/** The file of a new agent: it takes orders for pizza, which a developer changes into what they need. */
export function agentText(name: string, language: AgentLanguage): string {
  const words = STARTING_WORDS[language]
  return `import { appendFile } from 'node:fs/promises'
import { agent } from 'partyline/agent'
import { failed, say, tool } from 'partyline/tool'
import { z } from 'zod'

/** What there is, and what it costs in ${words.currency}. */
const MENU = {
  margherita: 8,
  funghi: 9,
  diavola: 10,
}
const MOST_OF_ONE = 20
const MOST_CALLS = 1_000

type Pizza = keyof typeof MENU
const PIZZAS = Object.keys(MENU) as Pizza[]
type Order = Map<Pizza, number>
/** What each call has ordered so far. */
const orders = new Map<string, Order>()

function orderOf(callId: string): Order {
  const order = orders.get(callId) ?? new Map<Pizza, number>()
  orders.delete(callId)
  orders.set(callId, order)
  // Calls that ended without an order.
  for (const oldest of orders.keys()) {
    if (orders.size <= MOST_CALLS) break
    orders.delete(oldest)
  }
  return order
}

const priced = (): string => PIZZAS.map(pizza => \`\${pizza} \${MENU[pizza]} ${words.currency}\`).join(', ')
const listed = (order: Order): string => [...order].map(([pizza, count]) => \`\${count} \${pizza}\`).join(', ')
const total = (order: Order): number => [...order].reduce((sum, [pizza, count]) => sum + count * MENU[pizza], 0)

const showMenu = tool({
  name: 'show_menu',
  description: 'Tells what pizzas there are, and what they cost.',
  parameters: z.object({}),
  does: 'reads',
  run: () => say(${filledIn(words.menu)}),
})

const orderPizza = tool({
  name: 'order_pizza',
  description: 'Puts a pizza of the menu into the order, or changes how many of it are ordered.',
  parameters: z.object({
    pizza: z.enum(PIZZAS).describe('which pizza'),
    count: z.number().int().min(1).max(MOST_OF_ONE).default(1).describe('how many of it in all'),
  }),
  does: 'changes',
  run({ pizza, count }, { callId }) {
    const order = orderOf(callId)
    order.set(pizza, count)
    return say(${filledIn(words.added)}, { order: Object.fromEntries(order), total: total(order) })
  },
  // Should another server carry the call on, it is told what was ordered here.
  remember({ pizza, count }, { callId }) {
    orderOf(callId).set(pizza, count)
  },
})

const cancelPizza = tool({
  name: 'cancel_pizza',
  description: 'Takes a pizza out of the order.',
  parameters: z.object({ pizza: z.enum(PIZZAS).describe('which pizza') }),
  does: 'changes',
  run({ pizza }, { callId }) {
    const order = orderOf(callId)
    if (!order.delete(pizza)) return failed(order.size === 0 ? ${quoted(words.empty)} : ${filledIn(words.soFar)})
    return say(${filledIn(words.cancelled)})
  },
  remember({ pizza }, { callId }) {
    orderOf(callId).delete(pizza)
  },
})

const tellTotal = tool({
  name: 'tell_total',
  description: 'Tells the total: what it costs, and what is in it so far.',
  parameters: z.object({}),
  does: 'reads',
  run(_given, { callId }) {
    const order = orderOf(callId)
    return say(order.size === 0 ? ${quoted(words.empty)} : ${filledIn(words.soFar)})
  },
})

const placeOrder = tool({
  name: 'place_the_order',
  description: 'Places the order for a name, when the caller wants nothing else. They are asked first.',
  parameters: z.object({ name: z.string().max(60).describe('the name that the order is for') }),
  does: 'changes',
  confirm: { ask: ${quoted(words.ask)}, words: ({ name }) => name },
  async run({ name }, { callId }) {
    const order = orderOf(callId)
    if (order.size === 0) return failed(${quoted(words.empty)})
    await appendFile('orders.jsonl', \`\${JSON.stringify({ name, order: Object.fromEntries(order), total: total(order) })}\\n\`)
    orders.delete(callId)
    return say(${filledIn(words.placed)})
  },
})

export default agent({
  name: ${quoted(name)},
  language: ${quoted(language)},
  instructions: \`${words.instructions.join('\n')}\`,
  greeting: ${quoted(words.greeting)},
  tools: [showMenu, orderPizza, cancelPizza, tellTotal, placeOrder],
})
`
}
