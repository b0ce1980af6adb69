import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { broken } from '../../src/providers/http-answer.ts'

test('a header that cannot be sent is not quoted in the error, nor in its cause', async () => {
  const request = fetch('http://127.0.0.1:1', { headers: { authorization: 'Bearer sk-SECRET\nX "and" more' } })
  const cause: unknown = await request.catch(error => error)
  expect(String(cause)).toContain('SECRET')
  const error = broken('Whisper', cause)
  expect(error.message).toContain('is an invalid header value')
  expect(inspect(error)).not.toMatch(/SECRET|more/)
})

test('another failure keeps its words and its cause', () => {
  const cause = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
  expect(broken('Whisper', cause)).toMatchObject({ message: 'Whisper: fetch failed: connect ECONNREFUSED', cause })
})
