import { afterEach, expect, test } from 'vitest'
import { type Options, openPhoneServer, type PhoneServer } from './phone-server.ts'

let server: PhoneServer | undefined
async function open(options: Options = {}): Promise<PhoneServer> {
  server = await openPhoneServer(options)
  return server
}
afterEach(async () => {
  await server?.close()
  server = undefined
})

const CALL = 'CA1'
const form = { CallSid: CALL, From: '+15551234567' }
const verbs = (twiml: string): readonly string[] =>
  [...twiml.matchAll(/<([A-Z]\w+)/g)].map(([, name]) => name ?? '').slice(1)
const passIn = (twiml: string): string => /name="pass" value="([^"]+)"/.exec(twiml)?.[1] ?? ''

test('an answer that is asked for again is the same while the call is awaited, while it goes on, and when it is over', async () => {
  const { post, onTheLine, calls, dial, warned, held } = await open({ maxCalls: 1 })
  const { socket, call } = await onTheLine(CALL)
  const during = await post('/calls/answer', form)
  await call.channel.close('hang-up')
  await socket.closed
  await call.isOver
  await post('/calls/next', form)
  const after = await post('/calls/answer', form)
  for (const { status, body } of [during, after])
    expect([status, verbs(body)]).toEqual([200, ['Connect', 'Stream', 'Parameter', 'Redirect']])
  // It takes no line: with one line, the next call gets it.
  expect(calls.admit('CA2')).toBe(true)
  for (const { body } of [during, after]) {
    const again = dial()
    await again.isOpen
    again.start(CALL, passIn(body))
    expect(await again.closed).toBe(1008)
    expect(warned.all.at(-1)).toMatchObject({ message: 'stream refused', why: 'its pass has been used' })
  }
  expect(held.all).toHaveLength(1)
})

test('a hundred replays of a call that is over take no line, and a full server tells them from new calls', async () => {
  const { post, onTheLine, calls } = await open({ maxCalls: 2 })
  const { socket, call } = await onTheLine(CALL)
  await call.channel.close('hang-up')
  await Promise.all([socket.closed, call.isOver])
  await post('/calls/status', { ...form, CallStatus: 'completed' })
  for (let n = 0; n < 100; n++) await post('/calls/answer', form)
  expect([calls.admit('CA2'), calls.admit('CA3'), calls.admit('CA4')]).toEqual([true, true, false])
  expect(verbs((await post('/calls/answer', form)).body)).toContain('Connect')
  expect(verbs((await post('/calls/answer', { ...form, CallSid: 'CA5' })).body)).toEqual(['Say', 'Hangup'])
})

test('a new call is answered where the store does not say whether it is new', async () => {
  const { post } = await open({ store: { factsOf: () => Promise.reject(new Error('the store is away')) } })
  expect(verbs((await post('/calls/answer', form)).body)).toContain('Connect')
})

test('what comes next is the same each time it is asked for, and takes no line', async () => {
  const { post, onTheLine, calls, held } = await open({ maxCalls: 1 })
  const { socket, call } = await onTheLine(CALL)
  await call.channel.close('goodbye')
  await Promise.all([socket.closed, call.isOver])
  const answers = new Set<string>()
  for (let n = 0; n < 20; n++) answers.add((await post('/calls/next', form)).body)
  expect([...answers].map(verbs)).toEqual([['Say', 'Hangup']])
  expect([calls.admit('CA2'), held.all.length]).toEqual([true, 1])
})

test('the end of a call that is reported again ends no other call', async () => {
  const { post, onTheLine, live, calls } = await open()
  const over = await onTheLine(CALL)
  const report = { ...form, CallStatus: 'completed' }
  expect((await post('/calls/status', report)).status).toBe(204)
  await over.call.isOver
  const other = await onTheLine('CA2', 'MZ2')
  for (let n = 0; n < 20; n++) expect((await post('/calls/status', report)).status).toBe(204)
  expect([live.size, calls.live()]).toEqual([1, 1])
  other.socket.press('1', 'MZ2')
  await other.call.came.some(({ kind }) => kind === 'digit')
  // Whoever asks for what comes next is told that the call is over.
  expect(verbs((await post('/calls/next', form)).body)).toEqual(['Hangup'])
})

test('a fault of a stream that is reported again is logged, and nothing else', async () => {
  const { post, onTheLine, live } = await open()
  const { socket } = await onTheLine(CALL)
  const report = { ...form, StreamEvent: 'stream-error', StreamError: '31941' }
  for (let n = 0; n < 3; n++) expect((await post('/calls/stream-status', report)).status).toBe(204)
  expect([live.size, socket.socket.readyState]).toEqual([1, socket.socket.OPEN])
})
