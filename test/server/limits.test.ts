import pino from 'pino'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { buildServer } from '../../src/server.ts'
import { openPhoneServer, type PhoneServer } from './phone-server.ts'

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

async function addressSeen(trustedProxies: readonly string[], headers: Record<string, string>): Promise<string> {
  const app = await buildServer({
    ...{ log: pino({ level: 'silent' }), reasonsNotReady: async () => [], trustedProxies },
    routes: [async scope => void scope.get('/address', async ({ ip }) => ip)],
  })
  onTestFinished(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (await fetch(`${app.listeningOrigin}/address`, { headers })).text()
}

test.each([
  ['nobody is trusted', [], '198.51.100.7', '127.0.0.1'],
  ['another proxy is trusted', ['10.0.0.0/8'], '198.51.100.7', '127.0.0.1'],
  ['the proxy is trusted', ['127.0.0.1'], '198.51.100.7', '198.51.100.7'],
  ['a client names a false address', ['127.0.0.0/8'], '203.0.113.1, 198.51.100.7', '198.51.100.7'],
  ['two proxies are trusted', ['127.0.0.1', '10.0.0.0/8'], '198.51.100.7, 10.1.2.3', '198.51.100.7'],
])('when %s, the client is the one that can be believed', async (_, trusted, forwarded, seen) => {
  expect(await addressSeen(trusted, { 'x-forwarded-for': forwarded })).toBe(seen)
})
