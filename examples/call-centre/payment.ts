import { number } from 'partyline/collect'
import { flow } from 'partyline/flow'
import { card } from 'partyline/secret'
import { failed, tool } from 'partyline/tool'
import { z } from 'zod'
import type { Accounts } from './accounts.ts'

/** How a bill is paid by card. Neither the model nor the call's record has the card. */
export function paymentOf({ find, tokenOf }: Accounts) {
  const pay = tool({
    name: 'pay',
    description: 'Pays a bill.',
    parameters: z.object({ customer: z.number(), bill: z.number(), card: z.object({ token: z.string() }).loose() }),
    does: 'changes',
    run({ customer, bill, card: { token } }) {
      const invoice = find(String(customer))?.invoices.find(one => one.number === String(bill))
      if (!invoice) return failed(`Customer ${customer} has no bill ${bill}.`)
      if (invoice.paidBy !== undefined) return failed('This bill is paid already.')
      invoice.paidBy = token
      return { euros: invoice.euros }
    },
  })

  return flow({
    name: 'pay_bill',
    about: 'takes the payment of a bill by card. It begins when the caller wants to pay one.',
    start: 'customer',
    steps: {
      customer: { kind: 'collect', as: number({ least: 1 }), ask: 'What is your customer number?', next: 'bill' },
      bill: { kind: 'collect', as: number({ least: 1 }), ask: 'Which bill do you want to pay?', next: 'card' },
      card: { kind: 'secret', as: card({ take: given => tokenOf(given) }), next: 'sure', otherwise: 'later' },
      sure: { kind: 'confirm', ask: 'Bill {bill}, with the card ending in {card.ending}. Shall I?', next: 'pay' },
      pay: { kind: 'call', tool: pay, next: 'done' },
      done: { kind: 'end', say: 'Thank you. The {pay.euros} euros are paid.' },
      later: { kind: 'end', say: 'Then no card was taken. You can also pay by bank transfer.' },
    },
  })
}
