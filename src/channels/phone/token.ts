import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

/** What the answer webhook passes to the stream: signed and sent by Twilio, as another server may get the stream. */
export interface StreamPass {
  readonly callSid: string
  /** The caller's number, or `WITHHELD`. */
  readonly from: string
  /** The number of the stream within this call, from 1. A pass opens one stream. */
  readonly attempt: number
}

const LIFE_MS = 30_000
const payload = z.object({ callSid: z.string(), from: z.string(), attempt: z.int(), expiresMs: z.number() })

/** Makes and reads passes. They expire by `wallTime`, because two servers share no other clock. */
export function streamPasses(authToken: string, wallTime: () => Date) {
  const key = createHmac('sha256', authToken).update('partyline stream pass').digest()
  const mac = (text: string): Buffer => createHmac('sha256', key).update(text).digest()
  return {
    mint(pass: StreamPass): string {
      const text = Buffer.from(JSON.stringify({ ...pass, expiresMs: wallTime().getTime() + LIFE_MS })).toString(
        'base64url',
      )
      return `${text}.${mac(text).toString('base64url')}`
    },
    /** The pass if it is ours, for this call and not expired. The store ensures that it is used only once. */
    read(token: string | undefined, callSid: string): StreamPass | undefined {
      const [text, signed, ...more] = token?.split('.') ?? []
      if (!text || !signed || more.length > 0) return undefined
      // Compared as text, because base64 can encode the same bytes in several ways.
      const [ours, theirs] = [Buffer.from(mac(text).toString('base64url')), Buffer.from(signed)]
      if (ours.length !== theirs.length || !timingSafeEqual(ours, theirs)) return undefined
      const { data: pass } = payload.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
      return pass?.callSid === callSid && pass.expiresMs > wallTime().getTime() ? pass : undefined
    },
  }
}

export type StreamPasses = ReturnType<typeof streamPasses>
