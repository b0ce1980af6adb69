import { z } from 'zod'
import { signedText } from '../../signed-text.ts'

/** What is known of a call that the server makes, wherever its requests arrive: signed, and in the URLs that Twilio asks. */
export interface RingPass {
  /** Made for this ringing alone. */
  readonly ring: string
  /** The server that rings, and waits for the answer. */
  readonly server: string
  /** The number that is rung. */
  readonly number: string
  readonly agent: string
  readonly language?: string | undefined
  /** The call beside which this one is held. */
  readonly besideCallId?: string | undefined
}

/** A pass, and whether it may still open a call. */
export type ReadRingPass = RingPass & { readonly isExpired: boolean }

/** Half a minute of ringing, what Twilio may add to it, and its queue. */
const LIFE_MS = 60_000
const payload = z.object({
  ...{ ring: z.string(), server: z.string(), number: z.string(), agent: z.string() },
  language: z.string().optional(),
  besideCallId: z.string().optional(),
  expiresMs: z.number(),
})

/** Makes and reads passes. They expire by `wallTime`, as those of streams do. */
export function ringPasses(authToken: string, wallTime: () => Date) {
  const signed = signedText(authToken, 'partyline ring pass')
  return {
    mint: (pass: RingPass): string =>
      signed.sign(JSON.stringify({ ...pass, expiresMs: wallTime().getTime() + LIFE_MS })),
    /** The pass if it is ours. */
    read(token: string | undefined): ReadRingPass | undefined {
      const text = signed.read(token)
      if (text === undefined) return undefined
      const { data } = payload.safeParse(JSON.parse(text))
      if (!data) return undefined
      const { expiresMs, ...pass } = data
      return { ...pass, isExpired: expiresMs <= wallTime().getTime() }
    },
  }
}

export type RingPasses = ReturnType<typeof ringPasses>
