import { z } from 'zod'

const fromApplication = z.discriminatedUnion('event', [
  z.strictObject({
    event: z.literal('media'),
    streamSid: z.string(),
    media: z.strictObject({ payload: z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'not base64') }),
  }),
  z.strictObject({ event: z.literal('mark'), streamSid: z.string(), mark: z.strictObject({ name: z.string() }) }),
  z.strictObject({ event: z.literal('clear'), streamSid: z.string() }),
])

/** What an application may send on a media stream. */
export type ApplicationMessage = z.infer<typeof fromApplication>

/** Parses one text frame from the application; a message that Twilio would warn about (31951) returns a `problem`. */
export function parseApplicationMessage(text: string, streamSid: string): ApplicationMessage | { problem: string } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { problem: `not JSON: ${text.slice(0, 80)}` }
  }
  const parsed = fromApplication.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return { problem: `${issue?.path.join('.') || 'message'}: ${issue?.message}: ${text.slice(0, 80)}` }
  }
  if (parsed.data.streamSid !== streamSid) return { problem: `streamSid ${parsed.data.streamSid} is not this stream's` }
  return parsed.data
}

export interface StreamIdentity {
  readonly streamSid: string
  readonly callSid: string
  readonly accountSid: string
}

/** Writes Twilio's messages: one running sequence number, every number a string. */
export interface StreamWriter {
  connected(): string
  start(customParameters: Readonly<Record<string, string>>): string
  media(mulaw: Uint8Array, timestampMs: number): string
  dtmf(digit: string): string
  mark(name: string): string
  stop(): string
}

export function openStreamWriter({ streamSid, callSid, accountSid }: StreamIdentity): StreamWriter {
  let sequence = 0
  let chunk = 0
  const message = (event: string, body: object): string =>
    JSON.stringify({ event, sequenceNumber: String(++sequence), streamSid, ...body })
  return {
    connected: () => JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }),
    start: customParameters =>
      message('start', {
        start: {
          streamSid,
          accountSid,
          callSid,
          tracks: ['inbound'],
          mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
          customParameters,
        },
      }),
    media: (mulaw, timestampMs) =>
      message('media', {
        media: {
          track: 'inbound',
          chunk: String(++chunk),
          timestamp: String(timestampMs),
          payload: Buffer.from(mulaw.buffer, mulaw.byteOffset, mulaw.byteLength).toString('base64'),
        },
      }),
    dtmf: digit => message('dtmf', { dtmf: { track: 'inbound_track', digit } }),
    mark: name => message('mark', { mark: { name } }),
    stop: () => message('stop', { stop: { accountSid, callSid } }),
  }
}
