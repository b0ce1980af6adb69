import { agent } from 'partyline/agent'
import { failed, tool, toPerson } from 'partyline/tool'
import { z } from 'zod'
import { type Accounts, accounts } from './accounts.ts'
import { paymentOf } from './payment.ts'
import { givesToPerson } from './to-person.ts'

/** What is more is decided by people. */
const MOST_REFUND_EUROS = 50

/** Who knows about bills. */
export function billingOf(accounts: Accounts) {
  const { find } = accounts
  const payment = paymentOf(accounts)
  const invoices = tool({
    name: 'invoices',
    description: 'Reads the bills of a customer. Ask for the customer number, if it is not known yet.',
    parameters: z.object({ customer: z.string().min(1).max(20) }),
    does: 'reads',
    run({ customer }) {
      const account = find(customer)
      return account ? account.invoices : failed(`There is no customer ${customer}.`)
    },
  })

  const refund = tool({
    name: 'refund',
    description: 'Pays money back for a bill.',
    parameters: z.object({
      customer: z.string().min(1).max(20),
      invoice: z.string().min(1).max(20),
      euros: z.number().positive().max(10_000),
    }),
    does: 'changes',
    confirm: {
      ask: 'Shall I pay back {words}?',
      words: ({ invoice, euros }) => `${euros} euros for bill ${invoice}`,
    },
    run({ customer, invoice: number, euros }) {
      const invoice = find(customer)?.invoices.find(one => one.number === number)
      if (!invoice) return failed(`Customer ${customer} has no bill ${number}.`)
      if (euros > invoice.euros - invoice.refundedEuros) return failed('That is more than was paid.')
      if (euros > MOST_REFUND_EUROS)
        return toPerson(`Customer ${customer} wants ${euros} euros back for bill ${number}.`)
      invoice.refundedEuros += euros
      return { paidBack: euros, arrives: 'within three days' }
    },
  })

  return agent({
    name: 'billing',
    greeting: 'Northwind billing, what can I do for you?',
    entering: 'Billing here.',
    instructions: `You help customers of an internet provider with their bills.
Speak in one or two short sentences. Pay back only what the caller asks for and the bill has. What is about lines and routers is for support.

${payment.instructions}`,
    handOffs: [{ to: 'support', when: 'the caller has trouble with the line', history: 'summary' }],
    tools: [invoices, refund, payment.tool, givesToPerson],
  })
}

export default billingOf(accounts)
