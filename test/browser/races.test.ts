import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../../src/channels/browser/session.ts'
import { ACCESS, openBrowserServer } from './browser-server.ts'
import { caller, memoryRooms } from './memory-rooms.ts'

async function open(options: Parameters<typeof openBrowserServer>[0] = {}) {
  const server = await openBrowserServer(options)
  onTestFinished(server.close)
  return server
}

/** Requests are on their way: they have gone as far as they can. */
async function settled({ clock }: Awaited<ReturnType<typeof open>>): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await clock.advance(0)
}

async function talking(server: Awaited<ReturnType<typeof open>>) {
  const seat = await server.opened()
  seat.room.listener.arrived(caller())
  await server.clock.advance(10)
  return seat
}

test('a page that asks again at once, after its room was lost, finds the agent in a room', async () => {
  const server = await open()
  const { openCall } = server.host
  const sealed = Promise.withResolvers<void>()
  server.host.openCall = async opening => {
    const call = await openCall(opening)
    return { ...call, hold: (...line) => call.hold(...line).then(() => sealed.promise) }
  }
  const { room, callId, back } = await talking(server)
  room.listener.lost('LiveKit restarts')
  await server.clock.advance(10)
  const asked = server.ask({ back })
  await settled(server)
  sealed.resolve()
  expect((await asked).statusCode).toBe(200)
  const again = server.rooms.get(callId)
  expect(again).not.toBe(room)
  expect(again?.isLeft).toBe(false)
  again?.listener.arrived(caller())
  await server.clock.advance(600)
  expect(server.held.map(({ opening }) => opening.attempt)).toEqual([1, 2])
})

test('two requests with one pass at once open one session', async () => {
  const first = await open()
  const { room, callId, back } = await talking(first)
  room.listener.lost('the server is killed')
  await first.clock.advance(100)
  const joined = Promise.withResolvers<void>()
  const second = await open({ store: first.store, joinsAfter: joined.promise })
  const asked = [second.ask({ back }), second.ask({ back })]
  await settled(second)
  joined.resolve()
  const answers = await Promise.all(asked)
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200])
  expect(second.joins).toEqual([callId])
  expect(second.sessions.size).toBe(1)
})

test('who comes and goes while the agent is still joining does no harm', async () => {
  const server = await open()
  const { rooms, join } = memoryRooms()
  const session = await openSession(
    {
      ...{ host: server.host, access: ACCESS, callId: 'web-1', roomName: 'web-1', ownerOf: () => 'ann' },
      join: (access, room, listener, signal) => {
        listener.arrived(caller())
        listener.left('caller', 'the tab was closed')
        return join(access, room, listener, signal)
      },
    },
    new AbortController().signal,
  )
  rooms.get('web-1')?.listener.arrived(caller())
  await server.clock.advance(100)
  expect(server.held).toHaveLength(1)
  rooms.get('web-1')?.listener.asked('caller', 'leave', '')
  await server.clock.advance(100)
  await session.over
})

test('who leaves while the record is being opened can come back', async () => {
  const server = await open()
  const { room } = await server.opened()
  const { takePass } = server.host.store
  server.host.store.takePass = async (...asked) => {
    room.listener.left('caller', 'the tab was closed')
    server.host.store.takePass = takePass
    return takePass(...asked)
  }
  room.listener.arrived(caller())
  await server.clock.advance(100)
  expect(server.warned).toEqual([])
  expect(room.isLeft).toBe(false)
  room.listener.arrived(caller())
  await server.clock.advance(600)
  expect(server.held.at(-1)).toMatchObject({ isOver: false })
})

test.each(['before their arrival is told', 'after their leaving is told'])(
  'a leave that comes %s is heard',
  async when => {
    const server = await open()
    const { room, callId } = await server.opened()
    if (when === 'before their arrival is told') room.listener.asked('caller', 'leave', '')
    room.listener.arrived(caller())
    room.listener.left('caller', 'the tab was closed')
    if (when === 'after their leaving is told') room.listener.asked('caller', 'leave', '')
    await server.clock.advance(100)
    expect(room.isEnded).toBe(true)
    expect(server.sessions.has(callId)).toBe(false)
  },
)

test('what is typed before their arrival is told is a turn', async () => {
  const server = await open()
  const { room } = await server.opened()
  room.listener.typed('caller', 'What is due?')
  room.listener.arrived(caller())
  await server.clock.advance(600)
  expect(server.held[0]?.came).toContainEqual({ kind: 'typed', text: 'What is due?' })
})

test('who ends the conversation before it has begun is not waited for', async () => {
  const server = await open()
  const { room } = await server.opened()
  const { takePass } = server.host.store
  const opens = Promise.withResolvers<void>()
  server.host.store.takePass = async (...asked) => {
    await opens.promise
    return takePass(...asked)
  }
  room.listener.arrived(caller())
  await server.clock.advance(10)
  room.listener.asked('caller', 'leave', '')
  room.listener.left('caller', 'the person left')
  opens.resolve()
  await server.clock.advance(100)
  expect(room).toMatchObject({ isLeft: true, isEnded: true })
})

test('a page that was given its place before the server began to drain is still answered', async () => {
  const server = await open()
  const { room } = await server.opened()
  server.calls.stop()
  room.listener.arrived(caller())
  await server.clock.advance(10)
  expect(server.held).toHaveLength(1)
})

test('who drops while the server drains may go on at another one', async () => {
  const server = await open()
  const { room, callId } = await talking(server)
  server.calls.stop()
  room.listener.left('caller', 'the tab was closed')
  await server.clock.advance(6_000)
  room.listener.arrived(caller())
  await server.clock.advance(600)
  expect(room).toMatchObject({ isLeft: true, isEnded: false })
  expect((await server.store.factsOf(callId)).next).toBeUndefined()
})

test('a telephone that hangs up is not waited for, and nobody else takes its place', async () => {
  const server = await open()
  const { room } = await server.opened()
  room.listener.arrived({ ...caller('sip_1'), kind: 'telephone' })
  await server.clock.advance(10)
  room.listener.left('sip_1', 'hung up')
  room.listener.arrived({ ...caller('sip_2'), kind: 'telephone' })
  await server.clock.advance(100)
  expect(server.held).toHaveLength(1)
  expect(server.held[0]?.came.at(-1)).toMatchObject({ kind: 'gone' })
  expect(room).toMatchObject({ isLeft: true, isEnded: true })
})

test('a server that closes while a person begins to hear the agent leaves nothing running', async () => {
  const server = await openBrowserServer()
  const { room } = await server.opened()
  room.receives = new Promise(() => undefined)
  room.listener.arrived(caller())
  await server.clock.advance(1_000)
  await server.close()
  expect(room.isLeft).toBe(true)
  expect(server.held).toMatchObject([{ isOver: true }])
  expect(server.clock.pending).toBe(0)
})

test('of a flood of typed texts ten are taken in ten seconds: each is a turn, which asks the model', async () => {
  const server = await open()
  const { room } = await talking(server)
  const taken = (): number => server.held[0]?.came.filter(({ kind }) => kind === 'typed').length ?? 0
  for (let i = 0; i < 100; i++) room.listener.typed('caller', `number ${i}`)
  await server.clock.advance(9_000)
  room.listener.typed('caller', 'still too early')
  await server.clock.advance(100)
  expect(taken()).toBe(10)
  await server.clock.advance(1_000)
  room.listener.typed('caller', 'add milk')
  await server.clock.advance(100)
  expect(taken()).toBe(11)
})
