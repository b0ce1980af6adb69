import { expect, test } from 'vitest'
import { ProviderError } from '../../src/errors.ts'
import { openLog } from '../../src/operations/log.ts'

const KEYS = [
  'sk-proj-Vq8Lr2TzW0pXn5KdVq8Lr2TzW0pXn5Kd',
  'gsk_x8J2kd9Q0wPz71mNbVq8Lr2TzW0pXn5Kd',
  'AKIAIOSFODNN7EXAMPLE',
  'AIzaSyD3aV8xkQ0w9Ez71mNbVq8Lr2TzW0pXn5K',
  '9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c',
]
const PLAIN = 'the model gpt-4o-mini-2024-07-18 or claude-3-5-sonnet-20241022 is not there: rate_limit_exceeded'

test('a key that a vendor quotes is in no error of a provider, and the rest of its words is', () => {
  for (const key of KEYS)
    expect(new ProviderError('OpenAI', `401 Incorrect API key provided: ${key}.`, { retryable: false }).message).toBe(
      'OpenAI: 401 Incorrect API key provided: ….',
    )
  expect(new ProviderError('OpenAI', PLAIN, { retryable: false }).message).toBe(`OpenAI: ${PLAIN}`)
  // Not the beginning of one either that the limit cuts.
  expect(new ProviderError('OpenAI', `${'x '.repeat(245)}${KEYS[0]}`, { retryable: false }).message).not.toContain(
    'sk-proj',
  )
})

test('the log has no key of an error, nor of what caused it', () => {
  const lines: string[] = []
  const log = openLog('info', false, { write: line => lines.push(line) })
  for (const key of KEYS) {
    const cause = new Error(`refused ${key}`)
    log.warn({ err: new ProviderError('OpenAI', 'refused', { retryable: false, cause }) }, 'it broke')
    log.warn({ err: new Error(`refused ${key}`, { cause }) }, 'it broke')
  }
  expect(lines).toHaveLength(10)
  for (const line of lines) {
    expect(JSON.parse(line).err.stack).toContain('refused …')
    for (const key of KEYS) expect(line).not.toContain(key)
  }
})
