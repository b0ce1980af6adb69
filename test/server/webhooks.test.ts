import { afterEach, expect, test } from 'vitest'
import { ownerOf } from '../../src/channels/phone/caller-number.ts'
import { parseTwiml } from '../../src/sandbox/twilio/twiml.ts'
import { type Options, openPhoneServer, type PhoneServer, PUBLIC_URL, signed } from './phone-server.ts'

let server: PhoneServer | undefined
async function open(options: Options = {}): Promise<PhoneServer> {
  server = await openPhoneServer(options)
  return server
}
afterEach(async () => {
  await server?.close()
  server = undefined
})

const form = { CallSid: 'CA1', From: '+15551234567', To: '+15550100000', CallStatus: 'ringing' }
const verbs = (body: string): readonly string[] => parseTwiml(body).map(({ verb }) => verb)
const PATHS = ['/calls/answer', '/calls/next', '/calls/rung-out', '/calls/status', '/calls/stream-status']
const TRANSFER = { transferNumber: '+15557654321' }

test('an answered call is connected to the stream with a pass for it, and then asks what comes next', async () => {
  const { post, passes } = await open()
  const { status, type, body } = await post('/calls/answer', form)
  expect([status, type]).toEqual([200, expect.stringContaining('text/xml')])
  const [connect, redirect] = parseTwiml(body)
  expect(connect).toMatchObject({
    verb: 'Connect',
    stream: { url: 'wss://agent.example.com/calls/stream', statusCallback: `${PUBLIC_URL}/calls/stream-status` },
  })
  expect(redirect).toEqual({ verb: 'Redirect', url: `${PUBLIC_URL}/calls/next` })
  const pass = connect?.verb === 'Connect' ? connect.stream.parameters.pass : undefined
  expect(passes.read(pass, 'CA1')).toMatchObject({ callSid: 'CA1', from: '+15551234567', attempt: 1 })
})

test('the agent of the number that was called answers, or the one that a SIP call names', async () => {
  const agentAt: Options['agentAt'] = ({ number, named }) => named ?? (number === '+4930123456' ? 'clinic' : 'paula')
  const { post, passes, held, dial } = await open({ agentAt })
  let last = ''
  for (const [more, agent] of [
    [{}, 'paula'],
    [{ To: '+4930123456' }, 'clinic'],
    [{ To: 'sip:+4930123456@line.sip.twilio.com;transport=tls' }, 'clinic'],
    [{ 'SipHeader_X-Agent': 'pizza' }, 'pizza'],
  ] as const) {
    const [verb] = parseTwiml((await post('/calls/answer', { ...form, ...more })).body)
    const pass = verb?.verb === 'Connect' ? verb.stream.parameters.pass : undefined
    expect(passes.read(pass, 'CA1')?.agent).toBe(agent)
    last = pass ?? ''
  }
  const socket = dial()
  await socket.isOpen
  socket.start('CA1', last, 'MZ1')
  expect((await held.some(({ opening }) => opening.callId === 'CA1')).opening.agent).toBe('pizza')
})

test.each(PATHS)('%s without a signature is refused, and nothing comes of it', async path => {
  const { post, calls, warned, store } = await open({ maxCalls: 1 })
  const wrong = ['', 'AAAA', 'x'.repeat(5_000)]
  for (const signature of wrong) expect((await post(path, form, { 'x-twilio-signature': signature })).status).toBe(403)
  expect(warned.all).toMatchObject([{ message: 'requests refused: not signed by Twilio', count: 1 }])
  expect(await store.factsOf('CA1')).toEqual({ streams: 0, next: undefined })
  expect(calls.admit('CA2')).toBe(true)
})

test('an unsigned status does not end a live call', async () => {
  const { post, onTheLine, live } = await open()
  const { socket, call } = await onTheLine('CA1')
  const ended = { ...form, CallStatus: 'completed' }
  expect((await post('/calls/status', ended, { 'x-twilio-signature': 'AAAA' })).status).toBe(403)
  socket.press('1')
  await call.came.some(({ kind }) => kind === 'digit')
  expect(live.has('CA1')).toBe(true)
})

test.each(PATHS)('%s signed for another path is refused', async path => {
  const { post } = await open()
  const other = PATHS.find(some => some !== path) ?? ''
  expect((await post(path, form, { 'x-twilio-signature': signed(other, form) })).status).toBe(403)
})

test.each([{}, { CallSid: '' }, { CallSid: '../x' }])('a signed form of %j is answered with 400', async some => {
  const { post } = await open()
  for (const path of PATHS) expect((await post(path, some as Record<string, string>)).status).toBe(400)
})

test('a form that names a field twice is refused', async () => {
  const { origin } = await open()
  const body = new URLSearchParams([
    ['CallSid', 'CA1'],
    ['CallSid', 'CA2'],
  ])
  const headers = { 'x-twilio-signature': 'AAAA' }
  expect((await fetch(`${origin}/calls/answer`, { method: 'POST', headers, body })).status).toBe(403)
})

test.each([
  ['a form over 64 KiB', 'application/x-www-form-urlencoded', `CallSid=CA1&x=${'y'.repeat(70_000)}`, 413],
  [
    'a thousand fields',
    'application/x-www-form-urlencoded',
    Array.from({ length: 1_000 }, (_, i) => `a${i}=1`).join('&'),
    403,
  ],
  ['JSON', 'application/json', '{"CallSid":"CA1"}', 415],
  ['broken JSON', 'application/json', '{', 415],
  ['a list', 'application/json', '["CA1"]', 415],
  ['a key called __proto__', 'application/x-www-form-urlencoded', '__proto__=1&CallSid=CA1', 403],
  ['no form at all', 'text/csv', 'CallSid', 415],
  ['letters that no encoding has', 'application/x-www-form-urlencoded', 'CallSid=%ff%zz', 403],
])('%s, unsigned, is refused and the next call is answered', async (_, type, body, status) => {
  const { origin, post, errors } = await open()
  const headers = { 'content-type': type, 'x-twilio-signature': 'AAAA' }
  expect((await fetch(`${origin}/calls/answer`, { method: 'POST', headers, body })).status).toBe(status)
  expect((await post('/calls/answer', form)).status).toBe(200)
  expect(errors).toEqual([])
})

test('a webhook that comes twice takes one place and gives the same pass but for its age', async () => {
  const { answered, passes, calls } = await open({ maxCalls: 1 })
  const [one, two] = [await answered('CA1'), await answered('CA1')]
  expect(passes.read(one, 'CA1')).toEqual(passes.read(two, 'CA1'))
  expect(calls.admit('CA2')).toBe(false)
})

test('one call more than the limit hears that all lines are busy', async () => {
  const { post } = await open({ maxCalls: 1 })
  await post('/calls/answer', form)
  const { status, body } = await post('/calls/answer', { ...form, CallSid: 'CA2' })
  expect([status, verbs(body)]).toEqual([200, ['Say', 'Hangup']])
  expect(body).toContain('busy')
})

test('a server that is being taken down sends a new call back, a second apart, until another one answers or it is enough', async () => {
  const { post, calls } = await open()
  calls.stop()
  let path = '/calls/answer'
  for (let times = 1; times <= 8; times++) {
    const { body } = await post(path, form)
    expect(verbs(body)).toEqual(['Pause', 'Redirect'])
    path = `/calls/answer?times=${times}`
    expect(body).toContain(`${path}<`)
  }
  expect((await post(path, form)).body).toContain('busy')
  expect((await post('/calls/answer?times=-1', form)).body).toContain('/calls/answer?times=1<')
})

test.each([
  ['hang-up', ['Hangup'], ''],
  ['goodbye', ['Say', 'Hangup'], 'I have to end this call'],
  ['unavailable', ['Say', 'Hangup'], 'cannot take your call'],
  ['transfer', ['Dial'], '+15557654321'],
] as const)('after a stream that ended with %s the caller meets %j', async (next, expected, text) => {
  const { post, onTheLine } = await open(TRANSFER)
  const { call, socket } = await onTheLine('CA1')
  await call.channel.close(next)
  expect(await socket.closed).toBe(1000)
  const { body } = await post('/calls/next', form)
  expect(verbs(body)).toEqual(expected)
  expect(body).toContain(text)
})

test('a transfer without a number is a goodbye', async () => {
  const { post, onTheLine } = await open()
  const { call } = await onTheLine('CA1')
  await call.channel.close('transfer')
  expect((await post('/calls/next', form)).body).toContain('I have to end this call')
})

test('a call whose line broke is carried on three times, five seconds apart, and then excused', async () => {
  const { post, clock, onTheLine, passes } = await open()
  const { socket } = await onTheLine('CA1')
  socket.socket.terminate()
  const times = []
  for (const ms of [60_000, 2_000, 60_000]) {
    const [first, second] = parseTwiml((await post('/calls/next', form)).body)
    const connect = [first, second].find(verb => verb?.verb === 'Connect')
    const pass = connect?.verb === 'Connect' ? connect.stream.parameters.pass : undefined
    times.push([first?.verb === 'Pause' ? first.seconds : 0, passes.read(pass, 'CA1')?.attempt])
    await clock.advance(ms)
  }
  expect(times).toEqual([
    [0, 2],
    [0, 2],
    [3, 2],
  ])
  expect((await post('/calls/next', form)).body).toContain('cannot take your call')
})

test('after three broken lines who can be put through is', async () => {
  const { post } = await open(TRANSFER)
  for (let time = 0; time < 3; time++) expect(verbs((await post('/calls/next', form)).body)).toContain('Connect')
  expect(verbs((await post('/calls/next', form)).body)).toEqual(['Dial'])
  // Nobody answers: the agent again.
  const back = await post('/calls/next', { ...form, DialCallStatus: 'no-answer' })
  expect(verbs(back.body)).toEqual(['Connect', 'Redirect'])
})

test('a call whose server died before its stream opened gets its first stream from another one', async () => {
  const { post, passes } = await open()
  const [connect] = parseTwiml((await post('/calls/next', form)).body)
  const pass = connect?.verb === 'Connect' ? connect.stream.parameters.pass : undefined
  expect(passes.read(pass, 'CA1')).toMatchObject({ attempt: 1 })
})

test('a call that the carrier says is over is not carried on', async () => {
  const { post, onTheLine } = await open()
  await onTheLine('CA1')
  await post('/calls/status', { ...form, CallStatus: 'completed' })
  expect(verbs((await post('/calls/next', form)).body)).toEqual(['Hangup'])
})

test.each(['no-answer', 'busy', 'failed', 'canceled'])(
  'a transfer that ends with %s comes back to the agent',
  async status => {
    const { post, onTheLine, passes } = await open(TRANSFER)
    const { call } = await onTheLine('CA1')
    await call.channel.close('transfer')
    const { body } = await post('/calls/next', { ...form, DialCallStatus: status })
    const [connect] = parseTwiml(body)
    const pass = connect?.verb === 'Connect' ? connect.stream.parameters.pass : undefined
    expect(passes.read(pass, 'CA1')).toMatchObject({ attempt: 2 })
  },
)

test('a call that asked for no transfer gets no new stream, whatever is said of one', async () => {
  const { post, onTheLine } = await open(TRANSFER)
  const { call } = await onTheLine('CA1')
  const noAnswer = { ...form, DialCallStatus: 'no-answer' }
  expect(verbs((await post('/calls/next', noAnswer)).body)).toEqual(['Hangup'])
  await call.channel.close('hang-up')
  expect(verbs((await post('/calls/next', noAnswer)).body)).toEqual(['Hangup'])
})

test.each([undefined, 'Anonymous', '+266696687', 'sip:ann@example.com', 'x'.repeat(400)])(
  'a caller who comes as %s is anonymous, and the call is its own owner',
  async From => {
    const { post, passes } = await open()
    const { body } = await post('/calls/answer', { CallSid: 'CA1', ...(From && { From }) })
    const [connect] = parseTwiml(body)
    const pass = connect?.verb === 'Connect' ? connect.stream.parameters.pass : undefined
    expect(pass?.length).toBeLessThan(490)
    const from = passes.read(pass, 'CA1')?.from ?? ''
    expect([from, ownerOf(from, 'CA1'), ownerOf('+15551234567', 'CA1')]).toEqual(['anonymous', 'CA1', '+15551234567'])
  },
)

test.each(['completed', 'answered'])('a transfer that ends with %s ends the call', async status => {
  const { post, onTheLine } = await open(TRANSFER)
  const { call } = await onTheLine('CA1')
  await call.channel.close('transfer')
  expect(verbs((await post('/calls/next', { ...form, DialCallStatus: status })).body)).toEqual(['Hangup'])
})

test('a caller who is back from a transfer gets a stream anew, and may be transferred again', async () => {
  const { post, onTheLine, dial, held } = await open(TRANSFER)
  const { call, socket } = await onTheLine('CA1')
  await call.channel.close('transfer')
  await socket.closed
  const { body } = await post('/calls/next', { ...form, DialCallStatus: 'no-answer' })
  const again = dial()
  await again.isOpen
  again.start('CA1', /name="pass" value="([^"]+)"/.exec(body)?.[1], 'MZ2')
  const back = await held.some(({ opening }) => opening.attempt === 2)
  await back.channel.close('transfer')
  expect(verbs((await post('/calls/next', form)).body)).toEqual(['Dial'])
})

test.each(['completed', 'busy', 'failed', 'no-answer', 'canceled'])(
  'the call status %s ends the live call',
  async status => {
    const { post, onTheLine } = await open()
    const { call } = await onTheLine('CA1')
    expect((await post('/calls/status', { ...form, CallStatus: status })).status).toBe(204)
    await call.isOver
    expect(call.came.all.at(-1)).toEqual({ kind: 'gone', why: `the carrier says ${status}` })
  },
)

test('a call status of one who is not here, or that is no end, changes nothing', async () => {
  const { post, onTheLine } = await open()
  const { call, socket } = await onTheLine('CA1')
  expect((await post('/calls/status', { ...form, CallSid: 'CA2', CallStatus: 'completed' })).status).toBe(204)
  expect((await post('/calls/status', { ...form, CallStatus: 'in-progress' })).status).toBe(204)
  expect((await post('/calls/status', form)).status).toBe(204)
  socket.press('1')
  await call.came.some(({ kind }) => kind === 'digit')
  expect(call.came.all.map(({ kind }) => kind)).toEqual(['digit'])
})

test("a stream error that the carrier reports is in the log, the stream's start and end are not", async () => {
  const { post, warned } = await open()
  for (const StreamEvent of ['stream-started', 'stream-stopped'])
    expect((await post('/calls/stream-status', { ...form, StreamEvent })).status).toBe(204)
  expect(warned.all).toEqual([])
  await post('/calls/stream-status', { ...form, StreamEvent: 'stream-error', StreamError: '31924' })
  expect(warned.all).toMatchObject([{ call: 'CA1', error: '31924' }])
})

test('a store that fails gives the caller words, and the log the reason', async () => {
  const { post, errors } = await open({ store: { factsOf: () => Promise.reject(new Error('disk on fire')) } })
  const { status, type, body } = await post('/calls/next', form)
  expect([status, type]).toEqual([200, expect.stringContaining('text/xml')])
  expect(body).toContain('cannot take your call')
  expect(errors.join()).toContain('disk on fire')
  expect(body).not.toContain('disk')
})

test('a store that hangs costs the caller seconds, not the time that Twilio waits', async () => {
  const asked = Promise.withResolvers<void>()
  const factsOf = () => {
    asked.resolve()
    return new Promise<never>(() => undefined)
  }
  const { post, clock, errors } = await open({ store: { factsOf } })
  const answering = post('/calls/next', form)
  await asked.promise
  await clock.advance(2_500)
  expect((await answering).body).toContain('cannot take your call')
  expect(errors.join()).toContain('reading what comes next took longer')
})

test('a transfer that was answered needs no store to end', async () => {
  const { post } = await open({ ...TRANSFER, store: { factsOf: () => Promise.reject(new Error('disk on fire')) } })
  expect(verbs((await post('/calls/next', { ...form, DialCallStatus: 'completed' })).body)).toEqual(['Hangup'])
})

test('a path that is not there is 404, a method that is not 404 too, and a stream without an upgrade is refused', async () => {
  const { origin } = await open()
  expect((await fetch(`${origin}/calls`)).status).toBe(404)
  expect((await fetch(`${origin}/calls/answer`)).status).toBe(404)
  expect((await fetch(`${origin}/calls/stream`)).status).toBe(403)
})

test('health and readiness are asked without a signature', async () => {
  const { origin } = await open({ reasons: ['shutting down'] })
  expect((await fetch(`${origin}/healthz`)).status).toBe(200)
  expect((await fetch(`${origin}/readyz`)).status).toBe(503)
})
