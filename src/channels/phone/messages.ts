import { z } from 'zod'

/** Sids become names of files and rows, so only letters, digits, dash and underscore are allowed. */
export const sid = z.string().regex(/^[\w-]{1,64}$/)
/** Twilio Media Streams, "WebSocket messages": numbers come as strings, and Twilio may add fields at any time. */
const number = z.union([
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
  z.int().nonnegative(),
])
const incoming = z.discriminatedUnion('event', [
  z.object({ event: z.literal('connected') }),
  z.object({
    event: z.literal('start'),
    streamSid: sid,
    start: z.object({
      callSid: sid,
      mediaFormat: z.object({
        encoding: z.literal('audio/x-mulaw'),
        sampleRate: z.literal(8000),
        channels: z.literal(1),
      }),
      customParameters: z.record(z.string(), z.string()).default({}),
    }),
  }),
  z.object({
    event: z.literal('media'),
    streamSid: z.string(),
    media: z.object({ track: z.string().optional(), chunk: number, timestamp: number, payload: z.base64() }),
  }),
  z.object({
    event: z.literal('dtmf'),
    streamSid: z.string(),
    dtmf: z.object({ digit: z.string().regex(/^[0-9*#A-D]$/) }),
  }),
  z.object({ event: z.literal('mark'), streamSid: z.string(), mark: z.object({ name: z.string().max(256) }) }),
  z.object({ event: z.literal('stop'), streamSid: z.string() }),
])

/** One valid message from Twilio. */
export type StreamMessage = z.infer<typeof incoming>

/** What came over the socket: a message, or why it is invalid. */
export type Received =
  | { readonly kind: 'message'; readonly message: StreamMessage }
  | { readonly kind: 'bad'; readonly why: string }

/** Larger messages are not parsed: 20 ms of audio take 400 bytes, so Twilio never sends one. */
const MOST_BYTES = 64 * 1024

/** The reason quotes parts of the message and is logged, so its length is limited. */
const MOST_REASON = 200

/** Reads one WebSocket message. Never throws: an invalid message is returned as `bad`. */
export function readMessage(data: Buffer, isBinary: boolean): Received {
  if (isBinary) return { kind: 'bad', why: 'binary message' }
  if (data.length > MOST_BYTES) return { kind: 'bad', why: 'message over 64 KiB' }
  let json: unknown
  try {
    json = JSON.parse(data.toString('utf8'))
  } catch {
    return { kind: 'bad', why: 'not JSON' }
  }
  const parsed = incoming.safeParse(json)
  if (parsed.success) return { kind: 'message', message: parsed.data }
  const where = parsed.error.issues[0]?.path.join('.') || 'message'
  return { kind: 'bad', why: `${where}: ${parsed.error.issues[0]?.message ?? 'wrong'}`.slice(0, MOST_REASON) }
}

/** Audio to play after everything sent before: raw mu-law at 8 kHz, any length. */
export const mediaMessage = (streamSid: string, mulaw: Uint8Array): string =>
  `{"event":"media","streamSid":"${streamSid}","media":{"payload":"${Buffer.from(mulaw.buffer, mulaw.byteOffset, mulaw.byteLength).toString('base64')}"}}`

/** Twilio returns the mark when everything sent before it was played or cleared. */
export const markMessage = (streamSid: string, name: string): string =>
  JSON.stringify({ event: 'mark', streamSid, mark: { name } })

/** Discards everything sent but not yet played, and returns every pending mark. */
export const clearMessage = (streamSid: string): string => JSON.stringify({ event: 'clear', streamSid })
