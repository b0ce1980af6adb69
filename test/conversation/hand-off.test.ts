import { expect, test } from 'vitest'
import type { Agent } from '../../src/conversation/agent.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import type { ToolOutcome } from '../../src/conversation/ports.ts'
import { restore } from '../../src/conversation/restore.ts'
import { english } from '../../src/languages/english.ts'
import { AGENT, onTheLine, type TestCall } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'

const BILLING: Agent = { ...AGENT, name: 'billing', instructions: 'You know invoices.', entering: 'Billing here.' }
const SUPPORT: Agent = { ...AGENT, name: 'support', instructions: 'You mend things.' }
const LINE = { others: [BILLING, SUPPORT] }

const handsTo = (agent: string, history: 'whole' | 'none' = 'whole'): ToolOutcome => ({
  kind: 'done',
  text: `You are ${agent} now.`,
  handOff: { agent, history },
})
const calls = (name: string, id = 'call-1') => ({ tool: toolCall(name, id) })

async function answered(call: TestCall): Promise<void> {
  await call.until('replying')
  await call.until('listening')
}

const told = (call: TestCall, index: number) =>
  call.model.asked[index]?.history.map(message =>
    message.role === 'tool' ? `${message.call.name}: ${message.result}` : `${message.role}: ${message.text}`,
  )

test('a tool gives the call to another agent, who goes on in the same turn with its own words, tools and history', async () => {
  await onTheLine(LINE, async call => {
    call.tools.add('to_billing', false, async () => handsTo('billing'))
    call.model.scripts.push([calls('to_billing')], ['Your invoice is paid.'], ['Since Monday.'])
    await call.greeted()
    await call.callerSays('Is my invoice paid?')
    await answered(call)
    expect(call.model.asked.map(({ instructions }) => instructions)).toEqual(['Be brief.', 'You know invoices.'])
    expect(told(call, 1)).toEqual([
      'agent: Hello, this is Paula.',
      'caller: Is my invoice paid?',
      'to_billing: You are billing now.',
    ])
    // Announced, and then the answer.
    expect(call.heard()).toContain('Billing here.')
    expect(call.heard()).toContain('Your invoice is paid.')
    // The next turn is still the other agent's.
    await call.callerSays('Since when?')
    await answered(call)
    expect(call.model.asked[2]?.instructions).toBe('You know invoices.')
    expect(call.turn().context.handedOff).toMatchObject({ agent: 'billing', history: 'whole' })
  })
})

test('the first word of the new agent is there as soon as the tool has answered', async () => {
  await onTheLine(LINE, async call => {
    call.tools.add('to_billing', false, async () => handsTo('billing'))
    call.model.scripts.push([calls('to_billing')], [{ afterMs: 700 }, 'Your invoice is paid.'])
    await call.greeted()
    await call.callerSays('Is my invoice paid?')
    await answered(call)
    const at = (kind: string): number => call.events().find(event => event.kind === kind)?.atMs ?? Number.NaN
    const sounding = call.events().find(event => event.kind === 'reply-sounding' && event.atMs > at('hand-off'))
    expect((sounding?.atMs ?? Number.NaN) - at('hand-off')).toBeLessThan(200)
  })
})

test('an agent that is told nothing of what was before is told the turn that led to it, and all after it', async () => {
  await onTheLine(LINE, async call => {
    call.tools.add('to_support', false, async () => handsTo('support', 'none'))
    call.model.scripts.push(['Sure.'], ['One moment.', calls('to_support')], ['What is broken?'], ['I will send one.'])
    await call.greeted()
    await call.callerSays('My secret is blue.')
    await answered(call)
    await call.callerSays('My door is broken.')
    await answered(call)
    await call.callerSays('The lock.')
    await answered(call)
    expect(told(call, 2)).toEqual(['caller: My door is broken.', 'to_support: You are support now.'])
    expect(told(call, 3)).toEqual([
      'caller: My door is broken.',
      'to_support: You are support now.',
      'agent: What is broken?',
      'caller: The lock.',
    ])
  })
})

test('an agent hands back, and knows what was said meanwhile', async () => {
  await onTheLine(LINE, async call => {
    call.tools.add('to_billing', false, async () => handsTo('billing', 'none'))
    call.tools.add('to_paula', false, async () => handsTo('Paula'))
    call.model.scripts.push([calls('to_billing')], ['It is paid.'], [calls('to_paula', 'call-2')], ['Back again.'])
    await call.greeted()
    await call.callerSays('Is my invoice paid?')
    await answered(call)
    await call.callerSays('Thanks, now book a table.')
    await answered(call)
    expect(call.model.asked.at(-1)?.instructions).toBe('Be brief.')
    expect(told(call, 3)).toContain('agent: It is paid.')
    expect(told(call, 3)?.[0]).toBe('agent: Hello, this is Paula.')
  })
})

test('a hand-off beside other tools is not made, and the model is told to call it alone', async () => {
  await onTheLine(LINE, async call => {
    call.tools.add('to_billing', false, async () => handsTo('billing'))
    call.tools.add('look_up', false, async () => 'Found.')
    call.model.scripts.push([calls('look_up'), calls('to_billing', 'call-2')], ['Done.'])
    await call.greeted()
    await call.callerSays('Look it up and put me through to billing.')
    await answered(call)
    expect(call.events().filter(({ kind }) => kind === 'hand-off')).toEqual([])
    expect(told(call, 1)?.at(-1)).toContain('call this one again, alone')
    expect(call.model.asked[1]?.instructions).toBe('Be brief.')
  })
})

test('a caller who talks over the words of a hand-off has the new agent', async () => {
  await onTheLine(LINE, async call => {
    call.tools.add('to_billing', false, async () => handsTo('billing'))
    call.model.scripts.push([calls('to_billing')], ['It is a very long story about your invoice.'], ['Of course.'])
    await call.greeted()
    await call.callerSays('Is my invoice paid?')
    await call.until('replying')
    const hasHeard = () => call.events().some(event => event.kind === 'heard' && event.text.includes('very'))
    for (let ms = 0; ms < 20_000 && !hasHeard(); ms += 20) await call.pass(20)
    await call.callerSays('Stop, just tell me yes or no.')
    await answered(call)
    expect(call.model.asked.at(-1)?.instructions).toBe('You know invoices.')
  })
})

test('each agent is offered its own tools', async () => {
  await onTheLine(LINE, async call => {
    const specs = [
      { name: 'to_billing', description: '', parameters: {}, changes: false, agents: ['Paula'] },
      { name: 'refund', description: '', parameters: {}, changes: true, agents: ['billing'] },
      { name: 'clock', description: '', parameters: {}, changes: false },
    ]
    call.tools.offer(specs, async ({ name }) => (name === 'to_billing' ? handsTo('billing') : 'Done.'))
    call.model.scripts.push([calls('to_billing')], ['Hm.'])
    await call.greeted()
    await call.callerSays('Is my invoice paid?')
    await answered(call)
    expect(call.model.asked.map(({ tools }) => tools.map(({ name }) => name))).toEqual([
      ['to_billing', 'clock'],
      ['refund', 'clock'],
    ])
  })
})

test('the very words of a tool are said, and the model is not asked for others', async () => {
  await onTheLine({}, async call => {
    call.tools.add('total', false, async () => ({ kind: 'done', text: 'Told.', say: 'That is 12 euros.' }))
    call.model.scripts.push([calls('total')], ['Bye.'])
    await call.greeted()
    await call.callerSays('How much is it?')
    await answered(call)
    expect(call.model.asked).toHaveLength(1)
    expect(call.heard()).toContain('That is twelve euros.')
    await call.callerSays('Thank you.')
    await answered(call)
    expect(told(call, 1)?.slice(-3)).toEqual(['total: Told.', 'agent: That is twelve euros.', 'caller: Thank you.'])
  })
})

test('a journal with a hand-off is restored with the agent that has the call', async () => {
  let lines: readonly JournalLine[] = []
  await onTheLine(LINE, async call => {
    call.tools.add('to_billing', false, async () => handsTo('billing', 'none'))
    call.model.scripts.push([calls('to_billing')], ['It is paid.'])
    await call.greeted()
    await call.callerSays('Is my invoice paid?')
    await answered(call)
    lines = [...call.journal.lines]
  })
  expect(restore(lines, english).turn.context.handedOff).toMatchObject({ agent: 'billing', history: 'none' })
})

test('a question that the first agent asked is answered by it; after a hand-off a yes runs nothing of it', async () => {
  await onTheLine(LINE, async call => {
    const ran: (readonly [string, string, boolean])[] = []
    const asks = (name: string): ToolOutcome => ({ kind: 'ask', question: `Shall I ${name} it?` })
    call.tools.add('cancel', true, async ({ name }, _signal, { agent, agreed }) => {
      ran.push([name, agent, agreed])
      return agreed ? 'Cancelled.' : asks(name)
    })
    call.tools.add('refund', true, async ({ name }, _signal, { agent, agreed }) => {
      ran.push([name, agent, agreed])
      return agreed ? 'Refunded.' : asks(name)
    })
    call.tools.add('to_billing', false, async () => handsTo('billing'))
    call.model.scripts.push(
      ...[[calls('cancel')], [calls('to_billing', 'call-2')], ['What shall I do?'], ['Hm.']],
      ...[[calls('refund', 'call-3')], ['It is refunded.']],
    )
    await call.greeted()
    await call.callerSays('Cancel my order.')
    await answered(call)
    // No answer to the question, so it is dropped.
    await call.callerSays('My invoice is wrong, put me through to billing.')
    await answered(call)
    await call.callerSays('Yes.')
    await answered(call)
    expect(ran).toEqual([['cancel', 'Paula', false]])
    await call.callerSays('Refund my invoice.')
    await answered(call)
    await call.callerSays('Yes.')
    await answered(call)
    expect(ran.slice(1)).toEqual([
      ['refund', 'billing', false],
      ['refund', 'billing', true],
    ])
    expect(call.told().at(-1)).toBe('agent: It is refunded.')
  })
})

test('a change that the first agent made is told to the next, and its key is its own', async () => {
  await onTheLine(LINE, async call => {
    const keys: string[] = []
    call.tools.add('book', true, async (_call, _signal, { idempotencyKey }) => {
      keys.push(idempotencyKey)
      return `Booked as ${keys.length}.`
    })
    call.tools.add('to_billing', false, async () => handsTo('billing'))
    call.model.scripts.push(
      ...[[calls('book')], ['It is booked.'], [calls('to_billing', 'call-2')], [calls('book', 'call-3')], ['Twice.']],
    )
    await call.greeted()
    await call.callerSays('Book a table.')
    await answered(call)
    await call.callerSays('Now billing, and book another one.')
    await answered(call)
    expect(told(call, 3)).toContain('book: Booked as 1.')
    expect(new Set(keys).size).toBe(2)
  })
})
