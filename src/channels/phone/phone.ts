import type { FastifyInstance } from 'fastify'
import type { AgentAt, CallHost } from '../call-host.ts'
import type { WaitingSounds } from '../sounds/waiting-sound.ts'
import { unreadable, unsigned } from '../unsigned.ts'
import type { RingOuts } from './ring-out/ring-out.ts'
import { signatureCheck, upgradeCheck } from './signature.ts'
import { type LiveStream, streamRoute } from './stream.ts'
import { streamPasses } from './token.ts'
import { waitingRoute } from './waiting-route.ts'
import { webhooks } from './webhooks.ts'

export interface PhoneSettings {
  readonly publicUrl: string
  readonly authToken: string
  readonly transferNumber: string | undefined
  /** The code of the language of what Twilio says to callers. */
  readonly language: string
  /** The number to which staff have put this stream of the call through; undefined where they have not. */
  readonly chosenNumber?: (callId: string, attempt: number) => Promise<string | undefined>
  /** Which agent answers where there are several, and what callers hear who wait for it. */
  readonly agents?: () => { readonly at: AgentAt; readonly waiting?: WaitingSounds }
  /** The calls that the server makes itself. */
  readonly rings: RingOuts
  /** How many streams of one address may wait for their `start`: as many as there can be calls. */
  readonly mostWaiting: number
}

/** The phone channel: the routes that Twilio asks, and the calls that this server holds, by CallSid. */
export function phone(settings: PhoneSettings, host: CallHost) {
  const { authToken, publicUrl, mostWaiting } = settings
  const live = new Map<string, LiveStream>()
  const passes = streamPasses(authToken, () => host.clock.wallTime())
  return {
    live,
    /** The calls that are held here. */
    held: () => [...live].map(([callId, { attempt }]) => ({ callId, attempt })),
    /** Lets go of these calls: the carrier asks what comes next, and whoever answers carries them on. */
    letGo(callIds: Iterable<string>, why: string): void {
      for (const callId of [...callIds]) live.get(callId)?.line.lost(why)
    },
    async routes(app: FastifyInstance): Promise<void> {
      const refused = unsigned(app, host)
      waitingRoute(app, () => settings.agents?.().waiting)
      await app.register(async scope => {
        unreadable(scope, refused)
        // Twilio sends forms alone.
        scope.removeContentTypeParser(['application/json', 'text/plain'])
        webhooks(scope, { ...settings, host, passes, live, refused, isSigned: signatureCheck(authToken, publicUrl) })
        streamRoute(scope, {
          ...{ host, passes, live, refused, mostWaiting, isSigned: upgradeCheck(authToken, publicUrl) },
          isAwaited: settings.rings.isAwaited,
        })
      })
    },
  }
}
