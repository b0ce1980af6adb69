import { expect, test } from 'vitest'
import { refusalOf } from '../../../src/sandbox/openai/request-rules.ts'

const user = { role: 'user', content: 'Hi' }
const calling = (name: string, id = 'call_1', more: object = {}) => ({
  role: 'assistant',
  tool_calls: [{ id, type: 'function', function: { name, arguments: '{}' }, ...more }],
})
const result = (id = 'call_1') => ({ role: 'tool', tool_call_id: id, content: 'Done.' })
const body = (messages: readonly object[], more: object = {}) => ({ model: 'm', messages, ...more })
const tool = (name: string, parameters: object = { type: 'object' }) => ({
  tools: [{ type: 'function', function: { name, parameters } }],
})

test.each<[string, object, string | null, string | null]>([
  ['no messages', body([]), 'messages', 'empty_array'],
  ['an unknown parameter', body([user], { thinking: true }), 'thinking', 'unknown_parameter'],
  ['stream_options without stream', body([user], { stream_options: {} }), 'stream_options', null],
  ['a lone surrogate', body([{ role: 'user', content: '\ud800' }]), null, null],
  ['an unknown role', body([{ role: 'caller', content: 'Hi' }]), 'messages[0].role', 'invalid_value'],
  ['a caller without words', body([{ role: 'user', content: null }]), 'messages[0].content', null],
  ['an agent without words or calls', body([user, { role: 'assistant', content: null }]), 'messages[1].content', null],
  [
    'an invented name',
    body([user, calling('multi_tool_use.parallel'), result()]),
    'messages[1].tool_calls[0].function.name',
    'invalid_value',
  ],
  ['an empty name', body([user, calling(''), result()]), 'messages[1].tool_calls[0].function.name', 'empty_string'],
  [
    'a long name',
    body([user, calling('a'.repeat(65)), result()]),
    'messages[1].tool_calls[0].function.name',
    'string_above_max_length',
  ],
  ['an empty id', body([user, calling('book', ''), result('')]), 'messages[1].tool_calls[0].id', 'empty_string'],
  [
    'a long id',
    body([user, calling('book', 'i'.repeat(41)), result('i'.repeat(41))]),
    'messages[1].tool_calls[0].id',
    'string_above_max_length',
  ],
  [
    'a call without a type',
    body([user, calling('book', 'a', { type: undefined }), result('a')]),
    'messages[1].tool_calls[0].type',
    'missing_required_parameter',
  ],
  ['a call without a result', body([user, calling('book'), user]), 'messages.[2].role', null],
  ['a last call without a result', body([user, calling('book')]), 'messages.[2].role', null],
  ['a result without a call', body([user, result()]), 'messages.[1].role', null],
  ['a second result', body([user, calling('book'), result(), result()]), 'messages.[3].role', null],
  ['no tools in a list', body([user], { tools: [] }), 'tools', 'empty_array'],
  ['a tool with a dot', body([user], tool('calendar.list')), 'tools[0].function.name', 'invalid_value'],
  ['a schema of no object', body([user], tool('a', {})), 'tools[0].function.parameters', 'invalid_function_parameters'],
  [
    'a list without items',
    body([user], tool('a', { type: 'object', properties: { b: { type: 'array' } } })),
    'tools[0].function.parameters',
    'invalid_function_parameters',
  ],
])('%s is refused', (_, given, param, code) => {
  expect(refusalOf(given)?.error).toMatchObject({ type: 'invalid_request_error', param, code })
})

test.each([
  ['a plain request', body([user])],
  [
    'parallel calls',
    body([
      user,
      {
        role: 'assistant',
        content: null,
        tool_calls: [...calling('a').tool_calls, ...calling('b', 'call_2').tool_calls],
      },
      result('call_2'),
      result(),
    ]),
  ],
  ['an id that comes again later', body([user, calling('book'), result(), calling('book'), result()])],
  ['two messages of the caller', body([user, user])],
  ['an empty text', body([{ role: 'user', content: '' }])],
])('%s is accepted', (_, given) => {
  expect(refusalOf(given)).toBeUndefined()
})
