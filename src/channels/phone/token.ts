import { z } from 'zod'
import type { RungOpening } from '../call-host.ts'
import { signedText } from '../signed-text.ts'

/** What the answer webhook passes to the stream: signed and sent by Twilio, as another server may get the stream. */
export interface StreamPass {
  readonly callSid: string
  /** The caller's number, or `WITHHELD`. */
  readonly from: string
  /** The number of the stream within this call, from 1. A pass opens one stream. */
  readonly attempt: number
  /** The agent that answers, where there are several. */
  readonly agent?: string | undefined
  /** The server has made the call itself: `from` is the number that it rang. */
  readonly rung?: RungOpening | undefined
}

const LIFE_MS = 30_000
const payload = z.object({
  callSid: z.string(),
  from: z.string(),
  attempt: z.int(),
  agent: z.string().optional(),
  rung: z.object({ ring: z.string(), besideCallId: z.string().optional(), language: z.string().optional() }).optional(),
  expiresMs: z.number(),
})

/** Makes and reads passes. They expire by `wallTime`, because two servers share no other clock. */
export function streamPasses(authToken: string, wallTime: () => Date) {
  const signed = signedText(authToken, 'partyline stream pass')
  return {
    mint: (pass: StreamPass): string =>
      signed.sign(JSON.stringify({ ...pass, expiresMs: wallTime().getTime() + LIFE_MS })),
    /** The pass if it is ours, for this call and not expired. The store ensures that it is used only once. */
    read(token: string | undefined, callSid: string): StreamPass | undefined {
      const text = signed.read(token)
      if (text === undefined) return undefined
      const { data: pass } = payload.safeParse(JSON.parse(text))
      return pass?.callSid === callSid && pass.expiresMs > wallTime().getTime() ? pass : undefined
    },
  }
}

export type StreamPasses = ReturnType<typeof streamPasses>
