import assert from 'node:assert'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { call, calls, handsOff, hasModel, persona, replay, save, scripted, simulate } from 'partyline/testing'
import { openAccounts } from '../accounts.ts'
import { billingOf } from '../billing.ts'
import { greeter } from '../greeter.ts'
import { supportOf } from '../support.ts'

const CALL = fileURLToPath(new URL('call', import.meta.url))

function centre() {
  const accounts = openAccounts()
  return { accounts, agents: [supportOf(accounts), billingOf(accounts)] }
}

/** What a model makes of these callers, without one. */
const model = scripted([
  { after: 'hand_off_to_support', answer: 'What is your customer number?' },
  { after: 'hand_off_to_billing', when: /bill for/, answer: calls('invoices', { customer: '1001' }) },
  { after: 'hand_off_to_billing', answer: 'Which bill is it about?' },
  {
    after: 'check_line',
    answer: ({ result }) =>
      (result as { line?: string }).line === 'down'
        ? 'It is down. Please restart your router. Does it work now?'
        : 'I cannot find you. What is your number?',
  },
  { after: 'open_ticket', answer: 'Somebody comes tomorrow between eight and twelve. Anything else?' },
  { after: 'invoices', answer: 'There is a bill of 180 euros for a new router. What is wrong with it?' },
  {
    after: 'refund',
    answer: ({ result }) => (typeof result === 'string' ? result : 'It is paid back within three days.'),
  },
  { when: /pay bill/i, answer: calls('pay_bill', { customer: '1001', bill: '70' }) },
  { when: /yes please/i, answer: calls('pay_bill', { right: 'yes please' }) },
  { when: /internet|line is dead/i, answer: handsOff('support') },
  { when: /1001/, answer: calls('check_line', { customer: '1001' }) },
  { when: /does not|still/i, answer: calls('open_ticket', { customer: '1001', problem: 'a dead line' }) },
  { when: /bill for/i, answer: handsOff('billing', 'Ann Baker, customer 1001, has a dead line, a technician comes.') },
  { when: /my bill/i, answer: handsOff('billing') },
  { when: /all of it/i, answer: calls('refund', { customer: '1001', invoice: '71', euros: 180 }) },
  { when: /twenty/i, answer: calls('refund', { customer: '1001', invoice: '71', euros: 20 }) },
  { when: /manager/i, answer: calls('give_to_person', { brief: 'An angry customer wants a manager.' }) },
  { when: /goodbye/i, answer: 'Goodbye!' },
])

test('from the greeter to support, to billing, and money comes back', async () => {
  const { accounts, agents } = centre()
  const line = await call(greeter, { agents, model, hasPerson: true })
  await line.say('hello, my internet does not work')
  line.expectHandOff('support')
  line.said(/^This is the support\. What is your customer number\?$/)
  await line.say('it is 1001')
  line.expectTool('check_line', { customer: '1001' })
  await line.say('no, it still does not work')
  line.said('Shall I send a technician for a dead line?')
  line.expectNoTool()
  await line.say('yes')
  line.expectTool('open_ticket')
  assert.deepEqual(accounts.tickets, [{ customer: '1001', problem: 'a dead line' }])
  await line.say('I have a bill for a router, too')
  assert.match(line.expectHandOff('billing'), /customer 1001/)
  line.expectTool('invoices', { customer: '1001' })
  line.said(/^Billing here\. There is a bill/)
  await line.say('can you pay twenty euros back to me please')
  line.said('Shall I pay back twenty euros for bill seventy-one?')
  await line.say('yes please')
  line.expectTool('refund', { euros: 20 })
  assert.equal(accounts.find('1001')?.invoices[1]?.refundedEuros, 20)
  await line.say('thank you, goodbye')
  line.expectNoTool()
  line.expectEnd('hang-up')
  await line.hangUp()
  if (process.env.RECORD) await save(line, CALL)
})

test('a bill is paid by card, which neither the model nor the journal has', async () => {
  const { accounts, agents } = centre()
  const line = await call(greeter, { agents, model })
  await line.say('I want to pay my bill')
  line.expectHandOff('billing')
  await line.say('pay bill 70 of customer 1001')
  assert.equal(await line.gives('card', ['4111111111111112', '0139', '123']), 'Sorry, please try that card number once more.')
  assert.equal(await line.gives('card', ['5555555555554444', '0139', '123']), 'The bank has declined this card.')
  await line.gives('card', ['4111111111111111', '0139', '123'])
  line.said('Bill seventy, with the card ending in one one one one. Shall I?')
  await line.say('yes please')
  line.said('Thank you. The forty euros are paid.')
  assert.equal(accounts.find('1001')?.invoices[0]?.paidBy, 'tok_1')
  assert.doesNotMatch(JSON.stringify(line.journal), /411111/)
  await line.hangUp()
})

test('who gives no card hears how else to pay', async () => {
  const { agents } = centre()
  const line = await call(greeter, { agents, model })
  await line.say('I want to pay my bill')
  await line.say('pay bill 70 of customer 1001')
  await line.gives('card', [])
  line.said('pay by bank transfer')
  await line.hangUp()
})

test('a sum that is for people to decide is given to one, with what it is about', async () => {
  const { accounts, agents } = centre()
  const line = await call(greeter, { agents, model, hasPerson: true })
  await line.say('there is something wrong with my bill')
  line.expectHandOff('billing')
  await line.say('I want all of it back')
  await line.say('yes')
  line.expectTool('refund', { euros: 180 })
  line.expectEnd('transfer')
  await line.hangUp()
  assert.equal(accounts.find('1001')?.invoices[1]?.refundedEuros, 0)
  const notes = line.journal.flatMap(one => ('noted' in one ? [one.noted] : []))
  assert.deepEqual(
    notes.filter(({ kind }) => kind === 'to-person'),
    [{ kind: 'to-person', by: 'refund', brief: 'Customer 1001 wants 180 euros back for bill 71.' }],
  )
})

test('who wants a manager gets a person, from every agent; where there is none the model says so', async () => {
  const { agents } = centre()
  const line = await call(greeter, { agents, model, hasPerson: true })
  await line.say('get me your manager')
  line.expectTool('give_to_person')
  line.expectEnd('transfer')
  await line.hangUp()
  const alone = scripted([calls('give_to_person', { brief: 'angry' }), 'I am sorry, nobody is there now.'])
  const night = await call(greeter, { agents, model: alone })
  await night.say('get me your manager')
  assert.match(String(night.expectTool('give_to_person').result), /no person can be reached/)
  night.said('nobody is there now')
  await night.hangUp()
})

test('who says no to the technician, and talks over the support, gets none', async () => {
  const { accounts, agents } = centre()
  const line = await call(greeter, { agents, model })
  await line.say('my line is dead', { until: 'speaking' })
  const heard = await line.interrupt('it is 1001', { afterWords: 3 })
  assert.match(heard, /^This is the/)
  line.expectTool('check_line')
  await line.say('it still does not work')
  await line.say('no, goodbye')
  line.expectNoTool('open_ticket')
  assert.deepEqual(accounts.tickets, [])
  await line.hangUp()
})

test('callers get to where they want to', async () => {
  const people = [
    persona({
      who: 'Ann, customer 1001, polite',
      goal: 'have a technician sent for your dead internet line; your customer number is 1001, and a restart does not help',
      steps: ['my internet does not work', 'it is 1001', 'it still does not work', 'yes', 'goodbye'],
    }),
    persona({
      who: 'Cy, angry, on a train',
      goal: 'speak to a manager',
      steps: ['get me your manager'],
      patience: 'short',
      noise: 0.2,
    }),
  ]
  const real = (await hasModel()) ? 'settings' : undefined
  const { agents } = centre()
  await simulate(greeter, people, {
    ...{ agents, model: real ?? model, callers: real, judge: real, hasPerson: true },
    criteria: ['The caller was understood and got to the right place.'].slice(0, real ? 1 : 0),
    ...(real && { passRate: 0.5 }),
  })
})

test('the recorded call goes the same way today', () => replay(CALL))
