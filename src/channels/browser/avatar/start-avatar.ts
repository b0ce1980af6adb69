import { createHash } from 'node:crypto'
import type { Clock } from '../../../conversation/ports.ts'
import { within } from '../../../conversation/scope.ts'
import { type LivekitAccess, SPOKEN_RATE_HZ } from '../room.ts'
import { AGENT, AVATAR, avatarToken } from '../tokens.ts'
import type { StartAvatar } from './avatar.ts'
import { facesProcess } from './face/faces-process.ts'

export interface AvatarStarterParts {
  readonly access: LivekitAccess
  /** Who is asked for avatars that are not our own. */
  readonly url: string | undefined
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
}

const OWN_FACE = 'face'
const ASKED_WITHIN_MS = 5_000
const SIGNED_FOR_SECONDS = 300

/** Gives, for an avatar's name, how a worker is asked to come: our own face by its process, others by a request to `url`. */
export function avatarStarter({ access, url, fetch, clock }: AvatarStarterParts): (avatar: string) => StartAvatar {
  const faces = facesProcess(clock)
  return avatar => async (room, signal) => {
    const token = await avatarToken(access, room)
    if (avatar === OWN_FACE) return faces.join({ url: access.url, token }, signal)
    if (url === undefined) throw new Error('AVATAR_URL is not set')
    const body = JSON.stringify({
      ...{ avatar, livekit_url: access.url, livekit_token: token, room_name: room, avatar_identity: AVATAR },
      ...{ agent_identity: AGENT, sample_rate: SPOKEN_RATE_HZ, num_channels: 1 },
    })
    const headers = { 'content-type': 'application/json', authorization: await signatureOf(access, body) }
    const ask = async (inner: AbortSignal): Promise<void> => {
      const response = await fetch(url, { method: 'POST', headers, body, signal: inner })
      await response.body?.cancel()
      if (!response.ok) throw new Error(`AVATAR_URL answered ${response.status}`)
    }
    await within(ASKED_WITHIN_MS, 'AVATAR_URL', clock, ask, signal)
    return {}
  }
}

/** As LiveKit signs its webhooks, so that any of its libraries can check it: a token with the hash of the body. */
async function signatureOf({ apiKey, apiSecret }: LivekitAccess, body: string): Promise<string> {
  const { AccessToken } = await import('livekit-server-sdk')
  const token = new AccessToken(apiKey, apiSecret, { ttl: SIGNED_FOR_SECONDS })
  token.sha256 = createHash('sha256').update(body).digest('base64')
  return token.toJwt()
}
