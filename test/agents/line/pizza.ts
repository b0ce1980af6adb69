import { agent } from 'partyline/agent'
import { say, tool } from 'partyline/tool'
import { z } from 'zod'

const MENU = { margherita: 8, funghi: 9, salami: 10 } as const
const orders = new Map<string, { pizza: keyof typeof MENU; count: number }[]>()

export default agent({
  name: 'pizza',
  instructions: 'You take orders.',
  greeting: 'Pizza Roma, what can I get you?',
  handOffs: [{ to: 'complaints', when: 'the caller complains', history: 'none' }],
  tools: [
    tool({
      name: 'order',
      description: 'Sets what the caller orders.',
      parameters: z.object({
        items: z
          .array(
            z.object({
              pizza: z.enum(['margherita', 'funghi', 'salami']),
              count: z.number().int().min(1).max(20).default(1),
            }),
          )
          .min(1),
      }),
      does: 'changes',
      run: ({ items }, { callId }) => {
        orders.set(callId, items)
        return say(`${items.map(({ pizza, count }) => `${count} ${pizza}`).join(' and ')}. Anything else?`)
      },
    }),
    tool({
      name: 'total',
      description: 'Tells the total price.',
      parameters: z.object({}),
      does: 'reads',
      run: (_given, { callId }) =>
        say(
          `That is ${(orders.get(callId) ?? []).reduce((sum, { pizza, count }) => sum + MENU[pizza] * count, 0)} euros.`,
        ),
    }),
  ],
})
