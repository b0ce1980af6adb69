import { expect, test } from 'vitest'
import { namedToolCall } from '../../../src/sandbox/openai/named-tool.ts'

const WEATHER = {
  name: 'get_weather',
  parameters: {
    type: 'object',
    properties: { days: { type: 'integer' }, unit: { type: 'string' }, city: { type: ['string', 'null'] } },
    required: ['city'],
  },
}
const TOOLS = [
  WEATHER,
  { name: 'search' },
  { name: 'crm.findCustomer', parameters: { properties: { name: { type: 'string' } } } },
  { name: 'create_task' },
  { name: '___' },
]
const caller = (content: string) => [{ role: 'user', content }]

test.each([
  ['Get weather.', 'get_weather', {}],
  ['Get weather in Paris, please get weather', 'get_weather', { city: 'Paris, please get weather' }],
  ['Can you call get_weather for New York?', 'get_weather', { city: 'New York' }],
  ['Use the tool get weather.', 'get_weather', {}],
  ['Please call search.', 'search', {}],
  ['Crm find customer Ann Smith.', 'crm.findCustomer', { name: 'Ann Smith' }],
])('"%s" calls %s', (text, name, given) => {
  expect(namedToolCall(caller(text), TOOLS)).toEqual({ kind: 'call', name, arguments: given })
})

test.each(['How is the weather?', 'Search for my keys.', 'Call create task.', 'Add get the weather report.', ''])(
  '"%s" names no tool',
  text => {
    expect(namedToolCall(caller(text), TOOLS)).toBeUndefined()
  },
)

test('a tool that has just answered is not called again', () => {
  const messages = [
    ...caller('get weather'),
    { role: 'tool', content: 'Result of get_weather: sunny', tool: 'get_weather' },
  ]
  expect(namedToolCall(messages, TOOLS)).toBeUndefined()
})
