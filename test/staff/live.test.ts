import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import type { CallRecorder } from '../../src/channels/call-host.ts'
import { JOURNAL_VERSION, type JournalLine, type Line } from '../../src/conversation/lines.ts'
import * as shapes from '../../src/staff/api-shapes.ts'
import { hints } from '../../src/staff/live/hints.ts'
import type { LiveOpening } from '../../src/staff/live/live-calls.ts'
import { liveSound } from '../../src/staff/live/live-sound.ts'
import { CALLER, oneCall } from './one-call.ts'
import { PAGE, staffServer, told } from './staff-server.ts'

const LIVE = 'CA-live'
const OF_LIVE = `/staff/api/live/${LIVE}`
const [FIRST] = oneCall().lines

const line = (content: Line, seq = 1): JournalLine => ({ v: JOURNAL_VERSION, seq, atMs: 0, ...content })
const silence: CallRecorder = {
  caller: () => undefined,
  agent: () => undefined,
  moveAgent: () => undefined,
  cutAgent: () => undefined,
}
const tone = (value: number, samples = 160): Int16Array => new Int16Array(samples).fill(value)

async function opened(changed: Partial<LiveOpening> = {}) {
  const server = await staffServer()
  const noted: object[] = []
  const ends: Error[] = []
  const feed = server.live.opening({
    ...{ callId: LIVE, attempt: 2, agent: 'Robin', channel: 'phone', startedAt: '2026-11-27T12:00:00.000Z' },
    ...{
      caller: CALLER,
      rateHz: 8_000,
      sound: true,
      canTransfer: true,
      costUsd: () => 0.0123,
      note: one => noted.push(one),
    },
    ...changed,
  })
  feed.began()
  feed.holding(reason => ends.push(reason))
  const recorder = feed.tap(silence)

  /** A listener's socket, with the frames that have come. */
  async function listen(cookie: string) {
    const socket: WebSocket = server.socket(`${OF_LIVE}/listen`, { cookie, origin: PAGE })
    const texts: string[] = []
    const sounds: Buffer[] = []
    socket.on('message', (data: Buffer, isBinary) => (isBinary ? sounds.push(data) : texts.push(String(data))))
    const [first] = await once(socket, 'message')
    await expect
      .poll(() => noted.filter(one => 'kind' in one && one.kind === 'staff-listens').length)
      .toBeGreaterThan(0)
    return { socket, texts, sounds, first: shapes.listening.parse(JSON.parse(String(first))) }
  }
  return { ...server, feed, recorder, noted, ends, listen }
}

test('live calls are listed with their state, and with masked numbers for listeners', async () => {
  const { asking, cookieOf, feed } = await opened()
  const [listener, supervisor] = [asking(await cookieOf('listener')), asking(await cookieOf('supervisor'))]
  const only = async (ask: typeof listener) => shapes.liveCalls.parse((await ask('GET', '/staff/api/live')).body).calls
  expect(await only(listener)).toEqual([
    {
      ...{ callId: LIVE, agent: 'Robin', channel: 'phone', startedAt: '2026-11-27T12:00:00.000Z', state: 'starting' },
      ...{ caller: '••• ••• 0123', heldHere: true, server: 'here:8080' },
      costUsd: 0.0123,
    },
  ])
  if (FIRST) feed.onLine(FIRST)
  expect(await only(supervisor)).toMatchObject([{ state: 'replying', caller: CALLER }])
  feed.over()
  expect(await only(supervisor)).toEqual([])
})

test('calls of other servers are listed with where they are held, and nobody is let into them here', async () => {
  const { asking, cookieOf, feed, others, socket, rows } = await opened()
  const cookie = await cookieOf('supervisor')
  const [listener, supervisor] = [asking(await cookieOf('listener')), asking(cookie)]
  const there = { agent: 'Robin', channel: 'phone', startedAt: '2026-11-27T11:00:00.000Z', server: 'there:8080' }
  others.push({ callId: 'CA-there', ...there, caller: CALLER }, { callId: LIVE, ...there, caller: CALLER })
  const listed = async (ask: typeof listener) =>
    shapes.liveCalls.parse((await ask('GET', '/staff/api/live')).body).calls
  expect(await listed(listener)).toEqual([
    { callId: 'CA-there', ...there, state: null, costUsd: null, caller: '••• ••• 0123', heldHere: false },
    expect.objectContaining({ callId: LIVE, heldHere: true, server: 'here:8080' }),
  ])
  expect((await listed(supervisor))[0]?.caller).toBe(CALLER)
  for (const path of ['whisper', 'transfer', 'end']) {
    const asked = { text: 'a hint', number: '+15557654321' }
    const { text, number } = asked
    const body = path === 'whisper' ? { text } : path === 'transfer' ? { number } : {}
    const { status, body: answer } = await supervisor('POST', `/staff/api/live/CA-there/${path}`, body)
    expect([status, answer.error.kind]).toEqual([409, 'elsewhere'])
    expect(answer.error.message).toContain('The server there:8080 holds this call.')
  }
  const [, response] = await once(
    socket('/staff/api/live/CA-there/listen', { cookie, origin: PAGE }),
    'unexpected-response',
  )
  expect(response.statusCode).toBe(409)
  expect((await supervisor('POST', '/staff/api/live/CA-nowhere/end')).status).toBe(404)
  expect(told(await rows())).toEqual([])
  feed.over()
  expect(await listed(listener)).toHaveLength(2)
})

test('who listens gets the journal and both sides of the sound, until the call is over', async () => {
  const { listen, cookieOf, feed, recorder, rows, noted } = await opened()
  const { socket, texts, sounds, first } = await listen(await cookieOf('listener'))
  expect(first).toEqual({ rateHz: 8_000, attempt: 2, sound: true })
  feed.onLine(line({ noted: { kind: 'test', text: `ring ${CALLER} or 555-123-0123` } }, 7))
  for (let ms = 1_000; ms < 1_600; ms += 20) {
    recorder.agent(tone(-200), ms + 300)
    recorder.caller(tone(100), ms, ms + 50)
  }
  feed.over()
  await once(socket, 'close')
  expect(texts.slice(1).map(text => JSON.parse(text))).toEqual([
    { ...{ v: JOURNAL_VERSION, seq: 7, atMs: 0 }, noted: { kind: 'test', text: 'ring ••• ••• 0123 or ••• ••• 0123' } },
  ])
  expect(sounds.map(sound => sound.length)).toEqual(Array(20).fill(640))
  const all = Buffer.concat(sounds)
  const sample = (index: number) => [all.readInt16LE(index * 4), all.readInt16LE(index * 4 + 2)]
  // The agent's frame that plays at 1,320 ms by the clock is 270 ms into what is heard.
  expect([sample(0), sample(2_159), sample(2_160), sample(3_199)]).toEqual([
    [100, 0],
    [100, 0],
    [100, -200],
    [100, -200],
  ])
  expect(told(await rows())).toEqual([`Lea (listener) listened ${LIVE}`])
  expect(noted).toContainEqual({ kind: 'staff-listens', by: 'Lea' })
})

test('a call that is not recorded is read, but not heard', async () => {
  const { listen, cookieOf, feed, recorder } = await opened({ sound: false })
  const { socket, texts, sounds, first } = await listen(await cookieOf('supervisor'))
  for (let ms = 0; ms < 1_000; ms += 20) recorder.caller(tone(100), ms, ms)
  feed.onLine(line({ noted: { kind: 'test' } }))
  feed.over()
  await once(socket, 'close')
  expect([first.sound, texts.length, sounds]).toEqual([false, 2, []])
})

test('a listener who does not read is dropped, and holds up nobody', async () => {
  const { listen, cookieOf, feed, noted } = await opened()
  const { socket } = await listen(await cookieOf('listener'))
  const gone = once(socket, 'close')
  socket.pause()
  const isDropped = () => noted.some(one => 'kind' in one && one.kind === 'staff-leaves')
  // What the sockets of the machine take in comes on top of the bound.
  for (let sent = 0; sent < 4_000 && !isDropped(); sent++) feed.onLine(line({ noted: { kind: 'x'.repeat(10_000) } }))
  expect(isDropped()).toBe(true)
  socket.resume()
  await gone
})

test('who signs out hears nothing any more', async () => {
  const { listen, cookieOf, asking, clock, noted } = await opened()
  const cookie = await cookieOf('listener')
  const { socket } = await listen(cookie)
  await asking(cookie)('POST', '/staff/api/sign-out')
  const closed = once(socket, 'close')
  await clock.advance(10_000)
  expect((await closed)[0]).toBe(4_401)
  expect(noted).toEqual([
    { kind: 'staff-listens', by: 'Lea' },
    { kind: 'staff-leaves', by: 'Lea' },
  ])
})

test('only so many listen to one call', async () => {
  const { listen, cookieOf, socket } = await opened()
  const cookie = await cookieOf('listener')
  for (let listener = 0; listener < 10; listener++) await listen(cookie)
  const [code] = await once(socket(`${OF_LIVE}/listen`, { cookie, origin: PAGE }), 'close')
  expect(code).toBe(1_013)
})

test('supervisors whisper, put a caller through, and end a call, each once and with their name', async () => {
  const { asking, cookieOf, feed, noted, ends, rows, transfers } = await opened()
  const ask = asking(await cookieOf('supervisor'))
  expect((await ask('POST', `${OF_LIVE}/end`)).status).toBe(409)
  if (FIRST) feed.onLine(FIRST)
  expect((await ask('POST', `${OF_LIVE}/whisper`, { text: ' offer a voucher ' })).status).toBe(204)
  expect(feed.context()).toContain('- "offer a voucher"')
  expect((await ask('POST', `${OF_LIVE}/transfer`, { number: '911' })).status).toBe(400)
  expect((await ask('POST', `${OF_LIVE}/transfer`, { number: '+15557654321' })).status).toBe(204)
  expect((await ask('POST', `${OF_LIVE}/end`)).status).toBe(409)
  expect([await transfers.numberFor(LIVE, 2), await transfers.numberFor(LIVE, 1)]).toEqual(['+15557654321', undefined])
  expect(ends.map(({ name }) => name)).toEqual(['HandedOver'])
  expect(noted).toEqual([
    { kind: 'whispered', by: 'Sam', text: 'offer a voucher' },
    { kind: 'staff-transfers', by: 'Sam' },
  ])
  const actions = (await rows()).map(({ action }) => action).toSorted()
  expect(actions).toEqual(['ended', 'ended', 'transferred', 'whispered'])
})

test('a transfer that was refused leaves no number behind, as the agent may put the caller through later', async () => {
  const { asking, cookieOf, feed, transfers, ends } = await opened()
  const ask = asking(await cookieOf('supervisor'))
  const to = (number: string) => ask('POST', `${OF_LIVE}/transfer`, { number })
  expect((await to('+15550000001')).status).toBe(409)
  expect(await transfers.numberFor(LIVE, 2)).toBeUndefined()
  if (FIRST) feed.onLine(FIRST)
  expect((await to('+15550000002')).status).toBe(204)
  expect((await to('+15550000003')).status).toBe(409)
  expect(await transfers.numberFor(LIVE, 2)).toBe('+15550000002')
  expect(ends).toHaveLength(1)
})

test('a call that ends while its transfer is written down is not put through, and a store that fails can be asked again', async () => {
  const { live, feed, ends } = await opened()
  if (FIRST) feed.onLine(FIRST)
  const control = live.find(LIVE)
  await expect(control?.transfer('Sam', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
  expect(await control?.transfer('Sam', async () => feed.over())).toBe(false)
  expect(ends).toEqual([])
})

test('who comes just after a call is over hears nothing, and changes nothing', async () => {
  const { live, feed, noted } = await opened()
  if (FIRST) feed.onLine(FIRST)
  const control = live.find(LIVE)
  feed.over()
  const silent = { line: () => undefined, sound: () => undefined, over: () => undefined }
  expect(control?.listen(silent, 'Lea')).toBeUndefined()
  expect(control?.whisper('too late', 'Sam')).toBe(false)
  expect(noted).toEqual([])
})

test('a listener that breaks is left out, and the call goes on', async () => {
  const { live, feed, recorder } = await opened()
  const breaks = (): never => {
    throw new Error('broken')
  }
  const heard: string[] = []
  live.find(LIVE)?.listen({ line: breaks, sound: breaks, over: breaks }, 'Lea')
  live.find(LIVE)?.listen({ line: () => heard.push('line'), sound: breaks, over: () => heard.push('over') }, 'Max')
  feed.onLine(line({ noted: { kind: 'test' } }))
  for (let ms = 0; ms < 1_000; ms += 20) recorder.caller(tone(100), ms, ms)
  live.find(LIVE)?.listen({ line: () => heard.push('late'), sound: () => undefined, over: breaks }, 'Kim')
  feed.onLine(line({ noted: { kind: 'test' } }))
  feed.over()
  expect(heard).toEqual(['line', 'late'])
})

test('a conversation in a browser cannot be put through', async () => {
  const { asking, cookieOf, feed } = await opened({ canTransfer: false, caller: null })
  if (FIRST) feed.onLine(FIRST)
  const { status, body } = await asking(await cookieOf('supervisor'))('POST', `${OF_LIVE}/transfer`, {
    number: '+15557654321',
  })
  expect([status, body.error.kind]).toEqual([409, 'busy'])
})

test('a hint stays until a reply was heard that was made with it', () => {
  const whispered = hints()
  const asked = (reply: number) =>
    whispered.take(line({ decided: { kind: 'model-asked', reply, part: 0, messages: 1 } }))
  const done = (reply: number) => whispered.take(line({ input: { kind: 'reply-done', atMs: 0, reply } }))
  asked(3)
  whispered.add('first')
  done(3)
  expect(whispered.context()).toContain('first')
  asked(5)
  whispered.add('second')
  // The draft was thrown away, and the reply after it was interrupted.
  asked(7)
  expect(whispered.context()).toMatch(/"first"\n- "second"$/)
  done(5)
  expect(whispered.context()).toMatch(/:\n- "second"$/)
  done(7)
  expect(whispered.context()).toBeUndefined()
  for (let hint = 0; hint < 9; hint++) whispered.add(`hint ${hint}`)
  expect(whispered.context()?.match(/^- /gm)).toHaveLength(5)
})

test('what the agent was cut off at is not heard, and a long gap is left out', () => {
  const frames: Buffer[] = []
  const sound = liveSound(8_000, frame => frames.push(Buffer.from(frame)))
  const samples = (side: 0 | 1): readonly number[] =>
    frames.flatMap(frame =>
      Array.from({ length: frame.length / 4 }, (_, index) => frame.readInt16LE(index * 4 + side * 2)),
    )
  sound.agent(tone(9), 0)
  sound.caller(tone(1), 0, 0)
  for (let ms = 20; ms < 200; ms += 20) sound.agent(tone(-5), ms)
  sound.cutAgent(100)
  for (let ms = 20; ms < 600; ms += 20) sound.caller(tone(1), ms, ms)
  expect(samples(0)).toEqual(Array(3_200).fill(1))
  expect(samples(1).indexOf(-5)).toBe(160)
  expect(samples(1).lastIndexOf(-5)).toBe(799)
  frames.length = 0
  sound.caller(tone(2), 3_600_000, 3_600_000)
  for (let ms = 20; ms < 400; ms += 20) sound.caller(tone(2), 3_600_000 + ms, 3_600_000 + ms)
  expect(samples(0)).toEqual(Array(1_600).fill(2))
})

test('sound that is found to play later while somebody listens goes on without a gap, and the next is where it plays', () => {
  const frames: Buffer[] = []
  const sound = liveSound(8_000, frame => frames.push(Buffer.from(frame)))
  sound.caller(tone(1), 0, 0)
  for (let ms = 100; ms < 200; ms += 20) sound.agent(tone(5), ms)
  sound.moveAgent(100, 15)
  for (let ms = 215; ms < 315; ms += 20) sound.agent(tone(5), ms)
  for (let ms = 400; ms < 500; ms += 20) sound.agent(tone(5), ms)
  for (let ms = 20; ms < 900; ms += 20) sound.caller(tone(1), ms, ms)
  const agent = frames.flatMap(frame =>
    Array.from({ length: frame.length / 4 }, (_, i) => frame.readInt16LE(i * 4 + 2)),
  )
  const heard = agent.flatMap((sample, i) => (sample === 5 ? [i / 8] : []))
  const expected = [...Array(1_600).keys()].map(i => 100 + i / 8)
  expect(heard).toEqual([...expected, ...[...Array(800).keys()].map(i => 400 + i / 8)])
})
