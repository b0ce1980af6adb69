import type { Card } from 'partyline/secret'
import { failed } from 'partyline/tool'

/** A bill of a customer. */
export interface Invoice {
  readonly number: string
  readonly euros: number
  readonly about: string
  refundedEuros: number
  /** The token of the card that has paid it. */
  paidBy?: string
}

export interface Account {
  readonly customer: string
  readonly name: string
  readonly line: 'up' | 'down'
  readonly invoices: readonly Invoice[]
}

/** The customers of a small internet provider, as its own software would have them. */
export function openAccounts() {
  const accounts = new Map<string, Account>(
    [
      {
        customer: '1001',
        name: 'Ann Baker',
        line: 'down' as const,
        invoices: [
          { number: '70', euros: 40, about: 'the line in May', refundedEuros: 0 },
          { number: '71', euros: 180, about: 'a new router, and the line in June', refundedEuros: 0 },
        ],
      },
      { customer: '1002', name: 'Bo Carter', line: 'up' as const, invoices: [] },
    ].map(account => [account.customer, account]),
  )
  let tokens = 0
  const tickets: { readonly customer: string; readonly problem: string }[] = []
  return {
    find: (customer: string): Account | undefined => accounts.get(customer.replace(/\D/g, '')),
    /** As a payment service makes one of a card. It declines cards that begin with a five. */
    tokenOf({ number }: Card) {
      if (number.startsWith('5')) return failed('The bank has declined this card.')
      return { token: `tok_${++tokens}`, ending: [...number.slice(-4)].join(' ') }
    },
    openTicket(customer: string, problem: string): number {
      return tickets.push({ customer, problem })
    },
    tickets: tickets as readonly { readonly customer: string; readonly problem: string }[],
  }
}

export type Accounts = ReturnType<typeof openAccounts>

/** Those that all agents of a server share. */
export const accounts = openAccounts()
