import { type ChildProcess, fork } from 'node:child_process'
import type { Logger } from 'pino'
import type { Clock } from '../../../conversation/ports.ts'
import { orAborted, within } from '../../../conversation/scope.ts'
import { childEnvironment } from '../../../jobs/child-environment.ts'
import { framesTogether } from '../frames-together.ts'
import type { AvatarOrder, JoinRoom, Room, RoomListener, RoomStatistics } from '../room.ts'
import type { FromRooms, RoomEvent, ToRooms } from './messages.ts'

/** LiveKit's native client keeps half a megabyte of each room that it has joined (measured with 1.1.0). */
const MOST_ROOMS = 100
/** One that has no room ends after this time. The next room starts another, which takes it half a second. */
const EMPTY_MS = 30_000
/** Some ten seconds of ten rooms, in which the agent speaks. A process that takes nothing for so long hangs. */
const MOST_UNSENT = 1_700
/** LiveKit's client itself gives up sooner. */
const JOINED_WITHIN_MS = 20_000
const LEFT_WITHIN_MS = 10_000
const ENDED_WITHIN_MS = 2_000
const MAIN = new URL('./main.ts', import.meta.url)

export interface RoomsProcessParts {
  readonly clock: Clock
  readonly log: Pick<Logger, 'error'>
  /** The module that the process runs. */
  readonly file?: URL
}

/** A room as the server sees it. */
interface Held {
  readonly listener: RoomListener
  readonly joined: PromiseWithResolvers<void>
  readonly left: PromiseWithResolvers<void>
  readonly asks: Map<number, (statistics: RoomStatistics | undefined) => void>
}

/** One process, and the rooms that it is in. */
interface Running {
  readonly child: ChildProcess
  readonly rooms: Map<number, Held>
  readonly ended: Promise<void>
  served: number
  unsent: number
  /** Ends the wait for the next room. */
  empty: AbortController
}

/**
 * Joins rooms by a process of its own, so that LiveKit's native client, which may crash and which keeps some memory of each
 * room, harms no call on the telephone. It runs while there are rooms; after a hundred of them another one takes its place.
 * Rooms of a process that died are lost: their pages ask for the conversation anew.
 */
export function roomsProcess({ clock, log, file = MAIN }: RoomsProcessParts) {
  const all = new Set<Running>()
  let current: Running | undefined
  let numbers = 0

  function start(): Running {
    const child = fork(file, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // The key of LiveKit comes with each room.
      env: childEnvironment(process.env),
    })
    const ended = Promise.withResolvers<void>()
    const running: Running = {
      ...{ child, rooms: new Map(), served: 0, unsent: 0, empty: new AbortController() },
      ended: ended.promise,
    }
    all.add(running)
    child.on('message', message => take(running, message as FromRooms))
    // A process that could not be started has no exit.
    child.on('error', error => over(error.message))
    child.once('exit', (code, signalName) => over(signalName ?? `code ${code}`))
    function over(how: string): void {
      if (!all.delete(running)) return
      if (current === running) current = undefined
      running.empty.abort(new Error('it has ended'))
      const why = `the process of the rooms ended (${how})`
      if (running.rooms.size > 0) log.error({ rooms: running.rooms.size, how }, 'the process of the rooms ended')
      for (const held of running.rooms.values()) lose(held, why)
      running.rooms.clear()
      ended.resolve()
    }
    return running
  }

  function lose(held: Held, why: string): void {
    held.joined.reject(new Error(why))
    for (const settle of held.asks.values()) settle(undefined)
    held.listener.lost(why)
    held.left.resolve()
  }

  function take(running: Running, message: FromRooms): void {
    const held = running.rooms.get(message.room)
    if (!held) return
    switch (message.kind) {
      case 'joined':
        return held.joined.resolve()
      case 'refused':
        held.joined.reject(new Error(message.why))
        return forget(running, message.room)
      case 'happened':
        return happen(held.listener, message.event)
      case 'answered':
        held.asks.get(message.ask)?.(message.statistics)
        held.asks.delete(message.ask)
        return
      case 'left':
        held.left.resolve()
        return forget(running, message.room)
    }
  }

  function forget(running: Running, room: number): void {
    running.rooms.delete(room)
    if (running.rooms.size > 0) return
    if (current !== running) return letGo(running)
    running.empty = new AbortController()
    clock.sleep(EMPTY_MS, running.empty.signal).then(
      () => {
        if (current === running) current = undefined
        letGo(running)
      },
      () => undefined,
    )
  }

  function send(running: Running, message: ToRooms): void {
    const { child } = running
    if (!child.connected) return
    running.unsent++
    child.send(message, undefined, undefined, () => {
      running.unsent--
    })
    if (running.unsent > MOST_UNSENT) child.kill('SIGKILL')
  }

  /** A process that does not let a room go gets no more rooms, and ends with its last one. */
  function stuck(running: Running, room: number): void {
    log.error({ rooms: running.rooms.size }, 'a room is not let go of')
    if (current === running) current = undefined
    forget(running, room)
    if (running.rooms.size === 0) running.child.kill('SIGKILL')
  }

  /** It ends by itself when we let go of it. */
  function letGo({ child }: Running): void {
    if (child.connected) child.disconnect()
  }

  /** The process that takes the next room. */
  function next(): Running {
    if (current && current.served >= MOST_ROOMS) {
      const old = current
      current = undefined
      old.empty.abort(new Error('it is replaced'))
      if (old.rooms.size === 0) letGo(old)
    }
    current ??= start()
    current.served++
    current.empty.abort(new Error('there is a room'))
    return current
  }

  const join: JoinRoom = async (access, { name, token, speaks }, listener, signal) => {
    signal.throwIfAborted()
    const running = next()
    const room = ++numbers
    const held: Held = {
      listener,
      joined: Promise.withResolvers(),
      left: Promise.withResolvers(),
      asks: new Map(),
    }
    running.rooms.set(room, held)
    send(running, { kind: 'join', room, access, name, token, speaks })
    try {
      await within(JOINED_WITHIN_MS, 'joining the room', clock, () => held.joined.promise, signal)
    } catch (error) {
      // One that is joined all the same is left again.
      void leave('for-now')
      throw error
    }
    let asks = 0
    let isLeft = false

    function ask(what: 'heard' | 'statistics'): Promise<RoomStatistics | undefined> {
      if (!running.rooms.has(room)) return Promise.resolve(undefined)
      const number = ++asks
      const { promise, resolve } = Promise.withResolvers<RoomStatistics | undefined>()
      held.asks.set(number, resolve)
      send(running, { kind: 'ask', room, ask: number, what })
      return promise
    }

    async function leave(how: 'for-now' | 'for-good'): Promise<void> {
      if (!running.rooms.has(room)) return
      send(running, { kind: 'leave', room, how })
      const never = new AbortController().signal
      await within(LEFT_WITHIN_MS, 'leaving the room', clock, () => held.left.promise, never).catch(() =>
        stuck(running, room),
      )
    }

    const whileIn = (message: ToRooms): void => (isLeft ? undefined : send(running, message))
    const voice = framesTogether(clock, pcm => whileIn({ kind: 'play', room, pcm }))
    const toAvatar = (order: AvatarOrder): void => whileIn({ kind: 'avatar', room, order })
    const avatarVoice = framesTogether(clock, pcm => toAvatar({ kind: 'sound', pcm }))
    return {
      play: pcm => (isLeft ? undefined : voice.take(pcm)),
      clear() {
        voice.clear()
        whileIn({ kind: 'clear', room })
      },
      hush: () => whileIn({ kind: 'hush', room }),
      avatar(order) {
        if (order.kind === 'sound') return avatarVoice.take(order.pcm)
        if (order.kind === 'end') avatarVoice.end()
        else if (order.kind !== 'expect') avatarVoice.clear()
        toAvatar(order)
      },
      tell: (topic, text, attributes) => whileIn({ kind: 'tell', room, topic, text, attributes }),
      show: attributes => whileIn({ kind: 'show', room, attributes }),
      heard: async heardSignal => void (await orAborted(ask('heard'), heardSignal)),
      statistics: () => ask('statistics'),
      async leave(how) {
        if (isLeft) return
        isLeft = true
        voice.clear()
        avatarVoice.clear()
        await leave(how)
      },
    } satisfies Room
  }

  return {
    join,
    /** Ends the processes. Rooms that somebody is in still are lost. */
    async close(): Promise<void> {
      const never = new AbortController().signal
      await Promise.all(
        [...all].map(async running => {
          running.empty.abort(new Error('it is closed'))
          letGo(running)
          await within(ENDED_WITHIN_MS, 'the end of the rooms', clock, () => running.ended, never).catch(() =>
            running.child.kill('SIGKILL'),
          )
        }),
      )
    },
  }
}

/** Calls the method that an event names. */
function happen(listener: RoomListener, [name, ...given]: RoomEvent): void {
  const method = listener[name] as (...given: readonly unknown[]) => void
  method.apply(listener, given)
}
