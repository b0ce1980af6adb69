import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { streamPasses } from '../../../src/channels/phone/token.ts'

const AT = new Date('2025-01-15T09:00:00Z')
const later = (ms: number): Date => new Date(AT.getTime() + ms)
const passes = (at: Date = AT, token = 'secret') => streamPasses(token, () => at)
const pass = { callSid: 'CA1', from: '+15551234567', attempt: 1 }
const minted = passes().mint(pass)
const [text = '', mac = ''] = minted.split('.')

test('a pass comes back as it was made', () => {
  expect(passes().read(minted, 'CA1')).toMatchObject(pass)
})

test('a pass is good for 30 s, and no longer', () => {
  expect(passes(later(29_999)).read(minted, 'CA1')).toBeDefined()
  expect(passes(later(30_000)).read(minted, 'CA1')).toBeUndefined()
})

test('a pass does not open another call', () => {
  expect(passes().read(minted, 'CA2')).toBeUndefined()
})

test('a pass signed with another token is refused', () => {
  expect(passes().read(passes(AT, 'other').mint(pass), 'CA1')).toBeUndefined()
})

test('the auth token itself is not the key, so that a webhook signature cannot be used as a pass', () => {
  const signed = createHmac('sha256', 'secret').update(text).digest('base64url')
  expect(passes().read(`${text}.${signed}`, 'CA1')).toBeUndefined()
})

test.each([
  ['nothing', undefined],
  ['an empty text', ''],
  ['a dot', '.'],
  ['no signature', `${text}.`],
  ['no content', `.${mac}`],
  ['half a signature', `${text}.${mac.slice(0, 20)}`],
  ['a signature that is too long', `${text}.${mac}AAAA`],
  ['content cut short', `${text.slice(0, -4)}.${mac}`],
  ['content that is not base64', `%%%.${mac}`],
  ['content that is not JSON', `${Buffer.from('{').toString('base64url')}.${mac}`],
  ['two passes in one', `${minted}.${minted}`],
])('%s is refused', (_, token) => {
  expect(passes().read(token, 'CA1')).toBeUndefined()
})

test('a pass whose last letter was changed is refused, though base64 reads the same bytes', () => {
  for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=') {
    const changed = minted.slice(0, -1) + letter
    if (changed !== minted) expect(passes().read(changed, 'CA1')).toBeUndefined()
  }
})

test('a pass with any changed byte is refused, and nothing throws', () => {
  const index = fc.integer({ min: 0, max: minted.length - 1 })
  fc.assert(
    fc.property(index, fc.integer({ min: 32, max: 126 }), (at, code) => {
      const changed = minted.slice(0, at) + String.fromCharCode(code) + minted.slice(at + 1)
      fc.pre(changed !== minted)
      expect(passes().read(changed, 'CA1')).toBeUndefined()
    }),
  )
})

test('arbitrary text is refused, and nothing throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), some => passes().read(some, 'CA1') === undefined))
})

test('a pass of a server of another version is read, as in a roll-out: its key and its form stay as they are', () => {
  const key = createHmac('sha256', 'secret').update('partyline stream pass').digest()
  const encoded = Buffer.from(JSON.stringify({ ...pass, expiresMs: later(1_000).getTime() })).toString('base64url')
  const signed = createHmac('sha256', key).update(encoded).digest('base64url')
  expect(passes().read(`${encoded}.${signed}`, 'CA1')).toMatchObject(pass)
})

test('content that is signed with our key but is not a pass is refused', () => {
  const key = createHmac('sha256', 'secret').update('partyline stream pass').digest()
  for (const content of ['null', '{"callSid":"CA1"}', '{"callSid":"CA1","from":"","attempt":1.5,"expiresMs":9e15}']) {
    const encoded = Buffer.from(content).toString('base64url')
    const signed = createHmac('sha256', key).update(encoded).digest('base64url')
    expect(passes().read(`${encoded}.${signed}`, 'CA1')).toBeUndefined()
  }
})

test('name and value stay under the 500 characters that Twilio gives a parameter', () => {
  const longest = passes().mint({ callSid: 'C'.repeat(64), from: `sip:${'x'.repeat(150)}@example.com`, attempt: 999 })
  expect(`pass${longest}`.length).toBeLessThan(500)
})
