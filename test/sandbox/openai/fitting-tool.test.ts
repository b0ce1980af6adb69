import { expect, test } from 'vitest'
import { z } from 'zod'
import { answered } from '../../../src/sandbox/openai/answered.ts'
import { numbersIn } from '../../../src/sandbox/openai/fitting/words-in-schema.ts'
import type { ModelMessage, ScriptedAnswer } from '../../../src/sandbox/openai/scripted-model.ts'

const tool = (name: string, description: string, parameters: z.ZodObject) => ({
  ...{ name, description },
  parameters: z.toJSONSchema(parameters, { io: 'input' }),
})
const PIZZAS = ['margherita', 'funghi', 'quattro stagioni']
const TOOLS = [
  tool(
    'order',
    'Adds pizzas to the order.',
    z.object({
      items: z.array(z.object({ pizza: z.enum(PIZZAS), count: z.number().int().default(1) })).min(1),
    }),
  ),
  tool(
    'set_size',
    'Sets the size of all pizzas.',
    z.object({ size: z.enum(['small', 'large']).describe('which size') }),
  ),
  tool('total', 'Tells the total price of the order.', z.object({})),
  tool(
    'deliver_to',
    'Has the order delivered.',
    z.object({ address: z.string().describe('the address'), doorbell: z.boolean().optional() }),
  ),
  tool(
    'hand_off_to_complaints',
    'Gives the call to the agent complaints, who goes on at once. Use it when the caller complains. Say nothing about it: the other agent speaks next.',
    z.object({}),
  ),
]

/** A conversation: what the caller says, with each tool's words between. */
function conversation() {
  const messages: ModelMessage[] = []
  return (text: string, ...results: readonly string[]): ScriptedAnswer => {
    messages.push({ role: 'user', content: text })
    let answer = answered(messages, TOOLS)
    for (const result of results) {
      if (answer.kind !== 'call') throw new Error(`no tool is called, but said: ${answer.text}`)
      messages.push({ role: 'tool', content: `Result of ${answer.name}: ${result}`, tool: answer.name })
      answer = answered(messages, TOOLS)
    }
    if (answer.kind === 'say') messages.push({ role: 'assistant', content: answer.text })
    return answer
  }
}
const called = (name: string, given: object = {}) => ({ kind: 'call', name, arguments: given })

test.each([
  [
    'I would like two margheritas and a quattro stagioni, please',
    called('order', {
      items: [
        { pizza: 'margherita', count: 2 },
        { pizza: 'quattro stagioni', count: 1 },
      ],
    }),
  ],
  ['Funghi.', called('order', { items: [{ pizza: 'funghi', count: 1 }] })],
  ['Make them large', called('set_size', { size: 'large' })],
  ["What's the total?", called('total')],
  ['How much is it in total?', called('total')],
  ['My food was cold, I want to complain', called('hand_off_to_complaints')],
])('"%s" calls the tool that its words fit', (text, answer) => {
  expect(conversation()(text)).toEqual(answer)
})

test('what is missing is asked for, and the answer is taken as it was said', () => {
  const say = conversation()
  expect(say('Please deliver the order')).toEqual({ kind: 'say', text: 'Please tell me: the address?' })
  expect(say("It's 12 Baker Street.")).toEqual(called('deliver_to', { address: '12 Baker Street' }))
})

test('who does not answer a question is not asked it for ever', () => {
  const say = conversation()
  expect(say('Set the size')).toMatchObject({ kind: 'say', text: expect.stringMatching(/which size\?$/) })
  expect(say('What is the total?')).toEqual(called('total'))
  expect(say('Set the size')).toMatchObject({ kind: 'say' })
  expect(say('Thank you, goodbye.')).toMatchObject({ text: "You're welcome. Goodbye!" })
})

test.each([
  ['thirty minutes', [30]],
  ['twenty five and three', [25, 3]],
  ['forty-two, or 7', [42, 7]],
  ['ninety', [90]],
  ['twenty, ten', [20, 10]],
])('"%s" has the numbers %j', (text, numbers) => {
  expect(numbersIn(text)).toEqual(numbers)
})

test('a correction calls the last tool once more, with what is said now', () => {
  const say = conversation()
  say('Two margheritas', 'added')
  expect(say('No, wait, three funghi')).toEqual(called('order', { items: [{ pizza: 'funghi', count: 3 }] }))
})

test("a tool's words are said, its data as words, and a question as it stands", () => {
  expect(conversation()('the total price', '{"total_price":12,"items":["margherita"]}')).toEqual({
    kind: 'say',
    text: 'total price: 12, items: margherita. Is there anything else?',
  })
  expect(conversation()('the total price', 'That is 12 euros. (Not to be said: id 7)')).toEqual({
    kind: 'say',
    text: 'That is 12 euros. Is there anything else?',
  })
  expect(conversation()('a funghi', 'Small or large?')).toEqual({ kind: 'say', text: 'Small or large?' })
})

test('what a flow tells the model to do is not said to the caller', () => {
  const left = '{"made":{"at":"2026-11-28T20:00:00.000Z","in":"en"},"noted":{},"now":"The caller has left pay_bill."}'
  const hear = conversation()
  expect(hear('what is the total', left)).toEqual({ kind: 'say', text: 'All right. Is there anything else?' })
  expect(hear('the total, and then goodbye', left)).toEqual({ kind: 'say', text: "You're welcome. Goodbye!" })
})

test('an agent to whom the call was given answers the turn that led to it', () => {
  const answer = conversation()(
    'My food is cold and I complain about my order total',
    'The agent pizza has given the call to you, the agent complaints.',
  )
  expect(answer.kind).toBe('call')
})

test('courtesies are answered, and what fits nothing is said plainly, with what can be done', () => {
  expect(conversation()('Hello')).toMatchObject({ text: 'Hello! What can I do for you?' })
  expect(conversation()('Thanks, bye')).toMatchObject({ text: "You're welcome. Goodbye!" })
  expect(conversation()('Explain quantum physics')).toMatchObject({
    text: expect.stringMatching(/scripted model.*I can: order; set size; total\./),
  })
})

test('what no other tool is for goes to the one that takes any question, and courtesy does not', () => {
  const specialists = tool('ask_specialist_agent', 'Asks the specialists.', z.object({ question: z.string() }))
  const asked = (content: string) => answered([{ role: 'user', content }], [...TOOLS, specialists])
  expect(asked('My knee hurts.')).toEqual({
    ...{ kind: 'call', name: 'ask_specialist_agent' },
    arguments: { question: 'My knee hurts.' },
  })
  expect(asked('Thanks, goodbye.')).toMatchObject({ kind: 'say', text: expect.stringContaining('Goodbye') })
  expect(asked('What is the total?')).toMatchObject({ kind: 'call', name: 'total' })
})
