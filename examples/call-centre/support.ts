import { agent } from 'partyline/agent'
import { failed, tool } from 'partyline/tool'
import { z } from 'zod'
import { type Accounts, accounts } from './accounts.ts'
import { givesToPerson } from './to-person.ts'

/** Who knows about lines and routers. */
export function supportOf({ find, openTicket }: Accounts) {
  const checkLine = tool({
    name: 'check_line',
    description: "Looks at a customer's line from here. Ask for the customer number.",
    parameters: z.object({ customer: z.string().min(1).max(20) }),
    does: 'reads',
    filler: 'I am testing your line.',
    run({ customer }) {
      const account = find(customer)
      return account ? { name: account.name, line: account.line } : failed(`There is no customer ${customer}.`)
    },
  })

  const openTicketTool = tool({
    name: 'open_ticket',
    description: 'Sends a technician. Call it when the line is down and a restart of the router did not help.',
    parameters: z.object({ customer: z.string().min(1).max(20), problem: z.string().min(3).max(300) }),
    does: 'changes',
    confirm: { ask: 'Shall I send a technician for {words}?', words: ({ problem }) => problem },
    run({ customer, problem }) {
      const account = find(customer)
      if (!account) return failed(`There is no customer ${customer}.`)
      return { ticket: openTicket(account.customer, problem), comes: 'tomorrow between eight and twelve' }
    },
  })

  return agent({
    name: 'support',
    greeting: 'Northwind support, what does not work?',
    entering: 'This is the support.',
    instructions: `You help customers of an internet provider whose line does not work.
Ask for the customer number, test the line, and have them restart the router once. If that does not help, offer a technician.
Speak in one or two short sentences. What is about bills is for billing.`,
    handOffs: [{ to: 'billing', when: 'the caller asks about a bill or wants money back', history: 'summary' }],
    tools: [checkLine, openTicketTool, givesToPerson],
  })
}

export default supportOf(accounts)
