import { expect, test } from 'vitest'
import { ringPasses } from '../../../../src/channels/phone/ring-out/ring-pass.ts'
import { streamPasses } from '../../../../src/channels/phone/token.ts'

const AT = new Date('2026-11-28T09:00:00Z')
const passes = (afterMs = 0, token = 'secret') => ringPasses(token, () => new Date(AT.getTime() + afterMs))
const pass = {
  ring: 'r1',
  server: 's1',
  number: '+4930123456',
  agent: 'interpreter',
  language: 'de',
  besideCallId: 'CA1',
}
const minted = passes().mint(pass)

test('a pass comes back as it was made, and tells after a minute that it is over', () => {
  expect(passes().read(minted)).toEqual({ ...pass, isExpired: false })
  expect(passes(59_999).read(minted)?.isExpired).toBe(false)
  expect(passes(60_000).read(minted)?.isExpired).toBe(true)
})

test('a pass of another server’s token, of a stream, or that was changed is none', () => {
  expect(passes(0, 'other').read(minted)).toBeUndefined()
  const ofStream = streamPasses('secret', () => AT).mint({ callSid: 'CA1', from: '+4930123456', attempt: 1 })
  expect(passes().read(ofStream)).toBeUndefined()
  const [text = '', mac = ''] = minted.split('.')
  const other = Buffer.from(JSON.stringify({ ...pass, number: '+499001234567', expiresMs: 9e15 })).toString('base64url')
  for (const wrong of [undefined, '', text, `${other}.${mac}`, `${text}.`, `${minted}.${mac}`])
    expect(passes().read(wrong)).toBeUndefined()
})

test('a pass of a ring opens no stream', () => {
  expect(streamPasses('secret', () => AT).read(minted, 'CA1')).toBeUndefined()
})
