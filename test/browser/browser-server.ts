import pino from 'pino'
import type { StartAvatar } from '../../src/channels/browser/avatar/avatar.ts'
import { browser } from '../../src/channels/browser/browser.ts'
import type { CallHost, CallOpening, CallScreen, LineNote, OpenCall } from '../../src/channels/call-host.ts'
import { type CompanionCodes, companionCodesIn } from '../../src/companions/codes.ts'
import type { Channel, Inbound, Next } from '../../src/conversation/ports.ts'
import { openDatabase } from '../../src/database/database.ts'
import { admission } from '../../src/operations/admission.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { buildServer } from '../../src/server.ts'
import { FakeClock } from '../fakes/clock.ts'
import { openStore } from '../journal/opened-store.ts'
import { type MemoryRoom, memoryRooms } from './memory-rooms.ts'

export const ORIGIN = 'https://agent.example.com'
export const ACCESS = {
  url: 'wss://rooms.example.com',
  apiKey: 'key',
  apiSecret: 'a secret of more than thirty letters',
}

const chanceOf = (random: () => number) => (below: number) => Math.floor(random() * below)

/** One stretch of a conversation that reached the core; it lasts until the line is gone or the server closes. */
export interface HeldTalk {
  readonly opening: CallOpening
  readonly came: Inbound[]
  readonly notes: LineNote[]
  readonly channel: Channel
  isOver: boolean
}

interface Options {
  readonly maxCalls?: number
  readonly joinFails?: Error
  /** Another server's codes and store that this one shares. */
  readonly codes?: CompanionCodes
  /** Rooms are joined when it has resolved. */
  readonly joinsAfter?: Promise<void>
  readonly store?: Awaited<ReturnType<typeof openStore>>
  /** Brings the avatar of an agent. */
  readonly avatarOf?: (agent: string) => StartAvatar | undefined
  /** Looks at the screens of all calls. */
  readonly screen?: CallScreen
  readonly yields?: OpenCall['yields']
}

/** The browser channel with rooms in memory, and a core that only listens. */
export async function openBrowserServer(options: Options = {}) {
  const clock = new FakeClock()
  const store = options.store ?? (await openStore('sqlite::memory:'))
  const codes =
    options.codes ?? (await companionCodesIn(await openDatabase('sqlite::memory:'), 'secret', chanceOf(seeded(1))))
  const calls = admission(options.maxCalls ?? 100, clock)
  const lifetime = new AbortController()
  const held: HeldTalk[] = []
  const warned: string[] = []
  const refused: string[] = []
  const { rooms, join } = memoryRooms()
  const joins: string[] = []

  async function openCall(opening: CallOpening): Promise<OpenCall> {
    const notes: LineNote[] = []
    calls.began(opening.callId)
    return {
      yields: options.yields ?? 'held',
      recorder: {
        caller: () => undefined,
        agent: () => undefined,
        moveAgent: () => undefined,
        cutAgent: () => undefined,
      },
      note: note => notes.push(note),
      screen: options.screen,
      async hold(channel, signal) {
        const talk: HeldTalk = { opening, came: [], notes, channel, isOver: false }
        held.push(talk)
        let next: Next = 'goodbye'
        for await (const inbound of channel.inbound(signal)) {
          talk.came.push(inbound)
          if (inbound.kind === 'gone') next = 'hang-up'
          if (inbound.kind === 'lost') next = 'unavailable'
        }
        await channel.close(next)
        calls.ended(opening.callId)
        talk.isOver = true
      },
    }
  }

  const host = {
    ...{ clock, admission: calls, signal: lifetime.signal, openCall, store: { ...store } },
    log: { warn: (_fields: object, message: string) => void warned.push(message) },
    refused: (_ip: string, path: string) => void refused.push(path),
  } satisfies CallHost
  const channel = browser(
    {
      access: ACCESS,
      secret: 'secret',
      origins: [ORIGIN],
      facts: {
        agent: 'paula',
        phoneNumber: null,
        tasks: true,
        records: true,
        understands: true,
        help: null,
        sight: null,
      },
      join: async (access, room, listener, signal) => {
        joins.push(room.name)
        await options.joinsAfter
        return options.joinFails ? Promise.reject(options.joinFails) : join(access, room, listener, signal)
      },
      answers: async () => true,
      ownerOf: async request =>
        request.headers['x-owner'] === 'nobody' ? undefined : String(request.headers['x-owner']),
      ownerOfNumber: (number, callId) => number ?? callId,
      agentAt: ({ number, named }) => named ?? (number === '+4930123456' ? 'clinic' : 'paula'),
      avatarOf: options.avatarOf,
      redeem: codes.redeem,
      addressOf: ({ ip }) => ip,
      prepare: async () => undefined,
    },
    host,
  )
  const errors: string[] = []
  const app = await buildServer({
    log: pino({ level: 'error' }, { write: (line: string) => errors.push(line) }),
    reasonsNotReady: async () => [],
    routes: [channel.routes],
  })

  const ask = (body: object = {}, headers: Record<string, string> = {}, remoteAddress = '192.0.2.1') =>
    app.inject({
      remoteAddress,
      method: 'POST',
      url: '/api/room',
      headers: { 'x-owner': 'ann', origin: ORIGIN, ...headers },
      payload: body,
    })

  /** A page that has its token: the room that the agent waits in. */
  async function opened(body: object = {}): Promise<{ callId: string; room: MemoryRoom; back: string }> {
    // One address may open twenty a minute.
    const answer = await ask(body, {}, `198.51.100.${rooms.size}`)
    if (answer.statusCode !== 200) throw new Error(answer.body)
    const { back } = answer.json<{ back: string }>()
    const [callId, room] = [...rooms].at(-1) ?? []
    if (callId === undefined || room === undefined) throw new Error('no room was joined')
    return { callId, room, back }
  }

  async function close(): Promise<void> {
    lifetime.abort(new Error('the server closes'))
    await clock.advance(0)
    await Promise.all([...channel.sessions.values()].map(({ over }) => over))
    await app.close()
  }

  return {
    app,
    ask,
    opened,
    close,
    clock,
    store,
    codes,
    calls,
    held,
    rooms,
    joins,
    host,
    warned,
    refused,
    errors,
    channel,
    sessions: channel.sessions,
  }
}
