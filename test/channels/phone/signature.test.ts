import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { expect, test } from 'vitest'
import { signatureCheck, upgradeCheck } from '../../../src/channels/phone/signature.ts'

const TOKEN = 'secret'
const form = { CallSid: 'CA1', From: '+15551234567', To: '+15550100000' }
const sign = (url: string, fields: Record<string, string> = form): string =>
  getExpectedTwilioSignature(TOKEN, url, fields)
const check = signatureCheck(TOKEN, 'https://agent.example.com')
const path = '/calls/answer'

test('a signature over the public URL is accepted', () => {
  expect(check(sign('https://agent.example.com/calls/answer'), path, form)).toBe(true)
})

test.each([
  ['of http in place of https', 'http://agent.example.com/calls/answer'],
  ['of another host', 'https://evil.example.com/calls/answer'],
  ['of another path', 'https://agent.example.com/calls/next'],
  ['of another port', 'https://agent.example.com:8443/calls/answer'],
  ['with a slash at the end', 'https://agent.example.com/calls/answer/'],
  ['with a query that was not asked', 'https://agent.example.com/calls/answer?a=1'],
])('a signature %s is refused', (_, url) => {
  expect(check(sign(url), path, form)).toBe(false)
})

test('the standard port makes no difference', () => {
  expect(check(sign('https://agent.example.com:443/calls/answer'), path, form)).toBe(true)
})

test('an explicit port and a query are part of the signed URL', () => {
  const local = signatureCheck(TOKEN, 'http://127.0.0.1:8080')
  expect(local(sign('http://127.0.0.1:8080/calls/answer?a=1'), '/calls/answer?a=1', form)).toBe(true)
  expect(local(sign('http://127.0.0.1:8081/calls/answer?a=1'), '/calls/answer?a=1', form)).toBe(false)
})

test('a public URL may have a path prefix', () => {
  const prefixed = signatureCheck(TOKEN, 'https://example.com/agent')
  expect(prefixed(sign('https://example.com/agent/calls/answer'), path, form)).toBe(true)
  expect(prefixed(sign('https://example.com/calls/answer'), path, form)).toBe(false)
})

test('a request with a changed, added or removed field is refused', () => {
  const signature = sign('https://agent.example.com/calls/answer')
  expect(check(signature, path, { ...form, From: '+15550000000' })).toBe(false)
  expect(check(signature, path, { ...form, Extra: '1' })).toBe(false)
  expect(check(signature, path, { CallSid: 'CA1' })).toBe(false)
})

test.each([
  ['none', undefined],
  ['an empty one', ''],
  ['a list of good ones', [sign('https://agent.example.com/calls/answer')]],
  [
    'a good one of another account',
    getExpectedTwilioSignature('other', 'https://agent.example.com/calls/answer', form),
  ],
  ['one cut short', sign('https://agent.example.com/calls/answer').slice(0, -2)],
  ['a very long one', 'A'.repeat(10_000)],
  ['one with non-ASCII characters', '💥ÿ\u0000'],
])('of signatures, %s is refused', (_, signature) => {
  expect(check(signature, path, form)).toBe(false)
  expect(upgradeCheck(TOKEN, 'https://agent.example.com')(signature, '/calls/stream', {})).toBe(false)
})

test.each(['/calls/answer?%', '//evil.example.com/calls', '/\\evil', '/calls/answer?a=%zz#x'])(
  'the malformed path %s is refused without an exception',
  odd => {
    expect(check(sign('https://agent.example.com/calls/answer'), odd, form)).toBe(false)
    expect(upgradeCheck(TOKEN, 'https://agent.example.com')('AAAA', odd, {})).toBe(false)
  },
)

test.each([
  ['https://agent.example.com', 'wss://agent.example.com/calls/stream'],
  ['https://agent.example.com', 'wss://agent.example.com:443/calls/stream'],
  ['https://agent.example.com:443', 'wss://agent.example.com:443/calls/stream'],
  ['https://agent.example.com:443', 'wss://agent.example.com/calls/stream'],
  ['https://agent.example.com:8443', 'wss://agent.example.com:8443/calls/stream'],
  ['https://Agent.Example.com', 'wss://Agent.Example.com/calls/stream'],
  ['https://example.com/agent', 'wss://example.com/agent/calls/stream'],
  ['https://example.com/agent', 'wss://example.com:443/agent/calls/stream'],
  ['http://127.0.0.1:8080', 'ws://127.0.0.1:8080/calls/stream'],
  ['http://localhost', 'ws://localhost/calls/stream'],
])('for %s the stream signed over %s is accepted', (publicUrl, url) => {
  expect(upgradeCheck(TOKEN, publicUrl)(sign(url, {}), '/calls/stream', {})).toBe(true)
})

test.each([
  ['https://agent.example.com', 'https://agent.example.com/calls/stream'],
  ['https://agent.example.com', 'ws://agent.example.com/calls/stream'],
  ['https://agent.example.com', 'wss://evil.example.com/calls/stream'],
  ['https://agent.example.com', 'wss://agent.example.com/calls/stream/'],
  ['https://agent.example.com', 'wss://agent.example.com:8443/calls/stream'],
  ['https://agent.example.com:8443', 'wss://agent.example.com:443/calls/stream'],
  ['https://example.com/agent', 'wss://example.com/calls/stream'],
])('for %s the stream signed over %s is refused', (publicUrl, url) => {
  expect(upgradeCheck(TOKEN, publicUrl)(sign(url, {}), '/calls/stream', {})).toBe(false)
})
