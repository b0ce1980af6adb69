import { expect, onTestFinished, test } from 'vitest'
import { openBrowserServer } from '../browser-server.ts'
import { caller } from '../memory-rooms.ts'

/** A server whose agent `face` has an avatar; `asked` has the rooms for which it was asked for. */
async function open() {
  const asked: string[] = []
  const died = Promise.withResolvers<string>()
  const start = async (room: string) => {
    asked.push(room)
    return { over: died.promise }
  }
  const server = await openBrowserServer({
    avatarOf: agent => (agent === 'face' ? start : undefined),
  })
  onTestFinished(server.close)
  return { server, asked, die: died.resolve }
}

test('the avatar of the agent that a page asks for comes to its room, the greeting waits for it, and it leaves with the agent', async () => {
  const { server, asked } = await open()
  const { room, callId } = await server.opened({ agent: 'face' })
  expect(asked).toEqual([callId])
  expect(room.orders).toEqual([{ kind: 'expect' }])
  room.listener.arrived(caller())
  await server.clock.advance(3_000)
  expect(server.held).toEqual([])
  room.listener.avatar({ kind: 'here' })
  await server.clock.advance(1)
  expect(server.held).toHaveLength(1)
  expect(server.held[0]?.notes).toEqual([
    { kind: 'avatar', state: 'asked' },
    { kind: 'avatar', state: 'here' },
  ])
  room.listener.asked('caller', 'leave', '')
  await server.clock.advance(100)
  expect(room.orders.at(-1)).toEqual({ kind: 'remove' })
  expect(room.isLeft).toBe(true)
})

test('an avatar that left with the person is asked for again when they come back', async () => {
  const { server, asked } = await open()
  const { room } = await server.opened({ agent: 'face' })
  room.listener.avatar({ kind: 'here' })
  room.listener.arrived(caller())
  await server.clock.advance(100)
  room.listener.left('caller', 'loaded anew')
  room.listener.avatar({ kind: 'gone', why: 'it left the room' })
  await server.clock.advance(100)
  expect(asked).toHaveLength(1)
  room.listener.arrived(caller())
  await server.clock.advance(100)
  expect(asked).toHaveLength(2)
})

test('one whose process dies is put out of the room, where its last picture would stand still', async () => {
  const { server, die } = await open()
  const { room } = await server.opened({ agent: 'face' })
  room.listener.avatar({ kind: 'here' })
  room.listener.arrived(caller())
  await server.clock.advance(100)
  die('the process of the faces ended (SIGKILL)')
  await server.clock.advance(1)
  expect(room.orders.at(-1)).toEqual({ kind: 'remove' })
  expect(server.held[0]?.notes.at(-1)).toMatchObject({ state: 'gone', why: expect.stringContaining('SIGKILL') })
})

test('an agent without an avatar has none, and a caller of a trunk sees nobody', async () => {
  const { server, asked } = await open()
  const { room } = await server.opened()
  room.listener.arrived(caller())
  await server.clock.advance(100)
  expect(server.held).toHaveLength(1)
  expect(room.orders).toEqual([])
  expect(asked).toEqual([])
})

test('what somebody else does as the avatar is nothing that the caller does', async () => {
  const { server } = await open()
  const { room } = await server.opened({ agent: 'face' })
  room.listener.arrived({ identity: 'avatar', kind: 'browser', attributes: { 'lk.publish_on_behalf': 'agent' } })
  room.listener.avatar({ kind: 'here' })
  await server.clock.advance(10_000)
  expect(server.held).toEqual([])
  room.listener.arrived(caller())
  await server.clock.advance(100)
  room.listener.typed('avatar', 'hang up')
  room.listener.asked('avatar', 'leave', '')
  room.listener.left('avatar', 'disconnected')
  await server.clock.advance(100)
  expect(server.held[0]?.came.filter(({ kind }) => kind !== 'audio')).toEqual([])
  expect(server.held[0]?.isOver).toBe(false)
})
