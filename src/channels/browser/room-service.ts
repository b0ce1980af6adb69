import type { RoomServiceClient } from 'livekit-server-sdk'
import type { Clock } from '../../conversation/ports.ts'
import { within } from '../../conversation/scope.ts'
import type { LivekitAccess } from './room.ts'

const DONE_WITHIN_MS = 2_000

/** What LiveKit's server does with a room. Nothing rejects: a room that is gone, or a server that does not answer, is no trouble here. */
export function roomService({ url, apiKey, apiSecret }: LivekitAccess, name: string, clock: Clock) {
  async function ask(what: string, work: (service: RoomServiceClient) => Promise<unknown>): Promise<void> {
    const { RoomServiceClient } = await import('livekit-server-sdk')
    const service = new RoomServiceClient(url.replace(/^ws/, 'http'), apiKey, apiSecret)
    const never = new AbortController().signal
    await within(DONE_WITHIN_MS, what, clock, () => work(service), never).catch(() => undefined)
  }
  return {
    /** Ends the room for all who are in it. */
    end: () => ask('ending the room', service => service.deleteRoom(name)),
    putOut: (identity: string) => ask('putting somebody out', service => service.removeParticipant(name, identity)),
  }
}
