import type { Clock } from '../../../conversation/ports.ts'
import { within } from '../../../conversation/scope.ts'
import type { JoinRoom, Room, RoomListener } from '../room.ts'
import type { FromRooms, RoomEvent, ToRooms } from './messages.ts'

/** A server that reads nothing for so long, some ten seconds, gets no more sound and pictures until it reads again. */
const MOST_UNSENT = 5_000
/** A picture has three megabytes, and one a second is looked at. */
const SCREEN_EVERY_MS = 500
/** A server that closes waits two seconds for this process. */
const LEFT_WITHIN_MS = 1_500

/** The way to the server whose child this process is. */
export interface Server {
  send(message: FromRooms, sent: () => void): void
  onMessage(take: (message: ToRooms) => void): void
  /** The server let go of this process, or died. What is done then is waited for. */
  onGone(leave: () => Promise<void>): void
}

/** One room: what ends the joining of it, and the room once it is joined. */
interface Held {
  readonly joining: AbortController
  joined: Room | undefined
}

/** Joins rooms for a server, and hands on what happens in them. */
export function serveRooms(join: JoinRoom, server: Server, clock: Clock): void {
  const rooms = new Map<number, Held>()
  let unsent = 0

  function send(message: FromRooms): void {
    unsent++
    server.send(message, () => {
      unsent--
    })
  }

  function listenerOf(room: number): RoomListener {
    let screenMs = Number.NEGATIVE_INFINITY
    const tell = (...event: RoomEvent): void => send({ kind: 'happened', room, event })
    return {
      arrived: person => tell('arrived', person),
      left: (identity, why) => tell('left', identity, why),
      microphone: (identity, track) => tell('microphone', identity, track),
      sound(identity, pcm) {
        if (unsent < MOST_UNSENT) tell('sound', identity, pcm)
      },
      typed: (identity, text) => tell('typed', identity, text),
      key: (identity, digit) => tell('key', identity, digit),
      asked: (identity, method, payload) => tell('asked', identity, method, payload),
      screen(identity, { data, width, height }) {
        const nowMs = clock.now()
        if (unsent >= MOST_UNSENT || nowMs - screenMs < SCREEN_EVERY_MS) return
        screenMs = nowMs
        tell('screen', identity, { data, width, height })
      },
      screenPaused: (identity, isPaused) => tell('screenPaused', identity, isPaused),
      screenGone: identity => tell('screenGone', identity),
      avatar: news => tell('avatar', news),
      lost: why => tell('lost', why),
    }
  }

  async function begin({ room, access, name, token, speaks }: ToRooms & { kind: 'join' }): Promise<void> {
    const held: Held = { joining: new AbortController(), joined: undefined }
    rooms.set(room, held)
    try {
      const joined = await join(access, { name, token, speaks }, listenerOf(room), held.joining.signal)
      // It may have been left meanwhile.
      if (rooms.get(room) !== held) return await joined.leave('for-now')
      held.joined = joined
      send({ kind: 'joined', room })
    } catch (error) {
      rooms.delete(room)
      send({ kind: 'refused', room, why: error instanceof Error ? error.message : String(error) })
    }
  }

  async function answer(room: number, ask: number, what: 'heard' | 'statistics'): Promise<void> {
    const held = rooms.get(room)
    let statistics: Awaited<ReturnType<Room['statistics']>>
    if (what === 'statistics') statistics = await held?.joined?.statistics()
    else if (held) await held.joined?.heard(held.joining.signal).catch(() => undefined)
    send({ kind: 'answered', room, ask, statistics })
  }

  async function leave(room: number, how: 'for-now' | 'for-good'): Promise<void> {
    const held = rooms.get(room)
    rooms.delete(room)
    held?.joining.abort(new Error('the room is left'))
    await held?.joined?.leave(how)
    send({ kind: 'left', room })
  }

  /** LiveKit is told, so that a page learns at once that its agent is gone: left to itself, LiveKit notices after 20 s. */
  async function leaveAll(): Promise<void> {
    const all = [...rooms.keys()].map(room => leave(room, 'for-now').catch(() => undefined))
    const never = new AbortController().signal
    await within(LEFT_WITHIN_MS, 'leaving the rooms', clock, () => Promise.all(all), never).catch(() => undefined)
  }

  function take(message: ToRooms): void {
    const room = rooms.get(message.room)?.joined
    switch (message.kind) {
      case 'join':
        return void begin(message)
      case 'play':
        return room?.play(message.pcm)
      case 'clear':
        return room?.clear()
      case 'hush':
        return room?.hush()
      case 'avatar':
        return room?.avatar(message.order)
      case 'tell':
        return room?.tell(message.topic, message.text, message.attributes)
      case 'show':
        return room?.show(message.attributes)
      case 'ask':
        return void answer(message.room, message.ask, message.what)
      case 'leave':
        return void leave(message.room, message.how)
    }
  }

  server.onMessage(take)
  server.onGone(leaveAll)
}
