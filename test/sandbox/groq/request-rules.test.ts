import { expect, test } from 'vitest'
import { groqRefusalOf } from '../../../src/sandbox/groq/request-rules.ts'

const asked = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: 'user', content: 'Hello.' }],
  ...more,
})

test.each([
  ['llama-3.3-70b-versatile', { reasoning_effort: 'low' }, 'not supported with this model'],
  ['llama-3.3-70b-versatile', { reasoning_format: 'hidden' }, 'not supported with this model'],
  ['openai/gpt-oss-120b', { reasoning_effort: 'none' }, 'must be one of `low`'],
  ['qwen/qwen3-32b', { reasoning_effort: 'low' }, 'must be one of `none`'],
  ['qwen/qwen3-32b', { reasoning_format: 'hidden', include_reasoning: false }, 'cannot specify both'],
  ['x', { logprobs: true }, "property 'logprobs' is unsupported"],
  ['x', { messages: [{ role: 'tool', tool_call_id: 'a', content: '' }] }, 'must be a response to a preceeding message'],
])('%s does not take %j', (model, more, why) => {
  expect(JSON.stringify(groqRefusalOf(asked(model, more)))).toContain(why)
})

test('what Groq alone knows is taken', () => {
  expect(groqRefusalOf(asked('x', { disable_tool_validation: true }))).toBeUndefined()
})
