import { expect, onTestFinished, test } from 'vitest'
import { openStore } from '../journal/opened-store.ts'
import { type Options, openPhoneServer, type PhoneServer, PUBLIC_URL } from './phone-server.ts'

const CALL = 'CA1'
const form = { CallSid: CALL, From: '+15551234567' }
/** What Twilio adds where an address gave it no answer, and it asks the number's fallback instead. */
const instead = (path: string) => ({ ...form, ErrorCode: '11200', ErrorUrl: `${PUBLIC_URL}${path}` })
const verbs = (twiml: string): readonly string[] =>
  [...twiml.matchAll(/<([A-Z]\w+)/g)].map(([, name]) => name ?? '').slice(1)
const passIn = (twiml: string): string => /name="pass" value="([^"]+)"/.exec(twiml)?.[1] ?? ''
const CONNECTS = ['Connect', 'Stream', 'Parameter', 'Redirect']

async function open(options: Options = {}): Promise<PhoneServer> {
  const server = await openPhoneServer(options)
  onTestFinished(server.close)
  return server
}

test('a call whose answer did not arrive is answered by another server, with one stream of the two passes', async () => {
  const store = await openStore('sqlite::memory:')
  onTestFinished(store.close)
  const [first, second] = [await open({ store, maxCalls: 1 }), await open({ store, maxCalls: 1 })]
  const lost = await first.post('/calls/answer', form)
  const answer = await second.post('/calls/answer', instead('/calls/answer'))
  expect([answer.status, verbs(answer.body)]).toEqual([200, CONNECTS])
  const socket = second.dial()
  await socket.isOpen
  socket.start(CALL, passIn(answer.body))
  const { opening } = await second.held.some(({ opening }) => opening.callId === CALL)
  expect(opening).toMatchObject({ attempt: 1, owner: '+15551234567' })
  // The pass of the answer that nobody got leads nowhere, at either server.
  for (const server of [first, second]) {
    const late = server.dial()
    await late.isOpen
    late.start(CALL, passIn(lost.body))
    expect(await late.closed).toBe(1008)
  }
  expect([first.held.all.length, second.held.all.length]).toEqual([0, 1])
  expect((await store.factsOf(CALL)).streams).toBe(1)
  // The place that the first one kept for it is free when nobody has come.
  expect(first.calls.admit('CA2')).toBe(false)
  await first.clock.advance(30_100)
  expect(first.calls.admit('CA2')).toBe(true)
})

test('what comes next is told there too, where its own address gave no answer', async () => {
  const store = await openStore('sqlite::memory:')
  onTestFinished(store.close)
  const [first, second] = [await open({ store }), await open({ store })]
  const { socket } = await first.onTheLine(CALL)
  socket.socket.terminate()
  const answer = await second.post('/calls/answer', instead('/calls/next?times=1'))
  expect(verbs(answer.body)).toEqual(CONNECTS)
  // With a pass for the next stream: that of the first one was used.
  const again = second.dial()
  await again.isOpen
  again.start(CALL, passIn(answer.body))
  const { opening, channel } = await second.held.some(({ opening }) => opening.callId === CALL)
  expect(opening.attempt).toBe(2)
  await channel.close('goodbye')
  await again.closed
  for (const path of ['/calls/next', '/calls/next?times=2'])
    expect(verbs((await second.post('/calls/answer', instead(path))).body)).toEqual(['Say', 'Hangup'])
})

test('a caller who waits for a line keeps their place where one of their requests gets no answer', async () => {
  const { post, clock, calls } = await open({ maxCalls: 1, rules: { mostWaiting: 5 } })
  calls.admit('CA2')
  const waits = await post('/calls/answer', form)
  const [, path = ''] = /<Redirect[^>]*>[^<]*(\/calls\/answer\?since=\d+)/.exec(waits.body) ?? []
  expect(path).toContain('since=')
  await clock.advance(5_000)
  expect((await post('/calls/answer', instead(path))).body).toContain(path)
})

test('who has no signature gets nothing by naming an address that failed', async () => {
  const { post, calls } = await open({ maxCalls: 1 })
  const forged = await post('/calls/answer', instead('/calls/next'), { 'x-twilio-signature': 'none' })
  expect(forged.status).toBe(403)
  // Neither does an address of somebody else lead anywhere else.
  const other = { ...form, ErrorCode: '11200', ErrorUrl: 'https://elsewhere.example.com/calls/next' }
  expect(verbs((await post('/calls/answer', other)).body)).toEqual(CONNECTS)
  expect(calls.admit('CA2')).toBe(false)
})
