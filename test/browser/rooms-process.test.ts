import { expect, onTestFinished, test } from 'vitest'
import type { RoomListener } from '../../src/channels/browser/room.ts'
import type { RoomEvent } from '../../src/channels/browser/rooms-process/messages.ts'
import { roomsProcess } from '../../src/channels/browser/rooms-process/rooms-process.ts'
import { serveRooms } from '../../src/channels/browser/rooms-process/serve-rooms.ts'
import { FakeClock } from '../fakes/clock.ts'
import { memoryRooms } from './memory-rooms.ts'

const FILE = new URL('./rooms-in-memory-process.ts', import.meta.url)
const ACCESS = { url: 'ws://livekit', apiKey: 'key', apiSecret: 'secret' }
const never = new AbortController().signal

/** Keeps what a room tells. */
function heardIn() {
  const events: RoomEvent[] = []
  const listener = new Proxy({} as RoomListener, {
    get:
      (_, name) =>
      (...given: readonly unknown[]) =>
        void events.push([name, ...given] as unknown as RoomEvent),
  })
  const of = <Name extends RoomEvent[0]>(name: Name) =>
    events.filter((event): event is Extract<RoomEvent, readonly [Name, ...unknown[]]> => event[0] === name)
  return { listener, events, of, pid: () => Number(of('arrived')[0]?.[1].identity) }
}

function openRooms() {
  const clock = new FakeClock()
  const errors: unknown[] = []
  const rooms = roomsProcess({ clock, file: FILE, log: { error: (some: unknown) => void errors.push(some) } })
  onTestFinished(() => rooms.close())
  async function joined(name: string, signal = never) {
    const heard = heardIn()
    const room = await rooms.join(ACCESS, { name, token: 'token', speaks: true }, heard.listener, signal)
    return { room, ...heard }
  }
  return { clock, errors, rooms, joined }
}

const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('what the agent does reaches the room, and what happens there the server, in order', async () => {
  const { joined, clock } = openRooms()
  const { room, events, of, pid } = await joined('one')
  expect(of('arrived')[0]?.[1].attributes).toEqual({ name: 'one', token: 'token', speaks: 'true' })
  expect(pid()).not.toBe(process.pid)
  await room.heard(never)
  const pcm = new Int16Array([0, 1, -2, 32_767])
  // Of a larger one, as the resampler gives it.
  room.play(pcm.subarray(1, 3))
  await clock.advance(0)
  // Not sent yet, so it is never heard.
  room.play(pcm)
  room.clear()
  room.hush()
  room.tell('lk.chat', 'good morning', { final: 'true' })
  room.avatar({ kind: 'sound', pcm })
  room.avatar({ kind: 'end' })
  room.show({ 'lk.agent.state': 'speaking' })
  expect(await room.statistics()).toEqual({ lossPercent: 1, jitterMs: 2, roundTripMs: undefined })
  expect(events.slice(1)).toEqual([
    ['sound', 'echo', new Int16Array([1, -2])],
    ['key', 'echo', '#'],
    ['key', 'echo', '0'],
    ['typed', 'echo', '{"topic":"lk.chat","text":"good morning","attributes":{"final":"true"}}'],
    ['avatar', { kind: 'gone', why: 'sound of 4' }],
    ['avatar', { kind: 'gone', why: 'end' }],
    ['left', 'echo', '{"lk.agent.state":"speaking"}'],
  ])
  await room.leave('for-good')
  expect(of('lost')).toEqual([['lost', 'left for-good']])
  // After that no method throws, and nothing waits.
  room.play(pcm)
  expect(await room.statistics()).toBeUndefined()
  await room.heard(never)
  await room.leave('for-now')
})

test('a room that cannot be joined says why, and one that nobody waits for any more is left', async () => {
  const { joined } = openRooms()
  await expect(joined('refused')).rejects.toThrow('the room cannot be joined: it is full')
  const giving = new AbortController()
  const slow = joined('slow', giving.signal)
  giving.abort(new Error('the caller has gone'))
  await expect(slow).rejects.toThrow('the caller has gone')
})

test('a room that is never joined is given up, and so is a process that lets none go', async () => {
  const { joined, clock, errors } = openRooms()
  const { room, pid } = await joined('one')
  const slow = joined('slow')
  slow.catch(() => undefined)
  await clock.advance(20_000)
  await expect(slow).rejects.toThrow('joining the room')
  room.tell('do', 'hang')
  const left = room.leave('for-now')
  await clock.advance(10_000)
  await left
  // Whether it let go of the other one before it hung, is chance.
  expect(errors.length).toBeGreaterThan(0)
  expect((await joined('next')).pid()).not.toBe(pid())
  await expect.poll(() => lives(pid())).toBe(false)
})

test('all rooms of a process that died are lost, and the next room is joined by another one', async () => {
  const { joined, errors } = openRooms()
  const [one, other] = await Promise.all([joined('one'), joined('other')])
  expect(other.pid()).toBe(one.pid())
  const waiting = joined('slow')
  const statistics = other.room.statistics()
  one.room.tell('do', 'die')
  await expect(waiting).rejects.toThrow('the process of the rooms ended (SIGKILL)')
  await statistics
  for (const { of } of [one, other]) expect(of('lost')).toEqual([['lost', 'the process of the rooms ended (SIGKILL)']])
  expect(errors).toHaveLength(1)
  await one.room.leave('for-now')
  const next = await joined('next')
  expect(next.pid()).not.toBe(one.pid())
})

test('a process that takes nothing any more is ended', async () => {
  const { joined, clock } = openRooms()
  const { room, of } = await joined('one')
  room.tell('do', 'hang')
  for (let i = 0; i < 600; i++) {
    for (let frame = 0; frame < 10; frame++) room.play(new Int16Array(480))
    await clock.advance(0)
  }
  await expect.poll(() => of('lost')).toHaveLength(1)
})

test('a process without rooms ends after half a minute, unless another room comes', async () => {
  const { joined, clock } = openRooms()
  const one = await joined('one')
  await one.room.leave('for-now')
  await clock.advance(29_000)
  const other = await joined('other')
  expect(other.pid()).toBe(one.pid())
  await clock.advance(60_000)
  await other.room.leave('for-now')
  await clock.advance(30_000)
  await expect.poll(() => lives(one.pid())).toBe(false)
  expect((await joined('next')).pid()).not.toBe(one.pid())
})

test('after a hundred rooms another process takes the next ones, and the old one ends with its last room', async () => {
  const { joined } = openRooms()
  const first = await joined('first')
  for (let i = 1; i < 100; i++) await (await joined(`${i}`)).room.leave('for-now')
  const next = await joined('next')
  expect(next.pid()).not.toBe(first.pid())
  expect(first.of('lost')).toEqual([])
  await first.room.leave('for-now')
  await expect.poll(() => lives(first.pid())).toBe(false)
})

test('closing ends the processes, also with somebody in a room', async () => {
  const { joined, rooms } = openRooms()
  const { pid, of } = await joined('one')
  await rooms.close()
  expect(lives(pid())).toBe(false)
  expect(of('lost')).toHaveLength(1)
})

test('of a shared screen two pictures a second are handed on, and no sound to a server that reads nothing', async () => {
  const clock = new FakeClock()
  const { rooms, join } = memoryRooms()
  const sent: string[] = []
  let take: Parameters<Parameters<typeof serveRooms>[1]['onMessage']>[0] = () => undefined
  const server = {
    send: (message: { readonly kind: string; readonly event?: readonly unknown[] }) =>
      void sent.push(String(message.event?.[0] ?? message.kind)),
    onMessage: (given: typeof take) => {
      take = given
    },
    onGone: () => undefined,
  }
  serveRooms(join, server, clock)
  take({ kind: 'join', room: 1, access: ACCESS, name: 'one', token: 'token', speaks: true })
  await clock.advance(0)
  const listener = rooms.get('one')?.listener
  for (let i = 0; i < 30; i++) {
    listener?.screen('caller', { data: new Uint8Array(6), width: 2, height: 2 })
    await clock.advance(100)
  }
  expect(sent.filter(what => what === 'screen')).toHaveLength(6)
  for (let i = 0; i < 10_000; i++) listener?.sound('caller', new Int16Array(320))
  expect(sent.filter(what => what === 'sound').length).toBeLessThan(5_000)
  listener?.left('caller', 'gone')
  expect(sent.at(-1)).toBe('left')
})
