import { expect, test } from 'vitest'
import { z } from 'zod'
import { isCardNumber } from '../../src/agents/author/guard.ts'
import { failed, tool } from '../../src/agents/author/tool.ts'
import { choice } from '../../src/flows/collect.ts'
import { type Flow, FlowError, flow, mermaidOf } from '../../src/flows/flow.ts'
import { type Card, card, type Secret, secretNumber } from '../../src/flows/secrets.ts'
import type { Step } from '../../src/flows/steps.ts'
import { english } from '../../src/languages/english.ts'
import { german } from '../../src/languages/german.ts'
import { calledFlow } from './called.ts'

const VISA = '4111111111111111'
const NOW = new Date('2026-11-28T11:00:00Z')
const ABOUT = { language: english, now: NOW }
const never = new AbortController().signal

/** Sells a ticket, for which a card is charged. */
function tickets(
  take: (given: Card) => unknown,
  more: { readonly otherwise?: string; readonly stuck?: string } = {},
): Flow {
  const { otherwise, stuck } = more
  const sell = tool({
    name: 'sell',
    description: 'Sells it.',
    parameters: z.object({ seat: z.string(), payment: z.object({ token: z.string() }).loose() }),
    does: 'changes',
    run: ({ payment }) => ({ number: 7, by: payment.token }),
  })
  const seat: Step = { kind: 'collect', as: choice(['stalls', 'circle']), ask: 'Stalls or circle?', next: 'payment' }
  return flow({
    name: 'ticket',
    about: 'sells a ticket.',
    start: 'seat',
    ...(stuck !== undefined && { stuck }),
    steps: {
      seat,
      payment: {
        kind: 'secret',
        as: card({ take }),
        next: 'sure',
        ...(otherwise !== undefined && { otherwise }),
      },
      sure: { kind: 'confirm', ask: '{seat}, on the card ending in {payment.last4}. All right?', next: 'sell' },
      sell: { kind: 'call', tool: sell, next: 'done' },
      done: { kind: 'end', say: 'Ticket {sell.number}.' },
      ...((otherwise ?? stuck) !== undefined && { cash: { kind: 'end', say: 'Please pay at the door.' } }),
    },
  })
}

const tokenOf = ({ number }: Card) => ({ token: 'tok_1', last4: number.slice(-4) })

test('the card reaches its function alone, and the flow goes on with what that gave', async () => {
  const given: Card[] = []
  const call = calledFlow(
    tickets(one => {
      given.push(one)
      return tokenOf(one)
    }),
  )
  expect(await call.says({ seat: 'stalls' })).toBe('secret: Stalls.')
  expect(
    call
      .asked()
      .numbers('key or say')
      .map(({ ask }) => ask),
  ).toEqual([
    'Please key in or say the card number. It goes to the payment service alone.',
    'Now the expiry date, as figures: the month and then the year.',
    'And the security code of the card.',
  ])
  const taken = await call.asked().take([VISA, '0129', '123'], never)
  expect(given).toEqual([{ number: VISA, month: 1, year: 2029, code: '123' }])
  expect(taken).toEqual({ kind: 'taken', value: { token: 'tok_1', last4: '1111' } })
  if (taken.kind !== 'taken') return
  expect(await call.says({}, undefined, taken)).toBe('stalls, on the card ending in 1111. All right?')
  expect(await call.says({ right: 'yes' })).toBe('Ticket 7.')
  expect(JSON.stringify(call.made)).not.toMatch(/4111|0129|"123"/)
})

test('what is corrected, and a question in between, keep the card; another one is asked for where the caller has another', async () => {
  const call = calledFlow(tickets(tokenOf))
  await call.says({ seat: 'stalls' })
  const taken = { kind: 'taken', value: { token: 'tok_1', last4: '1111' } } as const
  await call.says({}, undefined, taken)
  expect(await call.says({ seat: 'circle' })).toBe('circle, on the card ending in 1111. All right?')
  expect(await call.says({ payment: true })).toBe('secret: ')
  const other = { kind: 'taken', value: { token: 'tok_2', last4: '2222' } } as const
  expect(await call.says({}, undefined, other)).toBe('circle, on the card ending in 2222. All right?')
})

test('a caller who gives none is led where the flow says: another way, who is stuck, or out of it and back', async () => {
  const declined = { kind: 'not-taken', why: 'declined' } as const
  for (const more of [{ otherwise: 'cash' }, { stuck: 'cash' }]) {
    const call = calledFlow(tickets(tokenOf, more))
    await call.says({ seat: 'stalls' })
    expect(await call.says({}, undefined, declined)).toBe('Please pay at the door.')
  }
  const call = calledFlow(tickets(tokenOf))
  await call.says({ seat: 'stalls' })
  expect(await call.says({}, undefined, declined)).toMatch(/data: .*not_given.*payment.*The caller has left ticket/)
  expect(await call.says({})).toBe('secret: ')
})

test('what a function says of a card is told, and a card that it gives back is not kept', async () => {
  const refusing = calledFlow(tickets(() => failed('The bank has declined it.')))
  await refusing.says({ seat: 'stalls' })
  expect(await refusing.asked().take([VISA, '0129', '123'], never)).toEqual({
    kind: 'wrong',
    why: 'The bank has declined it.',
  })
  const leaks: readonly ((one: Card) => unknown)[] = [
    one => one,
    ({ number }) => `charged 4111-1111 ${number.slice(8)}`,
    ({ number }) => [...number],
    ({ number }) => failed(`${number} was declined.`),
  ]
  for (const leak of leaks) {
    const call = calledFlow(tickets(leak))
    await call.says({ seat: 'stalls' })
    await expect(call.asked().take([VISA, '0129', '123'], never)).rejects.toThrow(/^what the function for payment gave/)
  }
})

test('what is too long to be kept is an error, and a function that threw may have done it', async () => {
  const call = calledFlow(tickets(() => ({ token: 'x'.repeat(600) })))
  await call.says({ seat: 'stalls' })
  await expect(call.asked().take([VISA, '0129', '123'], never)).rejects.toThrow(/longer than can be kept/)
  const cash = calledFlow(tickets(tokenOf, { otherwise: 'cash' }))
  await cash.says({ seat: 'stalls' })
  expect(await cash.says({}, undefined, { kind: 'not-taken', why: 'failed' })).toBe(
    'I could not find out whether that worked. Please pay at the door.',
  )
})

test('a model that repeats that another card is wanted, beside a yes, has it not asked again', async () => {
  const call = calledFlow(tickets(tokenOf))
  await call.says({ seat: 'stalls' })
  await call.says({}, undefined, { kind: 'taken', value: { token: 'tok_1', last4: '1111' } })
  expect(await call.says({ payment: true, right: 'yes' })).toBe('Ticket 7.')
})

test('a call goes on at another server with what was taken, and asks for what was not', async () => {
  const taken = { kind: 'taken', value: { token: 'tok_1', last4: '1111' } } as const
  const before = calledFlow(tickets(tokenOf))
  await before.says({ seat: 'stalls' })
  expect(await before.goesOn(tickets(tokenOf)).says({})).toBe('secret: ')
  await before.says({}, undefined, taken)
  const after = before.goesOn(tickets(tokenOf))
  expect(await after.says({ right: 'yes' })).toBe('Ticket 7.')
  const declined = calledFlow(tickets(tokenOf, { otherwise: 'cash' }))
  await declined.says({ seat: 'stalls' })
  await declined.says({}, undefined, { kind: 'not-taken', why: 'refused' })
  expect(await declined.goesOn(tickets(tokenOf, { otherwise: 'cash' })).says({})).toMatch(/nothing was changed/)
})

const [NUMBER, EXPIRES, SECURITY] = card({ take: () => null }).numbers(ABOUT, 'key')

test.each([
  [VISA, 'whole'],
  ['411111111111111', 'part'],
  // Right up to the twelfth digit, as one in ten is.
  ['418099156063', 'part'],
  ['4111111111111112', 'wrong'],
  ['41111111111111111', 'wrong'],
  ['378282246310005', 'whole'],
  ['30569309025904', 'whole'],
  ['676770000000', 'part'],
  ['6304000000000000', 'whole'],
  ['5018000009', 'part'],
  ['', 'part'],
])('of a card number %s is %s', (digits, judged) => {
  expect(NUMBER.judge(digits, [])).toBe(judged)
})

test('an unknown issuer may have numbers of any length', () => {
  const short = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'].map(last => `676200000000${last}`).find(isCardNumber)
  expect(NUMBER.judge(short ?? '', [])).toBe('maybe')
})

test.each([
  ['1126', 'whole'],
  ['1226', 'whole'],
  ['0127', 'whole'],
  ['1026', 'wrong'],
  ['1326', 'wrong'],
  ['0029', 'wrong'],
  ['329', 'maybe'],
  ['032', 'part'],
  ['122', 'part'],
  // Of 03/2029.
  ['0320', 'part'],
  ['03202', 'part'],
  ['032029', 'whole'],
  ['32029', 'whole'],
  ['032019', 'wrong'],
  ['122020', 'wrong'],
  ['0390', 'wrong'],
])('of an expiry date %s is %s', (digits, judged) => {
  expect(EXPIRES?.judge(digits, [VISA])).toBe(judged)
})

test('a date is taken in each of its forms, and a code by its issuer', async () => {
  const given: Card[] = []
  const taking = card({ take: one => void given.push(one) })
  const call = { callId: 'c', owner: 'o', language: 'en', at: NOW }
  for (const expires of ['0329', '329', '032029', '32029']) await taking.take([VISA, expires, '123'], call, never)
  expect(new Set(given.map(({ month, year }) => `${month}/${year}`))).toEqual(new Set(['3/2029']))
  expect([SECURITY?.judge('123', [VISA]), SECURITY?.judge('1234', [VISA])]).toEqual(['whole', 'wrong'])
  expect([SECURITY?.judge('123', ['378282246310005']), SECURITY?.judge('1234', ['378282246310005'])]).toEqual([
    ...['part', 'whole'],
  ])
})

test('its words say how it can be given, in the language of the call, and hold no digit that an echo could bring', () => {
  const says = (secret: Secret, about = ABOUT) =>
    (['key', 'key or say', 'type', 'type or say'] as const).map(how => secret.numbers(about, how)[0].ask)
  expect(says(card({ take: () => null }), { language: german, now: NOW })).toEqual([
    'Bitte tippen Sie die Kartennummer ein. Sie geht allein an den Zahlungsdienst.',
    'Bitte tippen oder sagen Sie die Kartennummer. Sie geht allein an den Zahlungsdienst.',
    'Bitte schreiben Sie die Kartennummer. Sie geht allein an den Zahlungsdienst.',
    'Bitte schreiben oder sagen Sie die Kartennummer. Sie geht allein an den Zahlungsdienst.',
  ])
  const pin = secretNumber({
    ...{ what: 'pin', ask: 'Please {how} your customer PIN.', wrong: 'That is not it. Again?', refused: 'Sorry.' },
    ...{ leastDigits: 4, mostDigits: 6, take: digits => ({ isKnown: digits === '1234' }) },
  })
  expect(says(pin)[1]).toBe('Please key in or say your customer PIN.')
  const [number] = pin.numbers(ABOUT, 'key')
  expect(['123', '1234', '123456', '1234567'].map(digits => number.judge(digits, []))).toEqual([
    ...['part', 'whole', 'whole', 'wrong'],
  ])
})

test('a card that may not be said is keyed or typed alone', async () => {
  const silent = card({ take: tokenOf, spoken: false })
  const pay: Step = { kind: 'secret', as: silent, next: 'done' }
  const call = calledFlow(
    flow({ name: 'pay', about: 'pays', start: 'card', steps: { card: pay, done: { kind: 'end', say: 'Paid.' } } }),
  )
  await call.says({})
  expect(call.asked().isSilent).toBe(true)
})

test('a secret is checked and drawn like any other step', () => {
  expect(() =>
    flow({
      name: 'x',
      about: 'x',
      start: 'payment',
      steps: {
        payment: { kind: 'secret', as: card({ take: tokenOf }), next: 'done', otherwise: 'none' },
        done: { kind: 'end', say: 'Paid by {payment.last4}.' },
        none: { kind: 'end', say: 'Not paid by {payment.last4}.' },
      },
    }),
  ).toThrow(new FlowError('x', ['none: names {payment}, which is never collected before it']))
  const drawn = mermaidOf(tickets(tokenOf, { otherwise: 'cash' }))
  expect(drawn).toContain('step_payment[/"payment: card, for a function alone"/]')
  expect(drawn).toContain('step_payment -->|"not given"| step_cash')
})
