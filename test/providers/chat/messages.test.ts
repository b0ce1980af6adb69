import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type ChatMessage, chatMessages } from '../../../src/providers/chat/messages.ts'
import { chatRequest } from '../../../src/providers/chat/request.ts'
import { refusalOf } from '../../../src/sandbox/openai/request-rules.ts'
import { agent, anyMessage, anyText, caller, tool } from './any-message.ts'

const roles = (messages: readonly ChatMessage[]): string => messages.map(({ role }) => role).join(' ')
const callsIn = (messages: readonly ChatMessage[]) =>
  messages.flatMap(message => (message.role === 'assistant' ? (message.tool_calls ?? []) : []))
const object = z.record(z.string(), z.unknown())

/** What Mistral, Gemini and common chat templates refuse beyond OpenAI's own rules. */
function strictlyWrong(messages: readonly ChatMessage[]): string | undefined {
  const spoken = messages.filter(({ role }) => role !== 'system')
  if (spoken[0]?.role !== 'user') return 'the caller is not first'
  if (spoken.at(-1)?.role === 'assistant') return 'the agent is last'
  for (const [index, message] of spoken.entries()) {
    const before = spoken[index - 1]
    if (message.role === 'user' && before?.role === 'tool') return 'a caller right after a tool'
    if (message.role === 'user' && before?.role === 'user') return 'two messages of the caller'
    if (message.role === 'assistant' && before?.role === 'assistant') return 'two messages of the agent'
    if (message.content !== null && message.content.trim() === '') return 'an empty text'
    if (message.role !== 'assistant') continue
    if (message.content === null && !message.tool_calls) return 'a message with nothing'
    for (const call of message.tool_calls ?? []) {
      if (!/^[a-zA-Z0-9]{9}$/.test(call.id)) return `the id ${call.id}`
      if (!object.safeParse(JSON.parse(call.function.arguments)).success) return 'arguments that are no object'
    }
  }
  return undefined
}

test('any history is a valid request, by the rules of OpenAI and of the stricter servers', () => {
  fc.assert(
    fc.property(fc.array(anyMessage, { maxLength: 12 }), anyText, fc.option(anyText), (history, instructions, seen) => {
      const tools = [
        { name: 'book', description: instructions.slice(0, 900), parameters: { type: 'object' }, changes: true },
      ]
      const request = JSON.parse(
        JSON.stringify(
          chatRequest(
            'm',
            { instructions, history, tools, ...(seen !== null && { context: seen }) },
            { without: new Set(), efforts: [] },
          ),
        ),
      )
      expect(refusalOf(request)).toBeUndefined()
      expect(strictlyWrong(request.messages)).toBeUndefined()
    }),
    { numRuns: 1_000 },
  )
})

test('tool calls keep their order, results and arguments', () => {
  const messages = chatMessages('Be brief.', [
    caller('Add milk.'),
    tool({ name: 'functions.add', arguments: '{"title":"milk"}' }, 'Added.'),
    tool({ name: '', arguments: '["milk"]' }, undefined),
    agent('It is added.'),
    caller('Thanks.'),
  ])
  expect(callsIn(messages).map(({ function: { name, arguments: args } }) => [name, args])).toEqual([
    ['functions_add', '{"title":"milk"}'],
    ['unnamed', '{"malformed":"[\\"milk\\"]"}'],
  ])
  expect(messages.filter(({ role }) => role === 'tool').map(({ content }) => content)).toEqual([
    'Added.',
    'Still running.',
  ])
  expect(roles(messages)).toBe('system user assistant tool assistant tool assistant user')
})

test('what was said before a tool, or while it ran, is in the message that called it', () => {
  const before = chatMessages('', [caller('Add milk.'), agent('Gladly.'), tool({})])
  expect(roles(before)).toBe('user assistant tool')
  expect(before[1]).toMatchObject({ content: 'Gladly.', tool_calls: [{ id: 'call00001' }] })
  const meanwhile = chatMessages('', [caller('Add milk.'), tool({}), agent('Let me see.')])
  expect(roles(meanwhile)).toBe('user assistant tool')
  expect(meanwhile[1]).toMatchObject({ content: 'Let me see.', tool_calls: [{ id: 'call00001' }] })
})

test('a caller who spoke before anything of a result was heard is told apart from one who answered', () => {
  const messages = chatMessages('', [caller('Add milk.'), tool({}), caller('No, wait.'), caller('Bread.')])
  expect(messages.slice(-2)).toEqual([
    { role: 'assistant', content: '[interrupted by the caller here: nothing was heard]' },
    { role: 'user', content: 'No, wait.\nBread.' },
  ])
})

test("what a server wants back with a call is sent back, and parallel calls stay with Gemini's signed one", () => {
  const extra = { extra_content: { google: { thought_signature: 'sig' } } }
  const messages = chatMessages('', [caller('Add milk and bread.'), tool({ extra }), tool({ id: 'b' })])
  expect(roles(messages)).toBe('user assistant tool tool')
  expect(callsIn(messages)).toMatchObject([{ id: 'call00001', ...extra }, { id: 'call00002' }])
  expect(callsIn(messages)[1]).not.toHaveProperty('extra_content')
})
