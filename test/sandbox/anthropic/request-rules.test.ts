import { expect, test } from 'vitest'
import { PromptCache } from '../../../src/sandbox/anthropic/prompt-cache.ts'
import { messagesAsked, refusedAccess } from '../../../src/sandbox/anthropic/request-rules.ts'

const HELLO = { role: 'user', content: 'Hello.' }
const ASKED = { model: 'claude-haiku-5-5', max_tokens: 100, messages: [HELLO] }
const USE = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'book', input: {} }] }
const RESULT = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'Booked.' }] }
const messages = (...given: readonly object[]) => ({ ...ASKED, messages: given })
const text = (words: string, more: object = {}) => ({ type: 'text', text: words, ...more })
const MARK = { cache_control: { type: 'ephemeral' } }

test.each([
  ['no text', messages({ role: 'user', content: '' }), 'text content blocks must be non-empty'],
  ['an empty block', messages({ role: 'user', content: [text(' ')] }), 'must contain non-whitespace text'],
  [
    'the agent last',
    messages(HELLO, { role: 'assistant', content: 'Hi' }),
    'does not support assistant message prefill',
  ],
  ['the agent first', messages({ role: 'assistant', content: 'Hi' }, HELLO), 'first message must use the "user" role'],
  ['a call without its result', messages(HELLO, USE, HELLO), '`tool_use` ids were found without `tool_result` blocks'],
  ['a result without its call', messages(RESULT), 'unexpected `tool_use_id` found in `tool_result` blocks'],
  [
    'words before a result',
    messages(HELLO, USE, { role: 'user', content: [text('Hi'), ...RESULT.content] }),
    'ids were found without `tool_result` blocks immediately after',
  ],
  ['a temperature', { ...ASKED, temperature: 1 }, 'temperature: Extra inputs are not permitted'],
  ['no limit', { ...ASKED, max_tokens: undefined }, 'max_tokens: '],
  ['half a character', messages({ role: 'user', content: 'a\ud800' }), 'no low surrogate'],
  [
    'a thought that was never signed',
    messages(
      HELLO,
      { role: 'assistant', content: [{ type: 'thinking', thinking: '', signature: 'x' }, ...USE.content] },
      RESULT,
    ),
    'Invalid `signature` in `thinking` block',
  ],
  [
    'thinking switched off',
    { ...ASKED, model: 'claude-opus-5-5', thinking: { type: 'disabled' } },
    '"thinking.type.disabled" is not supported',
  ],
  ['the same for Sonnet', { ...ASKED, model: 'claude-sonnet-5-5', thinking: { type: 'disabled' } }, '"between_tools"'],
  [
    'a small budget',
    { ...ASKED, model: 'claude-haiku-4-5', thinking: { type: 'enabled', budget_tokens: 5 } },
    'budget_tokens',
  ],
  [
    'an effort',
    { ...ASKED, model: 'claude-haiku-4-5', output_config: { effort: 'low' } },
    'does not support the effort parameter',
  ],
  ['a model that is none', { ...ASKED, model: 'claude-2' }, 'model: claude-2'],
  [
    'five marks',
    messages({ role: 'user', content: Array(5).fill(text('Hi', MARK)) }),
    'A maximum of 4 blocks with cache_control',
  ],
  [
    'two tools of a name',
    { ...ASKED, tools: Array(2).fill({ name: 'book', input_schema: { type: 'object' } }) },
    'Tool names must be unique',
  ],
])('%s is refused', (_, body, why) => {
  expect(messagesAsked(body, () => false)).toMatchObject({
    body: { type: 'error', error: { message: expect.stringContaining(why) } },
  })
})

test('a conversation in order is taken', () => {
  expect(messagesAsked(messages(HELLO, USE, RESULT), () => false)).not.toHaveProperty('status')
})

test.each([
  [{ 'anthropic-version': '2026-10-21' }, 401],
  [{ 'x-api-key': 'key' }, 400],
  [{ 'x-api-key': 'key', 'anthropic-version': '2020-01-01' }, 400],
  [{ authorization: 'Bearer key', 'anthropic-version': '2023-06-01' }, undefined],
])('the headers %j are answered with %s', (headers, status) => {
  expect(refusedAccess(headers)?.status).toBe(status)
})

test('what was marked is read from the cache the next time, and only what is new is written', () => {
  const cache = new PromptCache()
  const long = 'Be brief. '.repeat(600)
  const asked = (...more: readonly object[]) => {
    const body = { ...ASKED, system: [text(long, MARK)], messages: [HELLO, ...more] }
    const read = messagesAsked(body, () => false)
    if ('status' in read) throw new Error(JSON.stringify(read))
    return cache.count(read)
  }
  const first = asked()
  expect(first.cache_read_input_tokens).toBe(0)
  expect(first.cache_creation_input_tokens).toBeGreaterThan(1_000)
  const second = asked({ role: 'assistant', content: 'Hi.' }, { role: 'user', content: [text('Yes.', MARK)] })
  expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens)
  expect(second.cache_creation_input_tokens).toBeGreaterThan(0)
  expect(second.cache_creation_input_tokens).toBeLessThan(100)
})
