import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client'
import { expect, test } from 'vitest'
import { LinkError } from '../../../src/tools/links/link-error.ts'
import { linkErrorOf, mayHaveForgotten } from '../../../src/tools/links/link-failure.ts'

const http = (status: number, words = 'it says no'): SdkHttpError =>
  new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, words, { status })
const protocol = (code: number, words = 'it says no'): ProtocolError => new ProtocolError(code, words)
const hidden = (text: string): string => text.replaceAll('sk-1', '(hidden)')

test.each<[LinkError['kind'], string, unknown]>([
  ['refused', 'an unreadable message', protocol(-32_700)],
  ['refused', 'an invalid request', protocol(-32_600)],
  ['refused', 'an unknown method', protocol(-32_601)],
  ['refused', 'invalid arguments', protocol(-32_602)],
  ['wrong', 'an inner error', protocol(-32_603)],
  ['wrong', 'an output that the tool itself got wrong', protocol(-32_602, 'Output validation error: text expected')],
  ['wrong', 'an output against its schema', protocol(-32_602, 'does not match the tool’s output schema')],
  ['unsent', 'a session that is unknown', http(404)],
  ['refused', 'a status of 400', http(400)],
  ['refused', 'a status of 499', http(499)],
  ['wrong', 'a status of 500', http(500)],
  ['wrong', 'a status of 399', http(399)],
  ['unsent', 'a client that is not connected', new SdkError(SdkErrorCode.NotConnected, 'no')],
  ['lost', 'a connection that was closed', new SdkError(SdkErrorCode.ConnectionClosed, 'no')],
  ['lost', 'a request that took too long', new SdkError(SdkErrorCode.RequestTimeout, 'no')],
  ['wrong', 'an answer that is none', new SdkError(SdkErrorCode.InvalidResult, 'no')],
  ['unsent', 'a transport that is not connected', new Error('Not connected')],
  ['lost', 'a socket that broke', new Error('socket hang up')],
  ['lost', 'what is no error', 'socket hang up'],
  ['late', 'what is known already', new LinkError('late', 'it took too long')],
])('%s: %s', (kind, _, error) => {
  expect(linkErrorOf(error, hidden)).toMatchObject({ kind, name: 'LinkError' })
})

test.each([
  protocol(-32_603, 'the key sk-1 is no good'),
  http(401, 'the key sk-1 is no good'),
  new SdkError(SdkErrorCode.InvalidResult, 'the key sk-1 is no good'),
  new LinkError('lost', 'the key sk-1 is no good'),
  new Error('the key sk-1 is no good'),
])('no secret is in what is told of %s', error => {
  const { message } = linkErrorOf(error, hidden)
  expect(message).toContain('the key (hidden) is no good')
})

test('what is told of an error is one line of 300 characters', () => {
  const { message } = linkErrorOf(new Error(`a\n\u001b[2J${'b'.repeat(1_000)}`), hidden)
  expect(message).toMatch(/^Error: a \[2Jb+$/)
  expect(message.length).toBeLessThanOrEqual(300)
})

test.each<[boolean, string, unknown]>([
  [true, '400', http(400)],
  [true, '404', http(404)],
  [true, '499', http(499)],
  [false, '399', http(399)],
  [false, '500', http(500)],
  [false, 'a request that took too long', http(408)],
  [false, 'a request that is too large', http(413)],
  [false, 'too many requests', http(429)],
  [true, 'words of a session', protocol(-32_000, 'Bad Request: No valid session ID provided')],
  [true, 'words of a session', protocol(-32_001, 'Session abc was not found')],
  [true, 'words of a session', protocol(-32_600, 'Server not initialized')],
  [false, 'words of something else', protocol(-32_001, 'there is no such room')],
  [false, 'the words alone', new Error('Session not found')],
])('%s that it may have forgotten the session: %s', (isSo, _, error) => {
  expect(mayHaveForgotten(error)).toBe(isSo)
})
