import { z } from 'zod'
import { signedText } from '../signed-text.ts'
import { ON_BEHALF } from './avatar/protocol.ts'
import type { LivekitAccess } from './room.ts'

/** The agent's name in its rooms, and the person's: one of each, so a second one with the name replaces the first. */
export const AGENT = 'agent'
export const CALLER = 'caller'
/** One who speaks for the agent and shows a face. */
export const AVATAR = 'avatar'
/** Somebody beside a telephone call, in a room of their own. */
export const COMPANION = 'companion'
export const companionRoom = (callId: string): string => `screen-${callId}`

/** How long a page may take to use its token. Who is in the room stays. */
const PERSON_SECONDS = 600
/** LiveKit sends the agent new ones while it is in the room. */
const AGENT_SECONDS = 600
/** A page may come back so long after it was last told how. */
const BACK_MS = 30 * 60_000

/**
 * LiveKit ends a room with nobody but an agent in it 20 s after the last person left, by default, and 5 minutes after it
 * was made. The agent waits longer for people who come back, and for those whose code is good for ten minutes.
 */
const LEFT_ALONE_SECONDS = 90
const ALONE_SECONDS = 900
/** A page that connects again just as its room ends makes it anew: nobody comes to it. LiveKit would keep it for 5 minutes. */
const REMADE_SECONDS = 20

/** A token for one person and one room: microphone, screen and data, and nothing else. */
export const personToken = (access: LivekitAccess, room: string): Promise<string> =>
  tokenOf(access, room, CALLER, ['microphone', 'screen_share'])

/** A token for somebody beside a telephone call: screen and data, and no microphone. */
export const companionToken = (access: LivekitAccess, callId: string): Promise<string> =>
  tokenOf(access, companionRoom(callId), COMPANION, ['screen_share'])

async function tokenOf(
  { apiKey, apiSecret }: LivekitAccess,
  room: string,
  identity: string,
  sources: readonly ('microphone' | 'screen_share')[],
): Promise<string> {
  const { AccessToken, RoomConfiguration, TrackSource } = await import('livekit-server-sdk')
  const sourceOf = { microphone: TrackSource.MICROPHONE, screen_share: TrackSource.SCREEN_SHARE } as const
  const token = new AccessToken(apiKey, apiSecret, { identity, ttl: PERSON_SECONDS })
  token.roomConfig = new RoomConfiguration({ emptyTimeout: REMADE_SECONDS, departureTimeout: LEFT_ALONE_SECONDS })
  token.addGrant({
    room,
    roomJoin: true,
    canSubscribe: true,
    canPublish: true,
    canPublishSources: sources.map(source => sourceOf[source]),
    canPublishData: true,
    canUpdateOwnMetadata: false,
  })
  return token.toJwt()
}

/** A token for the agent in one room, which is made by it if there is none yet. */
export async function agentToken({ apiKey, apiSecret }: LivekitAccess, room: string): Promise<string> {
  const { AccessToken, RoomConfiguration } = await import('livekit-server-sdk')
  const token = new AccessToken(apiKey, apiSecret, { identity: AGENT, ttl: AGENT_SECONDS })
  token.kind = 'agent'
  token.roomConfig = new RoomConfiguration({ emptyTimeout: ALONE_SECONDS, departureTimeout: LEFT_ALONE_SECONDS })
  token.addGrant({
    room,
    roomJoin: true,
    canSubscribe: true,
    canPublish: true,
    canPublishData: true,
    canUpdateOwnMetadata: true,
    agent: true,
  })
  return token.toJwt()
}

/** A token for the worker that speaks for the agent. Its attribute tells pages whose voice and face it is. */
export async function avatarToken({ apiKey, apiSecret }: LivekitAccess, room: string): Promise<string> {
  const { AccessToken } = await import('livekit-server-sdk')
  const attributes = { [ON_BEHALF]: AGENT }
  const token = new AccessToken(apiKey, apiSecret, { identity: AVATAR, name: AVATAR, attributes, ttl: AGENT_SECONDS })
  token.kind = 'agent'
  token.addGrant({ room, roomJoin: true, canSubscribe: true, canPublish: true, canPublishData: true })
  return token.toJwt()
}

/** What a page keeps to come back to its conversation. */
interface BackPass {
  readonly callId: string
  readonly owner: string
}

const payload = z.object({ callId: z.string(), owner: z.string(), expiresMs: z.number() })

/** Makes and reads the passes by which a page comes back. They hold for its owner alone. */
export function backPasses(secret: string, wallTime: () => Date) {
  const signed = signedText(secret, 'partyline browser pass')
  return {
    mint: (pass: BackPass): string =>
      signed.sign(JSON.stringify({ ...pass, expiresMs: wallTime().getTime() + BACK_MS })),
    /** The call of the pass, if it is ours, for this owner and not too old. */
    read(pass: string | undefined, owner: string): string | undefined {
      const text = signed.read(pass)
      if (text === undefined) return undefined
      const { data } = payload.safeParse(JSON.parse(text))
      return data?.owner === owner && data.expiresMs > wallTime().getTime() ? data.callId : undefined
    },
  }
}
