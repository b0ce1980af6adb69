import { expect, test } from 'vitest'
import type { Room, RoomListener } from '../../src/channels/browser/room.ts'
import type { FromRooms, ToRooms } from '../../src/channels/browser/rooms-process/messages.ts'
import { serveRooms } from '../../src/channels/browser/rooms-process/serve-rooms.ts'
import { FakeClock } from '../fakes/clock.ts'

const ACCESS = { url: 'ws://livekit', apiKey: 'key', apiSecret: 'secret' }

/** The rooms' process without a process: `say` is what its server tells it, `sent` what it answers. */
function served() {
  const clock = new FakeClock()
  const sent: FromRooms[] = []
  const done: (readonly unknown[])[] = []
  const acknowledged: (() => void)[] = []
  let listener: RoomListener | undefined
  let say: (message: ToRooms) => void = () => undefined
  let gone: () => Promise<void> = async () => undefined
  let leaving: Room['leave'] = async () => undefined
  let joining: (signal: AbortSignal) => Promise<void> = async () => undefined
  let statistics: Room['statistics'] = async () => ({ lossPercent: 1, jitterMs: 2, roundTripMs: 3 })
  let heard: Room['heard'] = async () => undefined
  serveRooms(
    async (access, asked, own, signal) => {
      done.push(['join', access, asked])
      listener = own
      await joining(signal)
      return {
        play: pcm => void done.push(['play', pcm]),
        clear: () => void done.push(['clear']),
        hush: () => void done.push(['hush']),
        avatar: order => void done.push(['avatar', order]),
        heard: signalOfRoom => heard(signalOfRoom),
        tell: (...given) => void done.push(['tell', ...given]),
        show: given => void done.push(['show', given]),
        statistics: () => statistics(),
        leave(how) {
          done.push(['leave', how])
          return leaving(how)
        },
      }
    },
    {
      send(message, wasSent) {
        sent.push(message)
        acknowledged.push(wasSent)
      },
      onMessage: take => {
        say = take
      },
      onGone: leave => {
        gone = leave
      },
    },
    clock,
  )
  return {
    ...{ clock, sent, done },
    acknowledge: () => acknowledged.splice(0).forEach(wasSent => void wasSent()),
    events: () => sent.flatMap(one => (one.kind === 'happened' ? [one.event] : [])),
    listener: () => listener as RoomListener,
    joins: (how: typeof joining) => {
      joining = how
    },
    answers: (of: typeof statistics, hears: typeof heard = heard) => {
      statistics = of
      heard = hears
    },
    /** The server is gone. */
    gone: () => gone(),
    leaves: (how: typeof leaving) => {
      leaving = how
    },
    async say(...messages: ToRooms[]) {
      for (const message of messages) say(message)
      await clock.advance(0)
    },
  }
}
const join = (room: number, name = 'one'): ToRooms => ({
  ...{ kind: 'join', room, access: ACCESS, name, token: 'token', speaks: true },
})

test('a room is joined as the server says, and what is asked of it is done there, in order', async () => {
  const { say, sent, done } = served()
  await say(join(7))
  expect(done.splice(0)).toEqual([['join', ACCESS, { name: 'one', token: 'token', speaks: true }]])
  expect(sent.splice(0)).toEqual([{ kind: 'joined', room: 7 }])
  const pcm = new Int16Array([1, 2])
  await say(
    { kind: 'play', room: 7, pcm },
    { kind: 'clear', room: 7 },
    { kind: 'hush', room: 7 },
    { kind: 'avatar', room: 7, order: { kind: 'end' } },
    { kind: 'tell', room: 7, topic: 'chat', text: 'Hello', attributes: { a: 'b' } },
    { kind: 'show', room: 7, attributes: { c: 'd' } },
    { kind: 'play', room: 8, pcm },
  )
  expect(done).toEqual([
    ['play', pcm],
    ['clear'],
    ['hush'],
    ['avatar', { kind: 'end' }],
    ['tell', 'chat', 'Hello', { a: 'b' }],
    ['show', { c: 'd' }],
  ])
  expect(sent).toEqual([])
})

test('all that happens in a room is handed on with its number', async () => {
  const { say, events, listener, sent } = served()
  await say(join(1), join(2))
  const pcm = new Int16Array([5])
  const person = { identity: 'p', kind: 'browser' as const, attributes: {} }
  const frame = { data: new Uint8Array(6), width: 2, height: 2 }
  const { arrived, left, microphone, sound, typed, key, asked, screen, screenPaused, screenGone, lost } = listener()
  arrived(person)
  left('p', 'gone')
  microphone('p', 'TR')
  sound('p', pcm)
  typed('p', 'text')
  key('p', '5')
  asked('p', 'screen', '{}')
  screen('p', frame)
  screenPaused('p', true)
  screenGone('p')
  lost('why')
  expect(events()).toEqual([
    ['arrived', person],
    ['left', 'p', 'gone'],
    ['microphone', 'p', 'TR'],
    ['sound', 'p', pcm],
    ['typed', 'p', 'text'],
    ['key', 'p', '5'],
    ['asked', 'p', 'screen', '{}'],
    ['screen', 'p', frame],
    ['screenPaused', 'p', true],
    ['screenGone', 'p'],
    ['lost', 'why'],
  ])
  expect(new Set(sent.flatMap(one => (one.kind === 'happened' ? [one.room] : [])))).toEqual(new Set([2]))
})

test('a server that reads nothing gets 5,000 messages and then no sound and no pictures, until it reads again', async () => {
  const { say, events, listener, acknowledge } = served()
  await say(join(1))
  acknowledge()
  for (let i = 0; i < 5_001; i++) listener().sound('p', new Int16Array(1))
  listener().screen('p', { data: new Uint8Array(6), width: 2, height: 2 })
  listener().key('p', '1')
  expect(events()).toHaveLength(5_001)
  expect(events().at(-1)).toEqual(['key', 'p', '1'])
  acknowledge()
  listener().sound('p', new Int16Array(1))
  listener().screen('p', { data: new Uint8Array(6), width: 2, height: 2 })
  expect(
    events()
      .slice(5_001)
      .map(([what]) => what),
  ).toEqual(['sound', 'screen'])
})

test('of a shared screen the first picture is handed on at once, and then one each half second', async () => {
  const { say, events, listener, clock } = served()
  await say(join(1))
  const picture = (width: number): void => listener().screen('p', { data: new Uint8Array(6), width, height: 2 })
  picture(2)
  await clock.advance(499)
  picture(4)
  await clock.advance(1)
  picture(6)
  expect(events().map(([, , given]) => given)).toMatchObject([{ width: 2 }, { width: 6 }])
})

test('a room that is refused says why, and can be asked for again', async () => {
  const { say, sent, joins, done } = served()
  joins(async () => {
    throw new Error('it is full')
  })
  await say(join(1))
  joins(() => Promise.reject('no reason'))
  await say(join(2), { kind: 'hush', room: 1 })
  expect(sent.splice(0)).toEqual([
    { kind: 'refused', room: 1, why: 'it is full' },
    { kind: 'refused', room: 2, why: 'no reason' },
  ])
  expect(done.map(([what]) => what)).toEqual(['join', 'join'])
  joins(async () => undefined)
  await say(join(1))
  expect(sent).toEqual([{ kind: 'joined', room: 1 }])
})

test('a room that is left while it is being joined is not joined, however that goes', async () => {
  const { say, sent, joins, done } = served()
  const held = Promise.withResolvers<void>()
  let ended: AbortSignal | undefined
  joins(signal => {
    ended = signal
    return held.promise
  })
  await say(join(1), { kind: 'leave', room: 1, how: 'for-good' })
  expect([ended?.aborted, sent]).toEqual([true, [{ kind: 'left', room: 1 }]])
  held.resolve()
  await say()
  expect(sent).toHaveLength(1)
  expect(done.at(-1)).toEqual(['leave', 'for-now'])
})

test('a room is left as the server says, and nothing is done in it after that', async () => {
  const { say, sent, done } = served()
  await say(join(1), join(2))
  sent.length = 0
  await say(
    { kind: 'leave', room: 1, how: 'for-good' },
    { kind: 'hush', room: 1 },
    { kind: 'leave', room: 5, how: 'for-now' },
  )
  expect(done.slice(2)).toEqual([['leave', 'for-good']])
  expect(sent).toEqual([
    { kind: 'left', room: 1 },
    { kind: 'left', room: 5 },
  ])
})

test('each question is answered once, with statistics where those were asked for', async () => {
  const { say, sent, answers } = served()
  await say(join(1))
  sent.length = 0
  const ask = (room: number, number: number, what: 'heard' | 'statistics'): ToRooms => ({
    kind: 'ask',
    room,
    ask: number,
    what,
  })
  const statistics = { lossPercent: 1, jitterMs: 2, roundTripMs: 3 }
  await say(ask(1, 5, 'statistics'), ask(1, 6, 'heard'), ask(9, 7, 'statistics'), ask(9, 8, 'heard'))
  const byNumber = (): unknown[] => sent.splice(0).toSorted((a, b) => ('ask' in a && 'ask' in b ? a.ask - b.ask : 0))
  expect(byNumber()).toEqual([
    { kind: 'answered', room: 1, ask: 5, statistics },
    { kind: 'answered', room: 1, ask: 6, statistics: undefined },
    { kind: 'answered', room: 9, ask: 7, statistics: undefined },
    { kind: 'answered', room: 9, ask: 8, statistics: undefined },
  ])
  // Who waits to be heard when the room is left waits no longer.
  answers(
    async () => undefined,
    signal => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  )
  await say(ask(1, 9, 'heard'))
  expect(sent).toEqual([])
  await say({ kind: 'leave', room: 1, how: 'for-now' })
  expect(sent.map(({ kind }) => kind).toSorted()).toEqual(['answered', 'left'])
})

test('when the server is gone each room is left for now, and one that does not let go is not waited for longer', async () => {
  const { clock, say, done, gone, leaves } = served()
  await say(join(1), join(2))
  let isOver = false
  leaves(() => new Promise(() => undefined))
  const over = gone().then(() => {
    isOver = true
  })
  await clock.advance(1_499)
  expect(done.slice(2)).toEqual([
    ['leave', 'for-now'],
    ['leave', 'for-now'],
  ])
  expect(isOver).toBe(false)
  await clock.advance(1)
  await over
})
