import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import { WebSocketServer } from 'ws'
import { z } from 'zod'
import { isVoicedMulaw } from '../../../src/sandbox/ringing/mulaw-loudness.ts'
import type { MemoryNetwork } from '../../whole-call/memory-network.ts'

export const AUTH_TOKEN = 'a-token-for-tests'
export const PUBLIC_URL = 'https://agent.example.com'

export interface FakeApplicationOptions {
  /** TwiML by path; the items of a list are answered in order, then its last one again. */
  readonly twiml: Readonly<Record<string, string | readonly string[]>>
  /** Played at the start and, without a `reply`, after every utterance of the caller and `settleFrames` of silence. */
  readonly greeting: Uint8Array
  readonly reply?: Uint8Array
  readonly settleFrames?: number
  /** Closes the socket instead of the nth reply (from 0). */
  readonly closeAtReply?: number
  /** Breaks the socket off instead of the nth reply, as a server does that is killed. */
  readonly breakAtReply?: number
  /** Paths that are answered with this HTTP status and no TwiML. */
  readonly failing?: Readonly<Record<string, number>>
}

export interface Posted {
  readonly path: string
  readonly form: Readonly<Record<string, string>>
  readonly signed: boolean
}

const wire = z.strictObject({
  event: z.string(),
  protocol: z.string().optional(),
  version: z.string().optional(),
  sequenceNumber: z.string().optional(),
  streamSid: z.string().optional(),
  start: z.looseObject({ customParameters: z.record(z.string(), z.string()) }).optional(),
  media: z.object({ track: z.string(), chunk: z.string(), timestamp: z.string(), payload: z.base64() }).optional(),
  dtmf: z.object({ track: z.string(), digit: z.string() }).optional(),
  mark: z.object({ name: z.string() }).optional(),
  stop: z.object({ accountSid: z.string(), callSid: z.string() }).optional(),
})
export type Wire = z.infer<typeof wire>

/** A server that looks to Twilio like ours: plays a sound when the caller stops speaking, clears on barge-in. */
export interface FakeApplication {
  readonly url: string
  readonly posts: Posted[]
  readonly messages: Wire[]
  readonly upgrades: { readonly url: string; readonly signed: boolean }[]
}

/** Opens the server in this network, as `http://application`. */
export function openFakeApplication(options: FakeApplicationOptions, network: MemoryNetwork): FakeApplication {
  const {
    twiml,
    greeting,
    reply = greeting,
    settleFrames = 15,
    closeAtReply = -1,
    breakAtReply = -1,
    failing = {},
  } = options
  const posts: Posted[] = []
  const messages: Wire[] = []
  const upgrades: { url: string; signed: boolean }[] = []
  const asked = new Map<string, number>()
  let replyCount = 0

  const http = createServer(async (request, response) => {
    const path = request.url ?? ''
    const form = Object.fromEntries(new URLSearchParams(await text(request)))
    posts.push({ path, form, signed: isSigned(request.headers['x-twilio-signature'], PUBLIC_URL + path, form) })
    const answers = [twiml[path] ?? []].flat()
    const answer = answers[Math.min(asked.get(path) ?? 0, answers.length - 1)]
    asked.set(path, (asked.get(path) ?? 0) + 1)
    const status = failing[path.split('?')[0] ?? '']
    if (status !== undefined) response.writeHead(status).end('failed')
    else response.writeHead(answer === undefined ? 204 : 200, { 'Content-Type': 'text/xml' }).end(answer)
  })
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (socket, request) => {
    const url = `wss://${new URL(PUBLIC_URL).host}${request.url}`
    upgrades.push({ url, signed: isSigned(request.headers['x-twilio-signature'], url, {}) })
    let streamSid = ''
    let spoken = false
    let quietFrames = 0
    let playing = 0
    const send = (event: string, body: object): void => socket.send(JSON.stringify({ event, streamSid, ...body }))
    const play = (sound: Uint8Array): void => {
      playing++
      send('media', { media: { payload: Buffer.from(sound).toString('base64') } })
      send('mark', { mark: { name: `sound ${playing}` } })
    }
    socket.on('message', data => {
      const message = wire.parse(JSON.parse(String(data)))
      messages.push(message)
      if (message.event === 'start') {
        streamSid = message.streamSid ?? ''
        play(greeting)
      }
      if (message.event === 'mark') playing = 0
      if (!message.media) return
      const voiced = isVoicedMulaw(Buffer.from(message.media.payload, 'base64'))
      quietFrames = voiced ? 0 : quietFrames + 1
      if (voiced && playing > 0) send('clear', {})
      spoken ||= voiced
      if (!spoken || quietFrames < settleFrames) return
      spoken = false
      const nth = replyCount++
      if (nth === closeAtReply) socket.close()
      else if (nth === breakAtReply) socket.terminate()
      else play(reply)
    })
  })
  return {
    url: network.join('application', http),
    posts,
    messages,
    upgrades,
  }
}

function isSigned(header: string | string[] | undefined, url: string, form: Readonly<Record<string, string>>): boolean {
  return typeof header === 'string' && validateRequest(AUTH_TOKEN, header, url, { ...form })
}
