import { afterEach, expect, test } from 'vitest'
import { waitingSound } from '../../src/channels/sounds/waiting-sound.ts'
import { parseTwiml } from '../../src/sandbox/twilio/twiml.ts'
import { type Options, openPhoneServer, type PhoneServer } from './phone-server.ts'

const opened: PhoneServer[] = []
async function open(options: Options = {}): Promise<PhoneServer> {
  const server = await openPhoneServer({ maxCalls: 1, rules: { mostWaiting: 2 }, ...options })
  opened.push(server)
  return server
}
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

const form = (CallSid: string, From = '+15551234567') => ({ CallSid, From })

/** What a caller gets who asks at `path`: what is said, and where they ask again, if they do. */
async function asks({ post }: PhoneServer, callSid: string, path = '/calls/answer', from?: string) {
  const { status, body } = await post(path, form(callSid, from))
  const said = parseTwiml(body)
  const [redirect] = said.flatMap(verb => (verb.verb === 'Redirect' ? [new URL(verb.url)] : []))
  return {
    status,
    verbs: said.map(({ verb }) => verb),
    words: said.flatMap(verb => (verb.verb === 'Say' ? [verb.text] : [])).join(' '),
    again: redirect && `${redirect.pathname}${redirect.search}`,
  }
}
const CONNECTED = ['Connect', 'Redirect']

test('callers for whom there is no place hear their number in the queue, and are answered in the order in which they came', async () => {
  const server = await open()
  expect((await asks(server, 'CA1')).verbs).toEqual(CONNECTED)
  const two = await asks(server, 'CA2')
  const three = await asks(server, 'CA3')
  expect([two.verbs, two.words]).toEqual([['Say', 'Pause', 'Redirect'], expect.stringMatching(/busy.*number 1 /)])
  expect(three.words).toMatch(/busy.*number 2 /)
  expect((await asks(server, 'CA4')).verbs).toEqual(['Say', 'Hangup'])
  await server.clock.advance(12_000)
  expect((await asks(server, 'CA3', three.again)).words).toMatch(/Thank you for waiting.*number 2 /)
  await server.post('/calls/status', { ...form('CA1'), CallStatus: 'completed' })
  // The place is free, but it is the place of the one who came before.
  expect((await asks(server, 'CA3', three.again)).words).toMatch(/number 2 /)
  expect((await asks(server, 'CA5')).verbs).toEqual(['Say', 'Hangup'])
  expect((await asks(server, 'CA2', two.again)).verbs).toEqual(CONNECTED)
  expect((await asks(server, 'CA3', three.again)).words).toMatch(/number 1 /)
})

test('between the words callers hear the music of the agent that they called, piece by piece, and it may be kept', async () => {
  const [music, other] = [200, 300].map(hz =>
    waitingSound(Int16Array.from({ length: 16 * 8_000 }, (_, i) => 8_000 * Math.sin((2 * Math.PI * hz * i) / 8_000))),
  )
  if (!music || !other) throw new Error('no music')
  const server = await open({
    agentAt: ({ number }) => (number === '+49301' ? 'pizza' : 'quiet'),
    waiting: { of: agent => (agent === 'pizza' ? music : undefined), all: [other, music] },
  })
  await asks(server, 'CA1')
  const played: string[] = []
  let path = '/calls/answer'
  for (let turn = 0; turn < 3; turn++) {
    const { body } = await server.post(path, { ...form('CA2'), To: '+49301' })
    const said = parseTwiml(body)
    expect(said.map(({ verb }) => verb)).toEqual(['Say', 'Play', 'Redirect'])
    for (const verb of said) {
      if (verb.verb === 'Play') played.push(verb.url)
      if (verb.verb === 'Redirect') path = new URL(verb.url).pathname + new URL(verb.url).search
    }
    await server.clock.advance(14_000)
  }
  expect(played.map(url => new URL(url).pathname)).toEqual(
    [0, 1, 0].map(index => `/calls/waiting/${music.pieces[index]?.name}.wav`),
  )
  const answer = await fetch(`${server.origin}${new URL(played[1] ?? '').pathname}`)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'audio/wav',
    'cache-control': 'public, max-age=31536000, immutable',
  })
  expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(music.pieces[1]?.wav ?? []))).toBe(true)
  for (const wrong of ['none.wav', `${music.pieces[0]?.name}`, '..%2f..%2fpackage.json', 'x'.repeat(5_000)])
    expect((await fetch(`${server.origin}/calls/waiting/${wrong}`)).status).toBeGreaterThanOrEqual(400)
  // Of an agent without music it is quiet, as before.
  expect((await asks(server, 'CA3')).verbs).toEqual(['Say', 'Pause', 'Redirect'])
  // What somebody makes of the address changes nothing.
  const odd = await server.post('/calls/answer?since=5&heard=-3e99', { ...form('CA4'), To: '+49301' })
  expect(odd.status).toBe(200)
})

test.each(['completed', 'canceled', 'failed'])(
  'one who hangs up while waiting (%s) has left the queue',
  async status => {
    const server = await open()
    await asks(server, 'CA1')
    await asks(server, 'CA2')
    const three = await asks(server, 'CA3')
    await server.post('/calls/status', { ...form('CA2'), CallStatus: status })
    expect(server.calls.waiting()).toBe(1)
    expect((await asks(server, 'CA3', three.again)).words).toMatch(/number 1 /)
  },
)

test('one who stops asking has left the queue after 25 s, and holds nobody up', async () => {
  const server = await open()
  await asks(server, 'CA1')
  await asks(server, 'CA2')
  await server.clock.advance(20_000)
  const three = await asks(server, 'CA3')
  await server.clock.advance(5_000)
  expect((await asks(server, 'CA3', three.again)).words).toMatch(/number 1 /)
})

test('nobody waits longer than three minutes, wherever they began to', async () => {
  const server = await open()
  const other = await open()
  const keep = async (): Promise<void> => {
    await asks(server, 'CA1')
    await asks(other, 'CA1')
  }
  await keep()
  let { again } = await asks(server, 'CA2')
  let last: Awaited<ReturnType<typeof asks>> | undefined
  let waitedMs = 0
  for (let turn = 0; again !== undefined; turn++) {
    await Promise.all([server, other].map(({ clock }) => clock.advance(12_000)))
    waitedMs += 12_000
    await keep()
    last = await asks(turn % 2 === 0 ? other : server, 'CA2', again)
    again = last.again
  }
  expect([waitedMs, last?.verbs]).toEqual([180_000, ['Say', 'Hangup']])
})

test('a caller who is sent to a server that has a place is answered there', async () => {
  const full = await open()
  const free = await open()
  await asks(full, 'CA1')
  const { again } = await asks(full, 'CA2')
  expect((await asks(free, 'CA2', again)).verbs).toEqual(CONNECTED)
})

test('a server that is taken down sends those who wait on to others, with the time that they have waited', async () => {
  const server = await open()
  await asks(server, 'CA1')
  const { again } = await asks(server, 'CA2')
  server.calls.stop()
  expect(server.calls.waiting()).toBe(0)
  const sent = await asks(server, 'CA2', again)
  const since = new URLSearchParams(again?.split('?')[1]).get('since')
  expect([sent.verbs, sent.again]).toEqual([['Pause', 'Redirect'], `/calls/answer?times=1&since=${since}`])
})

test('a drain waits for those who wait to ask once more', async () => {
  const server = await open()
  await asks(server, 'CA2')
  server.calls.began('CA2')
  await asks(server, 'CA3')
  server.calls.stop()
  server.calls.forget('CA2')
  server.calls.ended('CA2')
  let isEmpty = false
  const emptied = server.calls.empty(new AbortController().signal).then(() => {
    isEmpty = true
  })
  await server.clock.advance(24_000)
  expect(isEmpty).toBe(false)
  server.calls.over('CA3')
  await emptied
})

test('a server that closes waits for nobody who waited', async () => {
  const server = await open()
  await asks(server, 'CA1')
  await asks(server, 'CA2')
  server.calls.stop()
  server.calls.expectNone()
  await server.calls.empty(new AbortController().signal)
  expect(server.clock.pending).toBe(0)
})

test('a server that is late lets nobody in, whether there is room or not, and goes on with who is there', async () => {
  let isLate = true
  const refused: string[] = []
  const rules = { mostWaiting: 1, isLate: () => isLate, refused: (why: string) => refused.push(why) }
  const server = await open({ maxCalls: 10, rules })
  const waits = await asks(server, 'CA1')
  expect(waits.words).toMatch(/number 1 /)
  expect((await asks(server, 'CA2')).verbs).toEqual(['Say', 'Hangup'])
  expect(refused).toEqual(['late'])
  isLate = false
  expect((await asks(server, 'CA1', waits.again)).verbs).toEqual(CONNECTED)
  isLate = true
  expect((await asks(server, 'CA1')).verbs).toEqual(CONNECTED)
})

test('the third call of a number hears a sentence, and the log has no number', async () => {
  const rules = { ofCaller: { mostAtOnce: 2, mostAnHour: 100 } }
  const server = await open({ maxCalls: 10, rules })
  await asks(server, 'CA1')
  await asks(server, 'CA2')
  const third = await asks(server, 'CA3')
  expect([third.status, third.verbs, third.words]).toEqual([
    200,
    ['Say', 'Hangup'],
    'There are too many calls from your number just now. Please call again later.',
  ])
  for (const callSid of ['CB1', 'CB2', 'CB3'])
    expect((await asks(server, callSid, '/calls/answer', 'Anonymous')).verbs).toEqual(CONNECTED)
  expect((await asks(server, 'CA4', '/calls/answer', '+15550100009')).verbs).toEqual(CONNECTED)
  expect(JSON.stringify([server.warned.all, server.errors])).not.toContain('555')
})

test('a call whose stream opens after its place went to another one is not opened', async () => {
  const server = await open({ rules: {} })
  const pass = await server.answered('CA1')
  server.calls.over('CA1')
  await server.answered('CA2')
  const socket = server.dial()
  await socket.isOpen
  socket.start('CA1', pass)
  expect(await socket.closed).toBe(1011)
  expect([server.calls.live(), server.held.all.length]).toEqual([0, 0])
})

test('a call that is being transferred keeps its place while that rings, and loses it when somebody has answered', async () => {
  const server = await open({ transferNumber: '+15557654321', rules: {} })
  const { call, socket } = await server.onTheLine('CA1')
  await call.channel.close('transfer')
  await socket.closed
  await call.isOver
  await server.post('/calls/next', form('CA1'))
  expect((await asks(server, 'CA2')).verbs).toEqual(['Say', 'Hangup'])
  const back = await server.post('/calls/next', { ...form('CA1'), DialCallStatus: 'no-answer' })
  expect(parseTwiml(back.body).map(({ verb }) => verb)).toEqual(CONNECTED)
  expect((await asks(server, 'CA2')).verbs).toEqual(['Say', 'Hangup'])
  await server.post('/calls/status', { ...form('CA1'), CallStatus: 'completed' })
  expect((await asks(server, 'CA2')).verbs).toEqual(CONNECTED)
})

test.each([
  ['de', 'Gerade sind alle Leitungen besetzt.', 'Sie sind jetzt Nummer 1 in der Warteschlange.'],
  ['es', 'En este momento todas las líneas están ocupadas.', 'Ahora su turno es el número 1.'],
])('in %s callers wait in their language', async (language, first, later) => {
  const server = await open({ language })
  await asks(server, 'CA1')
  const waits = await asks(server, 'CA2')
  expect(waits.words).toContain(first)
  expect((await asks(server, 'CA2', waits.again)).words).toContain(later)
})

test.each(['since=-1', 'since=x', 'since=99999999999999999999', 'times=x', 'since=1&since=2'])(
  'a URL of ours that was spoiled (%s) is answered all the same',
  async query => {
    const server = await open()
    expect((await asks(server, 'CA1', `/calls/answer?${query}`)).verbs).toEqual(CONNECTED)
    expect((await asks(server, 'CA2', `/calls/answer?${query}`)).status).toBe(200)
  },
)
