import { WebSocket } from 'ws'
import type { Clock } from '../../conversation/ports.ts'
import type { Network } from '../../network.ts'
import { type Arrivals, openArrivalWatch } from './arrival-watch.ts'
import type { FarEnd } from './line.ts'
import { openStreamWriter, parseApplicationMessage, type StreamIdentity } from './messages.ts'
import { openPlayout } from './playout.ts'
import { twilioSignature } from './signature.ts'
import { SLOT_MS } from './ticker.ts'

const HANDSHAKE_MS = 5000
const CLOSE_MS = 1000
/** The code of a WebSocket that ended without a close. */
const NOT_CLOSED = 1006
/** About three seconds of unread audio: beyond it Twilio drops the caller's frames (31930). */
const MOST_UNREAD_BYTES = 64 * 1024
const BYTES_PER_MS = 8

/** Delays frames at random for up to `holdMs` and sends them together, as after a network stall. */
export interface Jitter {
  readonly holdMs: number
}

export interface StreamOptions extends StreamIdentity {
  /** The URL in the TwiML, which the signature covers. */
  readonly publicUrl: string
  /** The URL to connect to. */
  readonly dialUrl: string
  readonly network: Network
  readonly authToken: string
  readonly parameters: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly random: () => number
  readonly jitter: Jitter | undefined
  readonly onWarning: (text: string) => void
  readonly onClear: (droppedMs: number) => void
}

/** How a stream ended: who closed it, and how much queued audio the caller did not hear. */
export interface StreamEnd {
  readonly by: 'application' | 'twilio'
  readonly code: number
  /** Why, where the application did not close it: as when it was killed, or the network between was cut. */
  readonly broken: string | undefined
  readonly unheardMs: number
}

/** One two-way media stream to the application, driven slot by slot as a far end. */
export interface MediaStream extends FarEnd {
  readonly ended: Promise<StreamEnd>
  /** From the start message to the application's first audio; undefined before that. */
  readonly firstAudioMs: number | undefined
  arrivals(): Arrivals
  /** Ends the stream from Twilio's side; without `stop` the socket just breaks. Resolves when it is closed. */
  close(withStop: boolean): Promise<StreamEnd>
}

/** Connects to the application and sends `connected` and `start`. Throws when the handshake is refused (31920). */
export async function openMediaStream(options: StreamOptions, signal: AbortSignal): Promise<MediaStream> {
  const { streamSid, publicUrl, dialUrl, network, authToken, parameters, clock, random, jitter, onWarning } = options
  const headers = { 'X-Twilio-Signature': twilioSignature(authToken, publicUrl, {}) }
  const { agent } = network
  const socket = new WebSocket(dialUrl, {
    headers,
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_MS,
    ...(agent && { agent }),
  })
  const ended = Promise.withResolvers<StreamEnd>()
  const playout = openPlayout()
  const arrivals = openArrivalWatch()
  const writer = openStreamWriter(options)
  let by: StreamEnd['by'] = 'application'
  let broken: string | undefined
  let startedMs = 0
  let firstAudioMs: number | undefined
  let slots = 0
  let held: string[] = []
  let holdSlots = 0
  let overflowed = false

  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) onWarning(`31950: a binary frame of ${data.length} bytes`)
    else receive(data.toString('utf8'))
  })
  socket.on('close', code => {
    if (code === NOT_CLOSED) broken ??= '31903: the application broke the stream off'
    ended.resolve({ by, code, unheardMs: playout.queuedMs, broken: by === 'application' ? broken : undefined })
  })
  await opened(socket, signal)
  socket.on('error', cause => {
    broken = `31903: ${cause.message}`
  })

  function receive(text: string): void {
    const message = parseApplicationMessage(text, streamSid)
    if ('problem' in message) {
      onWarning(`31951: ${message.problem}`)
      return
    }
    switch (message.event) {
      case 'media': {
        const mulaw = Buffer.from(message.media.payload, 'base64')
        firstAudioMs ??= clock.now() - startedMs
        arrivals.arrived(clock.now(), mulaw.length / BYTES_PER_MS)
        if (!playout.enqueue(mulaw)) onWarning('more than ten minutes of audio queued: dropped')
        return
      }
      case 'mark':
        playout.mark(message.mark.name).forEach(echo)
        return
      case 'clear': {
        const { droppedMs, marks } = playout.clear()
        arrivals.cleared()
        marks.forEach(echo)
        options.onClear(droppedMs)
        return
      }
    }
  }

  function echo(name: string): void {
    send(writer.mark(name))
  }

  function send(message: string): void {
    if (holdSlots > 0) held.push(message)
    else if (socket.readyState === WebSocket.OPEN) socket.send(message)
  }

  function stall(): void {
    if (holdSlots > 0 && --holdSlots === 0) {
      for (const message of held) send(message)
      held = []
    } else if (jitter && holdSlots === 0 && random() < 0.02) {
      holdSlots = 1 + Math.floor((random() * jitter.holdMs) / SLOT_MS)
    }
  }

  function sendMedia(frame: Uint8Array): void {
    if (socket.bufferedAmount < MOST_UNREAD_BYTES) {
      send(writer.media(frame, firstTimestampMs + slots * SLOT_MS))
    } else if (!overflowed) {
      overflowed = true
      onWarning("31930: the application reads too slowly; the caller's audio is dropped")
    }
  }

  async function close(withStop: boolean): Promise<StreamEnd> {
    if (socket.readyState !== WebSocket.OPEN) return ended.promise
    by = 'twilio'
    holdSlots = 0
    if (!withStop) {
      socket.terminate()
      return ended.promise
    }
    for (const message of held) send(message)
    send(writer.stop())
    socket.close(1000)
    const patience = new AbortController()
    await Promise.race([ended.promise, clock.sleep(CLOSE_MS, patience.signal)])
    patience.abort()
    socket.terminate()
    return ended.promise
  }

  const firstTimestampMs = Math.floor(random() * 60)
  startedMs = clock.now()
  send(writer.connected())
  send(writer.start(parameters))
  return {
    ended: ended.promise,
    get firstAudioMs() {
      return firstAudioMs
    },
    get listening() {
      return socket.readyState === WebSocket.OPEN
    },
    get queuedMs() {
      return playout.queuedMs
    },
    slot(caller, dueMs) {
      stall()
      sendMedia(caller)
      slots++
      if (playout.queuedMs === 0) arrivals.dry(dueMs)
      const { heard, marks } = playout.slot()
      marks.forEach(echo)
      return heard
    },
    press: key => send(writer.dtmf(key)),
    arrivals: () => arrivals.figures(),
    close,
  }
}

async function opened(socket: WebSocket, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const abort = (): void => {
    reject(signal.reason)
    socket.terminate()
  }
  socket.on('open', resolve)
  socket.on('error', cause => reject(new Error(`31920: ${cause.message}`, { cause })))
  socket.on('close', () => reject(new Error('31920: the socket closed before it was open')))
  signal.addEventListener('abort', abort, { once: true })
  try {
    signal.throwIfAborted()
    await promise
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
