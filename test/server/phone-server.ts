import type { Server } from 'node:http'
import pino from 'pino'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { WebSocket } from 'ws'
import type { AgentAt, CallHost, CallOpening, LineNote, OpenCall } from '../../src/channels/call-host.ts'
import { phone } from '../../src/channels/phone/phone.ts'
import { openRingOuts } from '../../src/channels/phone/ring-out/open-ring-outs.ts'
import { streamPasses } from '../../src/channels/phone/token.ts'
import type { WaitingSounds } from '../../src/channels/sounds/waiting-sound.ts'
import type { Channel, Inbound, Next } from '../../src/conversation/ports.ts'
import type { Store } from '../../src/journal/store.ts'
import { type AdmissionRules, admission } from '../../src/operations/admission.ts'
import { inItsPlace } from '../../src/operations/in-its-place.ts'
import { refusals } from '../../src/operations/refusals.ts'
import { ringLimits } from '../../src/operations/ring-limits.ts'
import { buildServer } from '../../src/server.ts'
import { FakeClock } from '../fakes/clock.ts'
import { openStore } from '../journal/opened-store.ts'
import { Feed } from './feed.ts'

export const PUBLIC_URL = 'https://agent.example.com'
const TOKEN = 'secret'

export interface Warning {
  readonly call?: string
  readonly why?: string
  readonly message: string
}

/** One call that reached the core; it lasts until the line is gone or the test ends it. */
export interface HeldCall {
  readonly opening: CallOpening
  readonly came: Feed<Inbound>
  readonly notes: LineNote[]
  readonly channel: Channel
  readonly isOver: Promise<void>
}

export interface Options {
  readonly maxCalls?: number
  readonly trustedProxies?: readonly string[]
  readonly rules?: Partial<AdmissionRules>
  readonly language?: string
  readonly transferNumber?: string
  readonly agentAt?: AgentAt
  readonly waiting?: WaitingSounds
  /** What the store does in place of its own. */
  readonly store?: Partial<Store>
  /** Runs while the record of a call is being opened. */
  readonly opening?: (opening: CallOpening) => Promise<void>
  /** Runs while it is being sealed. */
  readonly sealing?: (opening: CallOpening) => Promise<void>
  readonly reasons?: readonly string[]
  /** Twilio's REST. */
  readonly twilio?: typeof globalThis.fetch
}

/** The server on a port of its own with a store in memory and a core that only listens. */
export async function openPhoneServer(options: Options = {}) {
  const clock = new FakeClock()
  const memory = await openStore('sqlite::memory:')
  const store: Store = { ...memory, ...options.store }
  const calls = admission(options.maxCalls ?? 100, clock, options.rules)
  const passes = streamPasses(TOKEN, () => clock.wallTime())
  const lifetime = new AbortController()
  const held = new Feed<HeldCall>()
  const warned = new Feed<Warning>()
  const errors: string[] = []
  const nexts: (readonly [string, Next])[] = []
  const log = { warn: (fields: object, message: string) => warned.push({ ...fields, message }) }

  async function openCall(opening: CallOpening): Promise<OpenCall> {
    await options.opening?.(opening)
    const notes: LineNote[] = []
    calls.began(opening.callId)
    return {
      yields: 'held',
      recorder: {
        caller: () => undefined,
        agent: () => undefined,
        moveAgent: () => undefined,
        cutAgent: () => undefined,
      },
      note: note => notes.push(note),
      async hold(channel, signal) {
        const came = new Feed<Inbound>()
        const over = Promise.withResolvers<void>()
        held.push({ opening, came, notes, channel, isOver: over.promise })
        for await (const inbound of channel.inbound(signal)) came.push(inbound)
        await options.sealing?.(opening)
        calls.ended(opening.callId)
        over.resolve()
      },
    }
  }

  const { rings, openCall: openHere } = openRingOuts(
    {
      ...{ TWILIO_API_URL: 'https://api.example.com', TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: TOKEN },
      ...{ PUBLIC_URL, RING_OUT_FROM: '+15550001111', RING_OUT_TO: ['+1555'], MAX_CALL_MINUTES: 30 },
    },
    { fetch: options.twilio ?? (() => Promise.reject(new Error('there is no Twilio'))) },
    clock,
    { serverId: 's1', log, limits: ringLimits(clock), admission: calls, numbers: () => ['+15550002222'] },
    inItsPlace(calls, openCall),
  )
  const host: CallHost = {
    ...{
      clock,
      log,
      admission: calls,
      signal: lifetime.signal,
      refused: refusals(clock, log),
      openCall: openHere,
    },
    store: {
      ...store,
      async keepNext(callSid, next, attempt) {
        nexts.push([callSid, next])
        await store.keepNext(callSid, next, attempt)
      },
    },
  }
  const { transferNumber, agentAt, waiting, language = 'en' } = options
  const { live, routes } = phone(
    {
      publicUrl: PUBLIC_URL,
      authToken: TOKEN,
      transferNumber,
      ...(agentAt && { agents: () => ({ at: agentAt, ...(waiting && { waiting }) }) }),
      language,
      mostWaiting: options.maxCalls ?? 100,
      rings,
    },
    host,
  )
  const app = await buildServer({
    log: pino({ level: 'error' }, { write: (line: string) => errors.push(line) }),
    reasonsNotReady: async () => options.reasons ?? [],
    trustedProxies: options.trustedProxies ?? [],
    routes: [routes],
  })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })

  /** Posts a form as Twilio does; `signature` stands in for the right one. */
  async function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
    const answer = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'x-twilio-signature': signed(path, form), ...headers },
      body: new URLSearchParams(form),
    })
    const type = answer.headers.get('content-type') ?? ''
    return { status: answer.status, type, body: await answer.text() }
  }

  /** The pass of a call that has just been answered. */
  async function answered(callSid: string): Promise<string> {
    const { body } = await post('/calls/answer', { CallSid: callSid, From: '+15551234567' })
    return /name="pass" value="([^"]+)"/.exec(body)?.[1] ?? ''
  }

  const dial = (headers: Record<string, string> = signedUpgrade(), path = '/calls/stream'): MediaSocket =>
    new MediaSocket(`${origin.replace('http', 'ws')}${path}`, headers)

  /** A stream that has been accepted. */
  async function onTheLine(callSid: string, streamSid = 'MZ1') {
    const pass = await answered(callSid)
    const socket = dial()
    await socket.isOpen
    socket.start(callSid, pass, streamSid)
    const call = await held.some(some => some.opening.callId === callSid)
    return { socket, call }
  }

  return {
    ...{ app, clock, store, calls, passes, rings, live, lifetime, held, warned, errors, nexts, origin },
    ...{ post, answered, dial, onTheLine },
    server: app.server as Server,
    /** Sockets that the server holds, live or half closed. */
    connections: () =>
      new Promise<number>((resolve, reject) =>
        app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    async close() {
      lifetime.abort(new Error('the server is closing'))
      await app.close()
      await memory.close()
    },
  }
}

export type PhoneServer = Awaited<ReturnType<typeof openPhoneServer>>

/** The signature of a webhook. */
export const signed = (path: string, form: Record<string, string>, token = TOKEN, publicUrl = PUBLIC_URL): string =>
  getExpectedTwilioSignature(token, `${publicUrl}${path}`, form)

export const signedUpgrade = (token = TOKEN, publicUrl = PUBLIC_URL): Record<string, string> => ({
  'x-twilio-signature': getExpectedTwilioSignature(token, `${publicUrl.replace('http', 'ws')}/calls/stream`, {}),
})

/** Twilio's side of a media stream, by hand. */
export class MediaSocket {
  readonly socket: WebSocket
  readonly received = new Feed<Record<string, unknown>>()
  /** Rejects with the status of a refused handshake. */
  readonly isOpen: Promise<void>
  readonly closed: Promise<number>
  #chunk = 0

  constructor(url: string, headers: Record<string, string>) {
    this.socket = new WebSocket(url, { headers, perMessageDeflate: false })
    this.isOpen = new Promise((resolve, reject) => {
      this.socket.on('open', resolve)
      this.socket.on('unexpected-response', (_, response) => {
        reject(new Error(`refused with ${response.statusCode}`))
        this.socket.terminate()
      })
      this.socket.on('error', reject)
    })
    this.isOpen.catch(() => undefined)
    this.closed = new Promise(resolve => this.socket.on('close', resolve))
    this.socket.on('message', data => this.received.push(JSON.parse(String(data))))
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message))
  }

  start(callSid: string, pass: string | undefined, streamSid = 'MZ1'): void {
    this.send({ event: 'connected', protocol: 'Call', version: '1.0.0' })
    this.send(startMessage(callSid, pass, streamSid))
  }

  media(streamSid = 'MZ1'): void {
    const payload = Buffer.alloc(160, 0xff).toString('base64')
    const chunk = this.#chunk++
    this.send({
      event: 'media',
      streamSid,
      media: { track: 'inbound', chunk: `${chunk + 1}`, timestamp: `${chunk * 20}`, payload },
    })
  }

  press(digit: string, streamSid = 'MZ1'): void {
    this.send({ event: 'dtmf', streamSid, dtmf: { track: 'inbound_track', digit } })
  }
}

export const startMessage = (callSid: string, pass: string | undefined, streamSid = 'MZ1') => ({
  event: 'start',
  sequenceNumber: '1',
  streamSid,
  start: {
    streamSid,
    accountSid: 'AC1',
    callSid,
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: pass === undefined ? {} : { pass },
  },
})
