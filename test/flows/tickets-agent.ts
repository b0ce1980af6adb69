import { z } from 'zod'
import { agent } from '../../src/agents/author/agent.ts'
import { failed, tool } from '../../src/agents/author/tool.ts'
import { flow } from '../../src/flows/flow.ts'
import { card } from '../../src/flows/secrets.ts'

const book = tool({
  name: 'book',
  description: 'Books a ticket.',
  parameters: z.object({ card: z.object({ token: z.string() }).loose() }),
  does: 'changes',
  run: ({ card: { token } }) => ({ by: token }),
})

const ticket = flow({
  name: 'buy_ticket',
  about: 'sells a ticket. It begins when the caller wants to buy a ticket.',
  start: 'card',
  steps: {
    card: {
      kind: 'secret',
      // Only these two are good.
      as: card({
        take: ({ number, year }) =>
          /^49/.test(number) && year === 2037
            ? { token: 'four nine to one', ending: [...number.slice(-4)].join(' ') }
            : failed('This card is not accepted.'),
      }),
      next: 'sure',
    },
    sure: { kind: 'confirm', ask: 'One ticket, on the card ending in {card.ending}. Shall I book it?', next: 'book' },
    book: { kind: 'call', tool: book, next: 'done' },
    done: { kind: 'end', say: 'It is booked, and paid with {book.by}.' },
  },
})

export default agent({
  name: 'tickets',
  instructions: `You sell tickets of a theatre. ${ticket.instructions}`,
  greeting: 'City theatre, hello.',
  tools: [ticket.tool],
})
