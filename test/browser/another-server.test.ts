import { expect, onTestFinished, test } from 'vitest'
import { openBrowserServer } from './browser-server.ts'
import { caller } from './memory-rooms.ts'

type Server = Awaited<ReturnType<typeof open>>

async function open(options: Parameters<typeof openBrowserServer>[0] = {}) {
  const server = await openBrowserServer(options)
  onTestFinished(server.close)
  return server
}

/** A person who talks. */
async function talking(server: Server) {
  const seat = await server.opened()
  seat.room.listener.arrived(caller())
  await server.clock.advance(10)
  return seat
}

/** Their page asks another server for the same conversation, and joins its room. */
async function rejoins(server: Server, back: string): Promise<void> {
  const { room } = await server.opened({ back })
  room.listener.arrived(caller())
  await server.clock.advance(600)
}

test('a conversation that is let go of is written to its end, and goes on at another server', async () => {
  const first = await open()
  const { room, callId, back } = await talking(first)
  expect(first.channel.held()).toEqual([{ callId, attempt: 1 }])
  first.channel.letGo([callId, 'web-of-nobody'], 'another server carries the call on')
  // Nothing is held twice, and nothing is ended: neither the room, nor the conversation.
  expect(first.channel.held()).toEqual([])
  await first.clock.advance(100)
  expect(first.held[0]).toMatchObject({ isOver: true })
  expect(first.held[0]?.came.at(-1)).toEqual({ kind: 'lost', why: 'another server carries the call on' })
  expect(room).toMatchObject({ isLeft: true, isEnded: false })
  expect(room.told.map(({ topic }) => topic)).toEqual(['partyline.moved'])
  expect(first.sessions.size).toBe(0)
  expect(await first.store.factsOf(callId)).toEqual({ streams: 1, next: undefined })

  const second = await open({ store: first.store })
  await rejoins(second, back)
  expect([...second.rooms.keys()]).toEqual([callId])
  expect(second.held.map(({ opening }) => opening)).toMatchObject([{ callId, attempt: 2, owner: 'ann' }])
})

test('its pass leads to no conversation of somebody else, and not past a server that is full or being taken down', async () => {
  const first = await open()
  const { callId, back } = await talking(first)
  first.channel.letGo([callId], 'another server carries the call on')
  await first.clock.advance(100)
  const second = await open({ store: first.store, maxCalls: 1 })
  const bob = await second.ask({ back }, { 'x-owner': 'bob' })
  expect(bob.statusCode).toBe(200)
  expect(second.joins).not.toContain(callId)
  const full = await second.ask({ back })
  expect([full.statusCode, full.json().error.kind]).toEqual([503, 'busy'])
  first.calls.stop()
  const stopping = await first.ask({ back })
  expect([stopping.statusCode, stopping.json().error.kind]).toEqual([503, 'stopping'])
  // The page tries again, and another server has room.
  const third = await open({ store: first.store })
  await rejoins(third, back)
  expect(third.held[0]?.opening).toMatchObject({ callId, attempt: 2 })
})

test('somebody who is away just then has it back at another server', async () => {
  const first = await open()
  const { room, callId, back } = await talking(first)
  room.listener.left('caller', 'the tab was loaded anew')
  await first.clock.advance(1_000)
  expect(first.channel.held()).toEqual([{ callId, attempt: 1 }])
  first.channel.letGo([callId], 'another server carries the call on')
  await first.clock.advance(100)
  expect(room).toMatchObject({ isLeft: true, isEnded: false })
  const second = await open({ store: first.store })
  await rejoins(second, back)
  expect(second.held[0]?.opening).toMatchObject({ callId, attempt: 2 })
})

test('a telephone in a room stays: nobody would ask for it again', async () => {
  const server = await open()
  const { room } = await server.opened()
  room.listener.arrived({ identity: 'sip_1', kind: 'telephone', attributes: {} })
  await server.clock.advance(3_100)
  expect(server.held).toHaveLength(1)
  expect(server.channel.held()).toEqual([])
})

test('a server that was killed, or stands still, is followed by another one, and lets go when it goes on', async () => {
  const first = await open()
  const { room, callId, back } = await talking(first)
  const second = await open({ store: first.store })
  await rejoins(second, back)
  expect(second.held[0]?.opening).toMatchObject({ callId, attempt: 2 })
  // It goes on, and finds a later stream than its own in the store.
  const [held] = first.channel.held()
  expect(held).toEqual({ callId, attempt: 1 })
  expect((await first.store.factsOf(callId)).streams).toBeGreaterThan(held?.attempt ?? 2)
  first.channel.letGo([callId], 'another server has taken the call')
  await first.clock.advance(100)
  expect(room).toMatchObject({ isLeft: true, isEnded: false })
  expect(second.held[0]?.isOver).toBe(false)
  expect(await second.store.factsOf(callId)).toEqual({ streams: 2, next: undefined })
})
