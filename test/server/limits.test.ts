import pino from 'pino'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { addressOf, buildServer } from '../../src/server.ts'
import { openPhoneServer, type PhoneServer, signedUpgrade } from './phone-server.ts'

let server: PhoneServer
beforeEach(async () => {
  server = await openPhoneServer({ maxCalls: 3 })
})
afterEach(() => server.close())

async function statuses(count: number, ask: () => Promise<{ readonly status: number }>): Promise<Map<number, number>> {
  const found = new Map<number, number>()
  for (let n = 0; n < count; n++) {
    const { status } = await ask()
    found.set(status, (found.get(status) ?? 0) + 1)
  }
  return found
}

test('Twilio is never limited, however many of its requests come from one address', async () => {
  const form = { CallSid: `CA${'1'.repeat(32)}`, CallStatus: 'ringing' }
  expect(await statuses(400, () => server.post('/calls/status', form))).toEqual(new Map([[204, 400]]))
})

test('requests that Twilio did not sign are limited, and its own still get through from that address', async () => {
  const form = { CallSid: `CA${'1'.repeat(32)}`, CallStatus: 'ringing' }
  const stranger = () => server.post('/calls/status', form, { 'x-twilio-signature': 'wrong' })
  expect(await statuses(100, stranger)).toEqual(
    new Map([
      [403, 60],
      [429, 40],
    ]),
  )
  await expect(server.dial({ 'x-twilio-signature': 'wrong' }).isOpen).rejects.toThrow('refused with 429')
  expect((await server.post('/calls/status', form)).status).toBe(204)
})

test.each(['/readyz', '/no-such-route', '/calls/stream/other'])('%s is limited by address', async path => {
  const found = await statuses(310, () => fetch(`${server.origin}${path}`))
  expect(found.get(429)).toBe(10)
})

test('no more streams wait for their start than there can be calls, and one that began makes room', async () => {
  const waiting = [server.dial(), server.dial(), server.dial()]
  for (const socket of waiting) await socket.isOpen
  await expect(server.dial().isOpen).rejects.toThrow('refused with 503')
  const callSid = `CA${'2'.repeat(32)}`
  waiting[0]?.start(callSid, await server.answered(callSid))
  await server.held.some(call => call.opening.callId === callSid)
  const next = server.dial()
  await next.isOpen
  next.socket.terminate()
})

test('of all addresses no more than twice as many streams wait for their start', async () => {
  const trusting = await openPhoneServer({ maxCalls: 3, trustedProxies: ['127.0.0.1'] })
  onTestFinished(() => trusting.close())
  const dialFrom = (address: string) => trusting.dial({ ...signedUpgrade(), 'x-forwarded-for': address })
  for (let n = 0; n < 6; n++) await dialFrom(`198.51.100.${n}`).isOpen
  await expect(dialFrom('198.51.100.77').isOpen).rejects.toThrow('refused with 503')
})

test('who sends eleven messages before a start is not Twilio, which sends two', async () => {
  const talkative = server.dial()
  await talkative.isOpen
  for (let n = 0; n < 11; n++) talkative.send({ event: 'connected' })
  expect(await talkative.closed).toBe(1008)
  expect(server.warned.all.at(-1)).toMatchObject({ why: 'too many messages before its start' })
})

async function addressSeen(trustedProxies: readonly string[], headers: Record<string, string>): Promise<string> {
  const app = await buildServer({
    ...{ log: pino({ level: 'silent' }), reasonsNotReady: async () => [], trustedProxies },
    routes: [async scope => void scope.get('/address', async request => addressOf(request))],
  })
  onTestFinished(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (await fetch(`${app.listeningOrigin}/address`, { headers })).text()
}
const LOCAL = ['127.0.0.1']
const hops = (count: number): string => Array.from({ length: count }, (_, n) => `10.9.${n >> 8}.${n & 255}`).join(', ')

test.each([
  ['nobody is trusted', [], '198.51.100.7', '127.0.0.1'],
  ['another proxy is trusted', ['10.0.0.0/8'], '198.51.100.7', '127.0.0.1'],
  ['the proxy is trusted', ['127.0.0.1'], '198.51.100.7', '198.51.100.7'],
  ['a client names a false address', ['127.0.0.0/8'], '203.0.113.1, 198.51.100.7', '198.51.100.7'],
  ['two proxies are trusted', ['127.0.0.1', '10.0.0.0/8'], '198.51.100.7, 10.1.2.3', '198.51.100.7'],
  ['a client names another, and its proxy is not trusted', ['10.0.0.0/8'], '10.1.2.3, 10.1.2.4', '127.0.0.1'],
  ['a client names a thousand hops', LOCAL, `${hops(1_000)}, 198.51.100.7`, '198.51.100.7'],
  ['a client names a thousand trusted hops', [...LOCAL, '10.0.0.0/8'], `${hops(1_000)}, 198.51.100.7`, '198.51.100.7'],
  ['the proxy writes a port', LOCAL, '198.51.100.7:50123', '198.51.100.7'],
  ['the proxy writes a port of an IPv6 address', LOCAL, '[2001:db8:1:2:3::7]:50123', '2001:db8:1:2::'],
  ['the proxy writes brackets', LOCAL, '[2001:db8:1:2::7]', '2001:db8:1:2::'],
  ['the address is one of a network', LOCAL, '2001:db8:1:2:ffff::1', '2001:db8:1:2::'],
  ['the address is an IPv4 one in IPv6', LOCAL, '::ffff:198.51.100.7', '198.51.100.7'],
  ['the address has a zone', LOCAL, 'fe80::7%eth0', 'fe80::'],
  ['the proxy passes on what is no address', LOCAL, 'unknown', '127.0.0.1'],
  ['the proxy passes on a name', LOCAL, 'localhost', '127.0.0.1'],
  ['the proxy passes on an address of five parts', LOCAL, '1.2.3.4.5', '127.0.0.1'],
  ['the proxy passes on a number', LOCAL, '3325256711', '127.0.0.1'],
  ['the proxy passes on quotes', LOCAL, '"198.51.100.7"', '127.0.0.1'],
  ['the proxy passes on a comma alone', LOCAL, ', ,', '127.0.0.1'],
  ['a client writes two commas', LOCAL, '203.0.113.1,, 198.51.100.7', '198.51.100.7'],
])('when %s, the client is the one that can be believed', async (_, trusted, forwarded, seen) => {
  expect(await addressSeen(trusted, { 'x-forwarded-for': forwarded })).toBe(seen)
})

test('no other header names the client, whoever sends it', async () => {
  const headers = {
    forwarded: 'for=198.51.100.7;proto=https;host=evil.example',
    ...{ 'x-real-ip': '198.51.100.7', 'client-ip': '198.51.100.7', 'x-client-ip': '198.51.100.7' },
    ...{ 'true-client-ip': '198.51.100.7', 'cf-connecting-ip': '198.51.100.7', 'x-forwarded': '198.51.100.7' },
  }
  for (const trusted of [[], LOCAL]) expect(await addressSeen(trusted, headers)).toBe('127.0.0.1')
})

test('a connection that is closed already is counted, and is no fault', () => {
  expect(addressOf({ ip: undefined, socket: { remoteAddress: undefined } as never })).toBe('')
})
