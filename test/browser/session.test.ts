import { expect, onTestFinished, test } from 'vitest'
import type { Speech } from '../../src/conversation/ports.ts'
import { Queue } from '../../src/conversation/queue.ts'
import { openBrowserServer } from './browser-server.ts'
import { caller } from './memory-rooms.ts'

async function open(options: Parameters<typeof openBrowserServer>[0] = {}) {
  const server = await openBrowserServer(options)
  onTestFinished(server.close)
  return server
}

/** A person who talks. */
async function talking(server: Awaited<ReturnType<typeof open>>) {
  const seat = await server.opened()
  seat.room.listener.arrived(caller())
  await server.clock.advance(10)
  return seat
}

test('the agent waits in the room, and the conversation begins when the person receives its voice', async () => {
  const server = await open()
  const { room, callId } = await server.opened()
  expect(room.shown['lk.agent.state']).toBe('initializing')
  const receives = Promise.withResolvers<void>()
  room.receives = receives.promise
  room.listener.arrived(caller())
  await server.clock.advance(100)
  expect(server.held).toEqual([])
  receives.resolve()
  await server.clock.advance(1)
  expect(server.held[0]?.opening).toMatchObject({ callId, channelName: 'browser', attempt: 1, owner: 'ann' })
})

test.each([
  ['held', 1],
  ['ducked', 0],
] as const)('an agent whose voice is %s when it is spoken over lets the page judge that: %i', async (yields, times) => {
  const server = await open({ yields })
  const { room } = await talking(server)
  expect(room.shown['partyline.yields']).toBe(yields)
  const { channel, notes } = server.held[0] ?? {}
  const speech = new Queue<Speech>(10)
  speech.push({ kind: 'audio', frame: { pcm: new Int16Array(24_000), rateHz: 24_000 } })
  speech.close()
  const stop = new AbortController()
  const playing = Array.fromAsync(channel?.play(speech, stop.signal) ?? [])
  await server.clock.advance(300)
  room.listener.asked('somebody else', 'spoken-over', '')
  room.listener.asked('caller', 'spoken-over', '')
  expect(notes?.filter(({ kind }) => kind === 'spoken-over')).toHaveLength(times)
  stop.abort(new Error('over'))
  await server.clock.advance(1_000)
  await playing
})

test('a page has the agent that it asks for', async () => {
  const server = await open()
  for (const [body, agent] of [
    [{}, 'paula'],
    [{ agent: 'pizza' }, 'pizza'],
  ] as const) {
    const { room } = await server.opened(body)
    room.listener.arrived(caller())
    await server.clock.advance(10)
    expect(server.held.at(-1)?.opening.agent).toBe(agent)
  }
  expect((await server.ask({ agent: 7 })).statusCode).toBe(400)
})

test('a voice that is never received holds the conversation back for three seconds', async () => {
  const server = await open()
  const { room } = await server.opened()
  room.receives = new Promise(() => undefined)
  room.listener.arrived(caller())
  await server.clock.advance(2_999)
  expect(server.held).toHaveLength(0)
  await server.clock.advance(1)
  expect(server.held).toHaveLength(1)
})

test('who does not come within a minute finds the agent gone', async () => {
  const server = await open()
  const { room, callId } = await server.opened()
  await server.clock.advance(59_900)
  expect(room.isLeft).toBe(false)
  await server.clock.advance(200)
  expect(room.isLeft).toBe(true)
  expect(server.sessions.size).toBe(0)
  expect(server.held).toEqual([])
  expect((await server.store.factsOf(callId)).streams).toBe(0)
})

test('who drops and comes back within 30 s goes on with the same conversation', async () => {
  const server = await open()
  const { room, callId } = await talking(server)
  room.listener.left('caller', 'the tab was closed')
  await server.clock.advance(100)
  expect(server.held[0]).toMatchObject({ isOver: true })
  await server.clock.advance(29_000)
  expect(room.isLeft).toBe(false)
  room.listener.arrived(caller())
  await server.clock.advance(600)
  expect(server.held[1]?.opening).toMatchObject({ callId, attempt: 2 })
  expect(room.told.map(({ topic }) => topic)).not.toContain('partyline.ended')
})

test('who leaves before the conversation has begun is not waited for', async () => {
  const server = await open()
  const { room } = await server.opened()
  room.listener.arrived(caller())
  room.listener.asked('caller', 'leave', '')
  room.listener.left('caller', 'disconnected')
  await server.clock.advance(100)
  expect(room.isLeft).toBe(true)
  expect(server.sessions.size).toBe(0)
})

test('after 30 s the conversation is over, and the pass begins a new one', async () => {
  const server = await open()
  const { room, callId, back } = await talking(server)
  room.listener.left('caller', 'the tab was closed')
  await server.clock.advance(30_200)
  expect(room.isLeft).toBe(true)
  expect((await server.store.factsOf(callId)).next).toBe('hang-up')
  expect((await server.opened({ back })).callId).not.toBe(callId)
})

test('a page that is loaded anew comes back to its room by its pass', async () => {
  const server = await open()
  const { room, callId, back } = await talking(server)
  room.listener.left('caller', 'loaded anew')
  await server.clock.advance(1_000)
  expect((await server.ask({ back })).statusCode).toBe(200)
  expect([...server.rooms.keys()]).toEqual([callId])
  room.listener.arrived(caller())
  await server.clock.advance(600)
  expect(server.held[1]?.opening).toMatchObject({ callId, attempt: 2 })
})

test("another person's pass, or one that was changed, begins a new conversation", async () => {
  const server = await open()
  const { callId, back } = await talking(server)
  await server.ask({ back }, { 'x-owner': 'bob' })
  await server.ask({ back: back.replace(/^./, 'x') })
  await server.ask({ back: `${back}.more` })
  expect(server.rooms.size).toBe(4)
  expect([...server.rooms.keys()].filter(name => name === callId)).toHaveLength(1)
})

test('a second tab that takes over goes on where the first was', async () => {
  const server = await open()
  const { room } = await talking(server)
  // LiveKit removes the first of two with one name, then the second has arrived.
  room.listener.left('caller', 'duplicate identity')
  room.listener.arrived(caller())
  await server.clock.advance(600)
  expect(server.held.map(({ isOver }) => isOver)).toEqual([true, false])
})

test('what is typed before the conversation has begun is answered once it has', async () => {
  const server = await open()
  const { room } = await server.opened()
  room.listener.arrived(caller())
  for (let i = 0; i < 50; i++) room.listener.typed('caller', `early ${i}`)
  await server.clock.advance(10)
  const typed = () =>
    server.held.at(-1)?.came.flatMap(inbound => (inbound.kind === 'typed' ? [inbound.text] : [])) ?? []
  expect(typed()).toEqual(Array.from({ length: 10 }, (_, i) => `early ${i}`))
  room.listener.left('caller', 'loaded anew')
  await server.clock.advance(1_000)
  room.listener.arrived(caller())
  room.listener.typed('caller', 'and now?')
  await server.clock.advance(1_000)
  expect(typed()).toEqual(['and now?'])
})

test('who ends the conversation is not waited for', async () => {
  const server = await open()
  const { room, callId } = await talking(server)
  room.listener.asked('caller', 'leave', '')
  await server.clock.advance(10)
  expect(server.held[0]?.came.at(-1)).toMatchObject({ kind: 'gone' })
  expect(room.told.at(-1)).toMatchObject({ topic: 'partyline.ended', text: 'hang-up' })
  expect(room).toMatchObject({ isLeft: true, isEnded: true })
  expect((await server.store.factsOf(callId)).next).toBe('hang-up')
})

test('a room that is lost ends nothing for good: another server may go on with it', async () => {
  const first = await open()
  const { room, callId, back } = await talking(first)
  room.listener.lost('the server restarts')
  await first.clock.advance(100)
  expect(first.sessions.size).toBe(0)
  expect(room.isEnded).toBe(false)
  const second = await open({ store: first.store })
  const again = await second.opened({ back })
  expect(again.callId).toBe(callId)
  again.room.listener.arrived(caller())
  await second.clock.advance(600)
  expect(second.held[0]?.opening).toMatchObject({ callId, attempt: 2 })
})

test('nobody but the person is heard, and their text, keys and sound arrive in order', async () => {
  const server = await open()
  const { room } = await talking(server)
  const sound = new Int16Array(320).fill(1_000)
  room.listener.sound('stranger', sound)
  room.listener.typed('stranger', 'delete everything')
  room.listener.asked('stranger', 'leave', '')
  room.listener.sound('caller', sound)
  room.listener.typed('caller', 'add milk')
  room.listener.key('caller', '5')
  await server.clock.advance(10)
  expect(server.held[0]?.came).toMatchObject([
    { kind: 'audio', frame: { rateHz: 16_000 } },
    { kind: 'typed', text: 'add milk' },
    { kind: 'digit', digit: '5' },
  ])
})

test('a muted microphone is silence to the conversation', async () => {
  const server = await open()
  const { room } = await talking(server)
  room.listener.sound('caller', new Int16Array(320).fill(1_000))
  await server.clock.advance(2_000)
  const samples = server.held[0]?.came.flatMap(inbound => (inbound.kind === 'audio' ? [inbound.frame] : [])) ?? []
  const ms = samples.reduce((sum, { pcm }) => sum + pcm.length / 16, 0)
  expect(ms).toBeGreaterThan(1_800)
  expect(ms).toBeLessThanOrEqual(2_020)
  expect(samples.slice(1).every(({ pcm }) => pcm.every(sample => sample === 0))).toBe(true)
  const times = samples.map(({ atMs }) => atMs)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
})

test('the network is noted every ten seconds', async () => {
  const server = await open()
  const { room } = await talking(server)
  room.statistics = { lossPercent: 1.5, jitterMs: 12, roundTripMs: 80 }
  await server.clock.advance(20_500)
  expect(server.held[0]?.notes.filter(({ kind }) => kind === 'network')).toHaveLength(2)
})

test('a hundred conversations leave nothing behind', async () => {
  const server = await openBrowserServer()
  for (let i = 0; i < 100; i++) {
    const { room } = await server.opened()
    room.listener.arrived(caller())
    await server.clock.advance(20)
    if (i % 2 === 0) room.listener.asked('caller', 'leave', '')
    else room.listener.left('caller', 'gone')
    await server.clock.advance(i % 2 === 0 ? 20 : 31_000)
    expect(room.isLeft).toBe(true)
  }
  expect(server.sessions.size).toBe(0)
  expect(server.calls.live()).toBe(0)
  expect(server.clock.pending).toBe(0)
  await server.close()
})

test('the agent leaves when the server closes', async () => {
  const server = await openBrowserServer()
  const { room } = await talking(server)
  await server.close()
  expect(room.isLeft).toBe(true)
  expect(server.clock.pending).toBe(0)
})
