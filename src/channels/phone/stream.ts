import type {} from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import type { WebSocket } from 'ws'
import type { Next } from '../../conversation/ports.ts'
import { quietFor } from '../../conversation/quiet.ts'
import { scopeOf } from '../../conversation/scope.ts'
import type { CallHost, OpenCall } from '../call-host.ts'
import { UNLIMITED, type Unsigned } from '../unsigned.ts'
import { ownerOf, WITHHELD } from './caller-number.ts'
import { PHONE_RATE_HZ, type PhoneLine, phoneLine } from './channel.ts'
import { readMessage, type StreamMessage } from './messages.ts'
import type { SignatureCheck } from './signature.ts'
import type { StreamPasses } from './token.ts'

export interface StreamParts {
  readonly host: CallHost
  readonly isSigned: SignatureCheck
  readonly refused: Unsigned
  /** How many sockets of one address may wait for their `start`; twice as many of all addresses. */
  readonly mostWaiting: number
  readonly passes: StreamPasses
  /** Whether somebody waits here for a call that the server has made. */
  readonly isAwaited: (ring: string, callId: string) => boolean
  /** The calls that are being held here, by CallSid. */
  readonly live: Map<string, LiveStream>
}

/** A stream of a call, and the number that it has within the call. */
export interface LiveStream {
  readonly line: PhoneLine
  readonly attempt: number
}

const START_WITHIN_MS = 5_000
/** Twilio sends `connected` and `start`. Who sends much else first is not Twilio. */
const MOST_BEFORE_START = 10
/** Messages that are buffered while the pass is being checked. */
const MOST_WAITING = 100
/** A minute and a half of speech: a carrier that leaves so much unread is gone, even if its socket is open. */
const MOST_UNREAD_BYTES = 1024 * 1024
const SUPERSEDED = 'the carrier has opened another stream'
/** Each kind of mistake is logged once per socket, so that a stranger cannot fill the log. */
const MOST_WARNINGS = 10

/** The stream of a call, from its `start` until the call's record is sealed. */
interface HeldStream {
  readonly attempt: number
  /** The line is closed or lost, and only the record remains to be sealed. */
  isLeaving: boolean
  /** The carrier has opened another one: it may find out before us that a line broke. */
  isSuperseded: boolean
  readonly over: Promise<void>
}

/** GET /calls/stream: Twilio's two-way media stream. */
export function streamRoute(app: FastifyInstance, parts: StreamParts): void {
  const held = new Map<string, HeldStream>()
  /** Sockets that wait for their `start`, by address. */
  const waiting = new Map<string, number>()
  function isFullFor(ip: string): boolean {
    const all = [...waiting.values()].reduce((sum, count) => sum + count, 0)
    return (waiting.get(ip) ?? 0) >= parts.mostWaiting || all >= 2 * parts.mostWaiting
  }
  app.route({
    method: 'GET',
    url: '/calls/stream',
    ...UNLIMITED,
    preValidation: async (request, reply) => {
      if (!parts.isSigned(request.headers['x-twilio-signature'], request.url, {})) {
        await parts.refused(request, reply, 403)
      } else if (isFullFor(request.ip)) {
        parts.host.refused(request.ip, request.url)
        await reply.code(503).send('too many streams wait for their start')
      }
    },
    handler: async (_request, reply) => reply.code(426).header('upgrade', 'websocket').send('a WebSocket only'),
    wsHandler: (socket, { ip }) => {
      waiting.set(ip, (waiting.get(ip) ?? 0) + 1)
      holdSocket(socket, parts, held, () => {
        const left = (waiting.get(ip) ?? 1) - 1
        if (left > 0) waiting.set(ip, left)
        else waiting.delete(ip)
      })
    },
  })
}

/**
 * Serves one socket: waits for a `start` with a valid pass, then passes messages to the line. `held` is by CallSid;
 * `started` is called once, when the socket waits no longer.
 */
function holdSocket(socket: WebSocket, parts: StreamParts, held: Map<string, HeldStream>, started: () => void): void {
  const { clock, log, store, signal, openCall } = parts.host
  const scope = scopeOf(signal)
  const starting = scopeOf(scope.signal)
  const waiting: StreamMessage[] = []
  const warned = new Set<string>()
  let state: 'expecting start' | 'checking' | PhoneLine = 'expecting start'
  let early = 0
  let callSid: string | undefined
  let own: HeldStream | undefined

  function leave(): void {
    if (own) own.isLeaving = true
  }

  function warn(why: string): void {
    if (warned.has(why) || warned.size >= MOST_WARNINGS) return
    warned.add(why)
    log.warn({ call: callSid, why }, 'media message ignored')
  }

  function receive(message: StreamMessage): void {
    if (typeof state === 'object') return state.receive(message)
    if (state === 'checking') {
      const isFull = waiting.length >= MOST_WAITING
      const oldest = isFull ? waiting.findIndex(({ event }) => event === 'media') : -1
      if (oldest >= 0) waiting.splice(oldest, 1)
      if (!isFull || oldest >= 0) waiting.push(message)
      return
    }
    if (message.event === 'connected') return
    if (message.event !== 'start') return warn(`${message.event} before start`)
    state = 'checking'
    starting.abort()
    callSid = message.start.callSid
    begin(message.streamSid, message.start.callSid, message.start.customParameters.pass).catch(error => {
      log.warn({ call: callSid, err: error }, 'call broke')
      socket.close(1011, 'broke')
    })
  }

  async function begin(streamSid: string, sid: string, token: string | undefined): Promise<void> {
    const pass = parts.passes.read(token, sid)
    if (!pass) return refuse('its pass is missing, wrong or expired')
    // Its first stream is held by the server that rang: Twilio asks again what comes.
    if (pass.rung && pass.attempt === 1 && !parts.isAwaited(pass.rung.ring, sid))
      return refuse('nobody waits for it at this server')
    // A caller may return from a transfer before the record of the stream before is sealed.
    for (let earlier = held.get(sid); earlier; earlier = held.get(sid)) {
      if (earlier.attempt >= pass.attempt && !earlier.isLeaving) return refuse('the call has a stream already')
      earlier.isSuperseded = true
      parts.live.get(sid)?.line.lost(SUPERSEDED)
      await earlier.over
      if (socket.readyState !== socket.OPEN) return
    }
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    own = { attempt: pass.attempt, isLeaving: false, isSuperseded: false, over }
    held.set(sid, own)
    try {
      if (!(await store.takePass(sid, pass.attempt, clock.wallTime()))) return refuse('its pass has been used')
      if (scope.signal.aborted) return socket.close(1001)
      const call = await openCall({
        callId: sid,
        channelName: 'phone',
        canTransfer: true,
        rateHz: PHONE_RATE_HZ,
        isDated: true,
        attempt: pass.attempt,
        agent: pass.agent,
        ...(pass.rung
          ? { caller: 'rung', owner: sid, number: pass.from, rung: pass.rung }
          : { caller: pass.from === WITHHELD ? 'hidden-number' : 'number', owner: ownerOf(pass.from, sid) }),
      })
      await hold(call, streamSid, sid, pass.attempt)
    } finally {
      held.delete(sid)
      end()
    }
  }

  async function hold(call: OpenCall, streamSid: string, sid: string, attempt: number): Promise<void> {
    const line = phoneLine({
      streamSid,
      clock,
      recorder: call.recorder,
      note: note => (note.kind === 'out-of-place' ? warn(note.what) : call.note(note)),
      send,
      giveUp: next => giveUp(sid, next, attempt),
    })
    parts.live.set(sid, { line, attempt })
    state = line
    for (const message of waiting.splice(0)) line.receive(message)
    if (socket.readyState !== socket.OPEN) line.lost('the socket closed')
    if (own?.isSuperseded) line.lost(SUPERSEDED)
    try {
      await call.hold(line, scope.signal)
    } finally {
      parts.live.delete(sid)
    }
    socket.close(1000)
  }

  function send(message: string): void {
    if (socket.readyState !== socket.OPEN) return
    socket.send(message)
    if (socket.bufferedAmount < MOST_UNREAD_BYTES) return
    warn('the carrier does not read')
    socket.terminate()
  }

  /** Closes the line even if the store fails, so that it does not stay silent: /calls/next then apologises. */
  async function giveUp(sid: string, next: Next | undefined, attempt: number): Promise<void> {
    if (next === 'transfer') parts.host.admission.comesBack(sid)
    try {
      if (next) await store.keepNext(sid, next, attempt)
    } catch (error) {
      log.warn({ call: sid, next, err: error }, 'what comes next could not be stored')
    } finally {
      leave()
      socket.close(1000)
    }
  }

  function refuse(why: string): void {
    log.warn({ call: callSid, why }, 'stream refused')
    socket.close(1008, 'refused')
  }

  async function expectStart(): Promise<void> {
    await quietFor(START_WITHIN_MS, clock, starting.signal)
    if (state === 'expecting start') refuse('no start within 5 s')
  }

  starting.signal.addEventListener('abort', started, { once: true })
  expectStart().catch(() => undefined)
  socket.on('message', (data: Buffer, isBinary) => {
    // One that was refused may still send for a moment.
    if (state === 'expecting start' && socket.readyState !== socket.OPEN) return
    if (state === 'expecting start' && ++early > MOST_BEFORE_START) return refuse('too many messages before its start')
    const received = readMessage(data, isBinary)
    if (received.kind === 'bad') warn(received.why)
    else receive(received.message)
  })
  socket.on('error', error => warn(error.message))
  socket.on('close', () => {
    leave()
    if (typeof state === 'object') state.lost('the line closed')
    starting.abort()
    scope.release()
  })
}
