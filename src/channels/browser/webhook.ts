import type { FastifyInstance } from 'fastify'
import type { WebhookReceiver } from 'livekit-server-sdk'
import type { CallHost } from '../call-host.ts'
import { UNLIMITED, unreadable, unsigned } from '../unsigned.ts'
import type { LivekitAccess } from './room.ts'

const MOST_BODY_BYTES = 256 * 1024
/** LiveKit sends an event again when it is not sure that it arrived. */
const MOST_KNOWN = 1_000
/** `ParticipantInfo.Kind` of LiveKit's protocol. */
const SIP = 3

/**
 * POST /livekit/webhook: what LiveKit tells of its rooms. Checked by its signature (a JWT with the hash of the body). A
 * caller who came by a SIP trunk has a room of their own, whose name is given to `telephone`, once.
 */
export function livekitWebhook(
  app: FastifyInstance,
  { apiKey, apiSecret }: LivekitAccess,
  host: Pick<CallHost, 'log' | 'refused'>,
  telephone: (roomName: string) => Promise<void>,
): void {
  let receiver: WebhookReceiver | undefined
  const known = new Set<string>()

  function isNew(id: string): boolean {
    if (known.has(id)) return false
    known.add(id)
    const [oldest] = known
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest)
    return true
  }

  const refused = unsigned(app, host)
  void app.register(async scope => {
    unreadable(scope, refused)
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/webhook+json', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    )
    scope.post('/livekit/webhook', { bodyLimit: MOST_BODY_BYTES, ...UNLIMITED }, async (request, reply) => {
      receiver ??= new (await import('livekit-server-sdk')).WebhookReceiver(apiKey, apiSecret)
      const event = await receiver.receive(String(request.body), request.headers.authorization).catch(() => undefined)
      if (!event) return refused(request, reply, 401)
      const isCaller = event.event === 'participant_joined' && event.participant?.kind === SIP
      if (isCaller && event.room && isNew(event.id)) {
        try {
          await telephone(event.room.name)
        } catch (error) {
          host.log.warn({ err: error }, 'a SIP call is not answered yet')
          // LiveKit sends the event again, and the caller may be met then, here or at another server.
          known.delete(event.id)
          return reply.code(503).send()
        }
      }
      return reply.code(200).send()
    })
  })
}
