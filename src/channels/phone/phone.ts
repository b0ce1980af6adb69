import type { FastifyInstance } from 'fastify'
import type { CallHost } from '../call-host.ts'
import type { PhoneLine } from './channel.ts'
import { signatureCheck, upgradeCheck } from './signature.ts'
import { streamRoute } from './stream.ts'
import { streamPasses } from './token.ts'
import { webhooks } from './webhooks.ts'

/** The rate of the telephone line, both ways. */
export const PHONE_RATE_HZ = 8_000

export interface PhoneSettings {
  readonly publicUrl: string
  readonly authToken: string
  readonly transferNumber: string | undefined
}

/** The phone channel: the routes that Twilio asks, and the lines of the calls that this server holds, by CallSid. */
export function phone(settings: PhoneSettings, host: CallHost) {
  const { authToken, publicUrl } = settings
  const live = new Map<string, PhoneLine>()
  const passes = streamPasses(authToken, () => host.clock.wallTime())
  return {
    live,
    async routes(app: FastifyInstance): Promise<void> {
      webhooks(app, { ...settings, host, passes, live, isSigned: signatureCheck(authToken, publicUrl) })
      streamRoute(app, { host, passes, live, isSigned: upgradeCheck(authToken, publicUrl) })
    },
  }
}
