import type {} from '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import type { Clock } from '../../conversation/ports.ts'
import { scopeOf } from '../../conversation/scope.ts'
import type { CallsElsewhere } from '../../records/call-records.ts'
import { callPath, type LiveCall, transfer, whisper } from '../api-shapes.ts'
import { ASKED_OFTEN, type Asking } from '../asking.ts'
import { maskedLine, maskedNumber, masking } from '../calls/masked.ts'
import type { NumberWords } from '../calls/number-words.ts'
import { checked, Refusal } from '../refusal.ts'
import type { Session } from '../sign-in/sessions.ts'
import type { LiveCalls, LiveControl } from './live-calls.ts'
import type { Transfers } from './transfers.ts'

export interface LiveRoutesParts {
  readonly clock: Clock
  readonly asking: Asking
  readonly live: Pick<LiveCalls, 'find' | 'list'>
  /** What other servers of the same database hold. */
  readonly elsewhere: CallsElsewhere
  /** This server's name, as the others know it. */
  readonly serverName: string
  readonly numberWords: () => NumberWords
  readonly transfers: Pick<Transfers, 'keep'>
  /** Aborted when the server closes. */
  readonly signal: AbortSignal
}

/** Four to eight seconds of sound: a listener that is further behind is dropped. */
const MOST_UNREAD_BYTES = 256 * 1024
/** A session that has ended stops hearing so soon. */
const LOOK_AGAIN_MS = 10_000
const [TOO_SLOW, SIGNED_OUT] = [4_408, 4_401]

/** The calls that go on, under /staff/api/live: who looks can listen to those held here, and supervisors can step in. */
export function liveRoutes(app: FastifyInstance, parts: LiveRoutesParts): void {
  const { clock, asking, live, elsewhere, serverName, transfers } = parts
  const listening = new WeakMap<FastifyRequest, { readonly who: Session; readonly call: LiveControl }>()

  async function found(request: FastifyRequest): Promise<LiveControl> {
    const { id } = checked(callPath, request.params)
    const call = live.find(id)
    if (call) return call
    const other = await elsewhere.find(id)
    if (!other) throw new Refusal('not-found', 'No server holds such a call now.')
    throw new Refusal(
      'elsewhere',
      `The server ${other.server} holds this call. One can listen and step in there alone, and this is ${serverName}.`,
    )
  }

  /** The longest first. One that is just moving from server to server is shown where it is. */
  async function all(): Promise<readonly LiveCall[]> {
    const here = live.list().map(call => ({ ...call, heldHere: true, server: serverName }))
    const others = (await elsewhere.list())
      .filter(({ callId }) => live.find(callId) === undefined)
      .map(call => ({ ...call, state: null, costUsd: null, heldHere: false }))
    return [...here, ...others].sort((one, other) => Date.parse(one.startedAt) - Date.parse(other.startedAt))
  }

  const notNow = (): Refusal => new Refusal('busy', 'The conversation has not begun yet, or is ending already.')

  app.get('/staff/api/live', ASKED_OFTEN, async request => {
    const { role } = await asking.who(request)
    const masked = (caller: string | null) => (caller === null || role === 'supervisor' ? caller : maskedNumber(caller))
    return { calls: (await all()).map(call => ({ ...call, caller: masked(call.caller) })) }
  })

  app.route({
    method: 'GET',
    url: '/staff/api/live/:id/listen',
    exposeHeadRoute: false,
    preValidation: async request => {
      // A browser sends the cookie with any page's WebSocket of the same site, so the page must be named.
      asking.checkOrigin(request, true)
      const who = await asking.who(request)
      const call = await found(request)
      if (request.headers.upgrade?.toLowerCase() !== 'websocket') return
      await asking.wrote(who, 'listened', call.callId)
      listening.set(request, { who, call })
    },
    handler: async (_request, reply) =>
      reply
        .code(426)
        .header('upgrade', 'websocket')
        .send({ error: { kind: 'invalid', message: 'A WebSocket only.' } }),
    wsHandler: (socket, request) => {
      const asked = listening.get(request)
      if (asked) listenTo(asked.call, asked.who, socket, request)
      else socket.close(SIGNED_OUT)
    },
  })

  function listenTo(call: LiveControl, who: Session, socket: WebSocket, request: FastifyRequest): void {
    const scope = scopeOf(parts.signal)
    const mask = who.role === 'supervisor' ? undefined : masking(call.caller, parts.numberWords())
    let leave: (() => void) | undefined

    function end(code: number): void {
      leave?.()
      scope.abort(new Error('nobody listens'))
      if (socket.readyState === socket.OPEN) socket.close(code)
    }
    function send(data: string | Uint8Array): void {
      if (socket.readyState !== socket.OPEN) return
      socket.send(data)
      if (socket.bufferedAmount < MOST_UNREAD_BYTES) return
      end(TOO_SLOW)
      socket.terminate()
    }
    async function watchSession(): Promise<void> {
      while (true) {
        await clock.sleep(LOOK_AGAIN_MS, scope.signal)
        if ((await asking.sessionOf(request))?.session.id !== who.id) return end(SIGNED_OUT)
      }
    }

    socket.on('error', () => end(1011))
    socket.on('close', () => end(1000))
    parts.signal.addEventListener('abort', closing, { once: true })
    scope.signal.addEventListener('abort', () => parts.signal.removeEventListener('abort', closing), { once: true })
    function closing(): void {
      end(1001)
    }
    send(JSON.stringify({ rateHz: call.rateHz, attempt: call.attempt, sound: call.sound }))
    leave = call.listen({ line: line => send(maskedLine(line, mask)), sound: send, over: () => end(1000) }, who.name)
    if (!leave) return end(1013)
    watchSession().catch(() => {
      if (!scope.signal.aborted) end(1011)
    })
  }

  app.post('/staff/api/live/:id/whisper', async (request, reply) => {
    const who = await asking.who(request, 'supervisor')
    const { text } = checked(whisper, request.body)
    const call = await found(request)
    await asking.wrote(who, 'whispered', call.callId)
    if (!call.whisper(text, who.name)) throw notNow()
    return reply.code(204).send()
  })

  app.post('/staff/api/live/:id/transfer', async (request, reply) => {
    const who = await asking.who(request, 'supervisor')
    const { number } = checked(transfer, request.body)
    const call = await found(request)
    if (!call.canTransfer) throw new Refusal('busy', 'This call is no telephone call, so it cannot be put through.')
    await asking.wrote(who, 'transferred', call.callId)
    // Not before it is certain: the agent may put the caller through later, and that is to another number.
    const keep = () => transfers.keep(call, number, clock.wallTime())
    if (!(await call.transfer(who.name, keep))) throw notNow()
    return reply.code(204).send()
  })

  app.post('/staff/api/live/:id/end', async (request, reply) => {
    const who = await asking.who(request, 'supervisor')
    const call = await found(request)
    await asking.wrote(who, 'ended', call.callId)
    if (!call.end(who.name)) throw notNow()
    return reply.code(204).send()
  })
}
