import { getEventListeners } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { streamPasses } from '../../src/channels/phone/token.ts'
import { type Options, openPhoneServer, type PhoneServer, signedUpgrade, startMessage } from './phone-server.ts'

let server: PhoneServer | undefined
async function open(options: Options = {}): Promise<PhoneServer> {
  server = await openPhoneServer(options)
  return server
}
afterEach(async () => {
  await server?.close()
  server = undefined
})

test('sound, keys and the end go both ways', async () => {
  const { onTheLine, live } = await open()
  const { socket, call } = await onTheLine('CA1')
  socket.media()
  socket.press('5')
  await call.came.some(({ kind }) => kind === 'digit')
  expect(call.came.all.map(({ kind }) => kind)).toEqual(['audio', 'digit'])
  async function* voice() {
    yield { kind: 'audio', frame: { pcm: new Int16Array(800), rateHz: 8_000 } } as const
  }
  const speech = new AbortController()
  const playing = (async () => {
    for await (const heard of call.channel.play(voice(), speech.signal)) heard.heardMs satisfies number
  })()
  expect(await socket.received.some(({ event }) => event === 'mark')).toEqual({
    event: 'mark',
    streamSid: 'MZ1',
    mark: { name: '1.5' },
  })
  expect(socket.received.all.filter(({ event }) => event === 'media')).toHaveLength(5)
  speech.abort()
  await playing
  await socket.received.some(({ event }) => event === 'clear')
  socket.send({ event: 'stop', streamSid: 'MZ1' })
  await call.isOver
  expect(call.came.all.at(-1)).toEqual({ kind: 'gone', why: 'the caller hung up' })
  expect(await socket.closed).toBe(1000)
  expect(live.size).toBe(0)
})

test('a socket that closes without a stop ends the call', async () => {
  const { onTheLine } = await open()
  const { socket, call } = await onTheLine('CA1')
  socket.socket.terminate()
  await call.isOver
  expect(call.came.all.at(-1)).toEqual({ kind: 'lost', why: 'the line closed' })
})

test.each([
  ['no signature', {}],
  ['an empty signature', { 'x-twilio-signature': '' }],
  ['a wrong signature', { 'x-twilio-signature': 'AAAA' }],
  ['headers that claim another host', { host: 'evil.example.com', 'x-forwarded-proto': 'wss' }],
])('an upgrade with %s is refused before it is one', async (_, headers) => {
  const { dial, warned } = await open()
  const socket = dial(headers as Record<string, string>)
  await expect(socket.isOpen).rejects.toThrow('refused with 403')
  expect(warned.all).toMatchObject([{ message: 'requests refused: not signed by Twilio' }])
})

test('an upgrade with a query is refused: it is not what was signed', async () => {
  const { dial } = await open()
  await expect(dial(signedUpgrade(), '/calls/stream?x=1').isOpen).rejects.toThrow('refused with 403')
})

const wrongPasses: readonly (readonly [string, (good: string) => string | undefined])[] = [
  ['no pass', () => undefined],
  ['an empty pass', () => ''],
  ['a pass with a letter changed', good => `${good.startsWith('A') ? 'B' : 'A'}${good.slice(1)}`],
  ['a pass cut short', good => good.slice(0, -5)],
  [
    'a pass of another call',
    () => streamPasses('secret', () => new Date(0)).mint({ callSid: 'CA2', from: '', attempt: 1 }),
  ],
  [
    'a pass made with another token',
    () => streamPasses('x', () => new Date(1e13)).mint({ callSid: 'CA1', from: '', attempt: 1 }),
  ],
]
test.each(wrongPasses)('a start with %s is refused, and the good pass stays good', async (_, wrong) => {
  const { answered, dial, held, warned } = await open()
  const good = await answered('CA1')
  const stranger = dial()
  await stranger.isOpen
  stranger.start('CA1', wrong(good))
  expect(await stranger.closed).toBe(1008)
  expect(warned.all.at(-1)).toMatchObject({ message: 'stream refused', why: 'its pass is missing, wrong or expired' })
  expect(held.all).toEqual([])
  const twilio = dial()
  await twilio.isOpen
  twilio.start('CA1', good)
  await held.some()
})

test('a pass is refused after 30 s', async () => {
  const { answered, dial, clock } = await open()
  const pass = await answered('CA1')
  await clock.advance(30_000)
  const socket = dial()
  await socket.isOpen
  socket.start('CA1', pass)
  expect(await socket.closed).toBe(1008)
})

test('a pass that was used is refused, also when its call is over', async () => {
  const { answered, dial, held, warned } = await open()
  const pass = await answered('CA1')
  const first = dial()
  await first.isOpen
  first.start('CA1', pass)
  const call = await held.some()
  first.socket.terminate()
  await call.isOver
  await server?.app.inject('/healthz')
  const second = dial()
  await second.isOpen
  second.start('CA1', pass)
  expect(await second.closed).toBe(1008)
  expect(warned.all.at(-1)?.why).toBe('its pass has been used')
  expect(held.all).toHaveLength(1)
})

test('of two streams that show the same pass at once, exactly one is accepted', async () => {
  const { answered, dial, held } = await open()
  for (let i = 0; i < 10; i++) {
    const pass = await answered(`CA${i}`)
    const both = [dial(), dial()]
    await Promise.all(both.map(({ isOpen }) => isOpen))
    for (const socket of both) socket.start(`CA${i}`, pass)
    expect(await Promise.race(both.map(({ closed }) => closed))).toBe(1008)
    await held.some(({ opening }) => opening.callId === `CA${i}`)
  }
  expect(held.all).toHaveLength(10)
})

test('the same stream of a live call again is refused, and the first goes on', async () => {
  const { onTheLine, dial, passes, warned } = await open()
  const { socket, call } = await onTheLine('CA1')
  const second = dial()
  await second.isOpen
  second.start('CA1', passes.mint({ callSid: 'CA1', from: '', attempt: 1 }), 'MZ2')
  expect(await second.closed).toBe(1008)
  expect(warned.all.at(-1)?.why).toBe('the call has a stream already')
  socket.press('1')
  await call.came.some(({ kind }) => kind === 'digit')
})

test('a later stream takes the place of one whose line broke unnoticed', async () => {
  const { onTheLine, dial, passes, held, nexts } = await open()
  const { socket, call } = await onTheLine('CA1')
  const second = dial()
  await second.isOpen
  second.start('CA1', passes.mint({ callSid: 'CA1', from: '', attempt: 2 }), 'MZ2')
  await call.came.some(({ kind }) => kind === 'lost')
  await call.channel.close('unavailable')
  await socket.closed
  const next = await held.some(({ opening }) => opening.attempt === 2)
  second.press('1', 'MZ2')
  await next.came.some(({ kind }) => kind === 'digit')
  // Nobody was told what comes next: the call goes on.
  expect(nexts).toEqual([])
})

test('a later stream waits for one that is being opened, which ends at once', async () => {
  const opened = Promise.withResolvers<void>()
  const { dial, passes, held } = await open({
    opening: ({ attempt }) => (attempt === 1 ? opened.promise : Promise.resolve()),
  })
  const sockets = [dial(), dial()]
  for (const [i, socket] of sockets.entries()) {
    await socket.isOpen
    socket.start('CA1', passes.mint({ callSid: 'CA1', from: '', attempt: i + 1 }), `MZ${i}`)
    socket.socket.ping()
    await new Promise(resolve => socket.socket.once('pong', resolve))
  }
  expect(held.all).toHaveLength(0)
  opened.resolve()
  const first = await held.some(({ opening }) => opening.attempt === 1)
  await first.came.some(({ kind }) => kind === 'lost')
  await held.some(({ opening }) => opening.attempt === 2)
})

test('a stream that comes back while the record of the one before is being sealed waits for it', async () => {
  const sealed = Promise.withResolvers<void>()
  const { onTheLine, dial, passes, held } = await open({ sealing: () => sealed.promise })
  const { socket, call } = await onTheLine('CA1')
  await call.channel.close('transfer')
  await socket.closed
  const again = dial()
  await again.isOpen
  again.start('CA1', passes.mint({ callSid: 'CA1', from: '', attempt: 2 }), 'MZ2')
  again.press('7', 'MZ2')
  again.socket.ping()
  await new Promise(resolve => again.socket.once('pong', resolve))
  expect(held.all).toHaveLength(1)
  sealed.resolve()
  const back = await held.some(({ opening }) => opening.attempt === 2)
  await back.came.some(({ kind }) => kind === 'digit')
})

test('a socket without a start is closed after 5 s, and its timer is gone', async () => {
  const { dial, clock, warned } = await open()
  const socket = dial()
  await socket.isOpen
  socket.send({ event: 'connected' })
  socket.media()
  await warned.some(({ why }) => why === 'media before start')
  await clock.advance(4_999)
  expect(socket.socket.readyState).toBe(socket.socket.OPEN)
  await clock.advance(1)
  expect(await socket.closed).toBe(1008)
  expect(warned.all.at(-1)?.why).toBe('no start within 5 s')
  expect(clock.pending).toBe(0)
})

test('once a stream has started only the watch for a dead one waits', async () => {
  const { onTheLine, clock } = await open()
  await onTheLine('CA1')
  expect(clock.pending).toBe(1)
})

test('media, keys and marks before the start have no effect on the call that follows', async () => {
  const { answered, dial, held, warned } = await open()
  const pass = await answered('CA1')
  const socket = dial()
  await socket.isOpen
  socket.media()
  socket.press('9')
  socket.send({ event: 'mark', streamSid: 'MZ1', mark: { name: '1.12' } })
  socket.send({ event: 'stop', streamSid: 'MZ1' })
  socket.start('CA1', pass)
  const call = await held.some()
  socket.press('1')
  await call.came.some(({ kind }) => kind === 'digit')
  expect(call.came.all).toEqual([{ kind: 'digit', digit: '1' }])
  expect(warned.all.map(({ why }) => why)).toEqual(
    ['media', 'dtmf', 'mark', 'stop'].map(event => `${event} before start`),
  )
})

test('what comes while the pass is being checked is not lost, but no more than two seconds of it are kept', async () => {
  const checked = Promise.withResolvers<void>()
  const { answered, dial, held } = await open({ opening: () => checked.promise })
  const pass = await answered('CA1')
  const socket = dial()
  await socket.isOpen
  socket.start('CA1', pass)
  for (let i = 0; i < 150; i++) socket.media()
  socket.socket.ping()
  await new Promise(resolve => socket.socket.once('pong', resolve))
  checked.resolve()
  const call = await held.some()
  socket.press('#')
  await call.came.some(({ kind }) => kind === 'digit')
  expect(call.came.all.filter(({ kind }) => kind === 'audio')).toHaveLength(100)
})

test('a caller who leaves while the pass is being checked is gone, and the socket of the record is not kept', async () => {
  const checked = Promise.withResolvers<void>()
  const { answered, dial, held, live } = await open({ opening: () => checked.promise })
  const pass = await answered('CA1')
  const socket = dial()
  await socket.isOpen
  socket.start('CA1', pass)
  socket.socket.ping()
  await new Promise(resolve => socket.socket.once('pong', resolve))
  socket.socket.terminate()
  await socket.closed
  checked.resolve()
  const call = await held.some()
  await call.isOver
  expect(call.came.all).toMatchObject([{ kind: 'lost' }])
  await new Promise(resolve => setImmediate(resolve))
  expect(live.size).toBe(0)
})

test('a record that cannot be opened closes the socket, and the next call is answered', async () => {
  let failures = 1
  const { answered, dial, onTheLine, warned } = await open({
    opening: () => (failures-- > 0 ? Promise.reject(new Error('the disk is full')) : Promise.resolve()),
  })
  const socket = dial()
  const pass = await answered('CA1')
  await socket.isOpen
  socket.start('CA1', pass)
  expect(await socket.closed).toBe(1011)
  expect(warned.all.at(-1)?.message).toBe('call broke')
  await onTheLine('CA2')
})

test('a store that cannot say whether a pass is good lets nobody in', async () => {
  const { answered, dial, held } = await open({ store: { takePass: () => Promise.reject(new Error('store is away')) } })
  const pass = await answered('CA1')
  const socket = dial()
  await socket.isOpen
  socket.start('CA1', pass)
  expect(await socket.closed).toBe(1011)
  expect(held.all).toEqual([])
})

test('a store that cannot keep what comes next does not leave the caller on a silent line', async () => {
  const { onTheLine, warned } = await open({ store: { keepNext: () => Promise.reject(new Error('store is away')) } })
  const { socket, call } = await onTheLine('CA1')
  await call.channel.close('goodbye')
  expect(await socket.closed).toBe(1000)
  expect(warned.all.at(-1)).toMatchObject({ call: 'CA1', next: 'goodbye' })
})

test('giving up keeps what comes next before the socket closes', async () => {
  const { onTheLine, nexts, store } = await open()
  const { socket, call } = await onTheLine('CA1')
  const closing = call.channel.close('transfer')
  await socket.closed
  await closing
  expect(nexts).toEqual([['CA1', 'transfer']])
  expect(await store.factsOf('CA1')).toEqual({ streams: 1, next: 'transfer' })
})

test.each([
  ['broken JSON', '{"event":'],
  ['an unknown event', '{"event":"video"}'],
  ['a message over 64 KiB', JSON.stringify({ event: 'connected', pad: 'x'.repeat(70_000) })],
  ['a binary message', Buffer.from('{"event":"stop","streamSid":"MZ1"}')],
  ['the stop of another stream', '{"event":"stop","streamSid":"MZ2"}'],
  ['a second start', JSON.stringify(startMessage('CA1', undefined))],
  ['an empty message', ''],
])('%s gets a warning and does not end the call', async (_, message) => {
  const { onTheLine, warned } = await open()
  const { socket, call } = await onTheLine('CA1')
  for (let i = 0; i < 5; i++) socket.socket.send(message)
  socket.press('1')
  await call.came.some(({ kind }) => kind === 'digit')
  expect(call.came.all).toHaveLength(1)
  expect(warned.all).toMatchObject([{ call: 'CA1', message: 'media message ignored' }])
})

test('a message over 1 MiB closes the socket and ends its own call, not the others', async () => {
  const { onTheLine } = await open()
  const { socket, call } = await onTheLine('CA1')
  const other = await onTheLine('CA2', 'MZ2')
  socket.socket.on('error', () => undefined)
  socket.socket.send('x'.repeat(1024 * 1024 + 1))
  expect(await socket.closed).toBe(1009)
  await call.isOver
  other.socket.press('1', 'MZ2')
  await other.call.came.some(({ kind }) => kind === 'digit')
})

test('a server that closes ends the live calls', async () => {
  const { onTheLine, lifetime } = await open()
  const { socket, call } = await onTheLine('CA1')
  lifetime.abort(new Error('a second SIGTERM'))
  await call.isOver
  expect(await socket.closed).toBe(1000)
})

test('after a hundred calls of every ending, no timer, listener, line or socket is left', async () => {
  const { onTheLine, clock, lifetime, live, server: http, connections, dial } = await open()
  const idle = [clock.pending, getEventListeners(lifetime.signal, 'abort').length]
  for (let i = 0; i < 100; i++) {
    const { socket, call } = await onTheLine(`CA${i}`)
    socket.media()
    if (i % 4 === 0) socket.socket.terminate()
    if (i % 4 === 1) socket.send({ event: 'stop', streamSid: 'MZ1' })
    if (i % 4 === 2) await call.channel.close('hang-up')
    if (i % 4 === 3) {
      const stranger = dial()
      await stranger.isOpen
      stranger.start(`CA${i}`, 'x')
      await stranger.closed
      socket.socket.close()
    }
    await Promise.all([call.isOver, socket.closed])
  }
  http.closeIdleConnections()
  while ((await connections()) > 0) await new Promise(resolve => setImmediate(resolve))
  await clock.advance(10_000)
  expect([clock.pending, getEventListeners(lifetime.signal, 'abort').length]).toEqual(idle)
  expect(live.size).toBe(0)
})
