import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPhoneServer, type PhoneServer, startMessage } from './phone-server.ts'

let server: PhoneServer
beforeAll(async () => {
  server = await openPhoneServer()
})
afterAll(() => server.close())

const payload = Buffer.alloc(160, 0xff).toString('base64')
const good = [
  { event: 'connected', protocol: 'Call', version: '1.0.0' },
  startMessage('CA1', 'x'),
  { event: 'media', streamSid: 'MZ1', media: { track: 'inbound', chunk: '1', timestamp: '20', payload } },
  { event: 'dtmf', streamSid: 'MZ1', dtmf: { track: 'inbound_track', digit: '1' } },
  { event: 'mark', streamSid: 'MZ1', mark: { name: '1.12' } },
]
/** Some message with a few bytes of it changed, cut short, repeated or put in the place of others. */
const mutated = fc
  .tuple(
    fc.constantFrom(...good.map(message => JSON.stringify(message))),
    fc.array(fc.tuple(fc.nat(400), fc.nat(40), fc.string({ maxLength: 10 })), { maxLength: 4 }),
  )
  .map(([text, edits]) => edits.reduce((some, [at, cut, put]) => some.slice(0, at) + put + some.slice(at + cut), text))
const message = fc.oneof(
  mutated,
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.json(),
  fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
  fc
    .record({
      event: fc.constantFrom('start', 'media', 'dtmf', 'mark', 'connected'),
      streamSid: fc.constantFrom('MZ1', 'MZ2', ''),
      media: fc.record({
        timestamp: fc.oneof(fc.nat(), fc.nat().map(String)),
        chunk: fc.nat(),
        payload: fc.base64String(),
      }),
      mark: fc.record({ name: fc.string() }),
    })
    .map(some => JSON.stringify(some)),
)
const isStop = (some: string | Buffer): boolean => /"stop"/.test(String(some))

test('no messages whatever end the call they come in on, nor another', async () => {
  const victim = await server.onTheLine('CA1')
  const other = await server.onTheLine('CA2', 'MZ2')
  let runs = 0
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 8 }), async messages => {
      for (const some of messages) if (!isStop(some)) victim.socket.socket.send(some)
      victim.socket.socket.ping()
      await new Promise(resolve => victim.socket.socket.once('pong', resolve))
      expect(victim.socket.socket.readyState).toBe(victim.socket.socket.OPEN)
      expect(server.live.size).toBe(2)
      runs++
    }),
    { numRuns: 500 },
  )
  expect(runs).toBeGreaterThanOrEqual(500)
  victim.socket.press('#')
  await victim.call.came.some(some => some.kind === 'digit' && some.digit === '#')
  other.socket.press('#', 'MZ2')
  await other.call.came.some(({ kind }) => kind === 'digit')
  expect(server.errors).toEqual([])
  expect(server.warned.all.length).toBeLessThanOrEqual(10)
})

test('no first messages whatever open a call or hurt the server', async () => {
  const before = server.held.all.length
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 5 }), async messages => {
      const socket = server.dial()
      await socket.isOpen
      for (const some of messages) socket.socket.send(some)
      socket.socket.close()
      await socket.closed
    }),
    { numRuns: 100 },
  )
  expect(server.held.all).toHaveLength(before)
  expect(server.errors).toEqual([])
  await server.onTheLine('CA3', 'MZ3')
})
