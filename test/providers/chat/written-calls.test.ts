import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WrittenCalls } from '../../../src/providers/chat/written-calls.ts'

const CALL = '{"name": "add", "arguments": {"title": "buy milk"}}'
const MILK = { name: 'add', arguments: '{"title":"buy milk"}' }

function read(text: string, length = text.length) {
  const written = new WrittenCalls(new Set(['add', 'list']))
  let passed = ''
  for (let at = 0; at < text.length; at += length) passed += written.push(text.slice(at, at + length))
  const { text: rest, calls } = written.end()
  return { passed, rest, calls }
}

test.each([
  ['Hermes and Qwen', `<tool_call>\n${CALL}\n</tool_call>`],
  ['Llama', '{"name": "add", "parameters": {"title": "buy milk"}}'],
  ['Llama with its tag', `<|python_tag|>{"type": "function", "name": "add", "parameters": {"title": "buy milk"}}`],
  ["Llama's function tag", '<function=add>{"title": "buy milk"}</function>'],
  ['Qwen coder', '<tool_call>\n<function=add>\n<parameter=title>\nbuy milk\n</parameter>\n</function>\n</tool_call>'],
  ['Mistral', `[TOOL_CALLS][${CALL}]`],
  ['Mistral, newer', '[TOOL_CALLS]add[ARGS]{"title": "buy milk"}'],
  ['a block of JSON', `\`\`\`json\n${CALL}\n\`\`\``],
  ['a list', `[${CALL}]`],
  [
    "OpenAI's own form",
    '{"tool_calls": [{"id": "1", "type": "function", "function": {"name": "add", "arguments": "{\\"title\\":\\"buy milk\\"}"}}]}',
  ],
  ['an object after a tag without its end', `<tool_call>${CALL}`],
])('a call as %s writes it is found, however it is cut', (_, text) => {
  for (const length of [text.length, 1, 3]) expect(read(text, length)).toEqual({ passed: '', rest: '', calls: [MILK] })
})

test('the words around a call are kept, and those before it do not wait', () => {
  const both = `<tool_call>${CALL}</tool_call>\n<tool_call>{"name": "list"}</tool_call>`
  const { passed, rest, calls } = read(`I will add it. ${both} All right.`, 2)
  expect(passed).toBe('I will add it. ')
  expect(rest).toBe('All right.')
  expect(calls).toEqual([MILK, { name: 'list', arguments: '{}' }])
})

test.each([
  'Hello there.',
  'A < B, and [this] is `code`.',
  '{"name": "Bob", "arguments": "none"}',
  '```json\n{"title": "buy milk"}\n```',
  '<tool_call>{"name": "delete_all", "arguments": {}}</tool_call>',
  '{"name": "add", "arguments": {"title": "bu',
  '[laughs] Yes.',
])('text without a call of an offered tool stays as it is: %s', text => {
  for (const length of [text.length, 1]) {
    const { passed, rest, calls } = read(text, length)
    expect([passed + rest, calls]).toEqual([text, []])
  }
})

test('without tools nothing is held back', () => {
  expect(new WrittenCalls(new Set()).push('{"name": "add"}')).toBe('{"name": "add"}')
})

test('no text is lost that holds no call', () => {
  const part = fc.oneof(fc.string(), fc.constantFrom('<', '<tool', '```', '[TOOL_', '[TOOL_CALLS]', '{', '[', '"', '}'))
  fc.assert(
    fc.property(
      fc.array(part).map(parts => parts.join('')),
      fc.integer({ min: 1, max: 9 }),
      (text, length) => {
        const { passed, rest } = read(text, length)
        expect(passed + rest).toBe(text)
      },
    ),
  )
})
