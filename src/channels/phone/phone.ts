import type { FastifyInstance } from 'fastify'
import type { CallHost } from '../call-host.ts'
import type { PhoneLine } from './channel.ts'
import { signatureCheck, upgradeCheck } from './signature.ts'
import { streamRoute } from './stream.ts'
import { streamPasses } from './token.ts'
import { unsigned } from './unsigned.ts'
import { webhooks } from './webhooks.ts'

export interface PhoneSettings {
  readonly publicUrl: string
  readonly authToken: string
  readonly transferNumber: string | undefined
  /** The number to which staff have put this stream of the call through; undefined where they have not. */
  readonly chosenNumber?: (callId: string, attempt: number) => Promise<string | undefined>
  /** How many streams of one address may wait for their `start`: as many as there can be calls. */
  readonly mostWaiting: number
}

/** The phone channel: the routes that Twilio asks, and the lines of the calls that this server holds, by CallSid. */
export function phone(settings: PhoneSettings, host: CallHost) {
  const { authToken, publicUrl, mostWaiting } = settings
  const live = new Map<string, PhoneLine>()
  const passes = streamPasses(authToken, () => host.clock.wallTime())
  return {
    live,
    /** Lets go of these calls: the carrier asks what comes next, and whoever answers carries them on. */
    letGo(callIds: Iterable<string>, why: string): void {
      for (const callId of [...callIds]) live.get(callId)?.lost(why)
    },
    async routes(app: FastifyInstance): Promise<void> {
      const refused = unsigned(app, host)
      webhooks(app, { ...settings, host, passes, live, refused, isSigned: signatureCheck(authToken, publicUrl) })
      streamRoute(app, { host, passes, live, refused, mostWaiting, isSigned: upgradeCheck(authToken, publicUrl) })
    },
  }
}
