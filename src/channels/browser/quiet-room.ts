import type { Room } from '@livekit/rtc-node'

/** What the native client tells rooms of. */
const OF_ROOMS: readonly string[] = ['roomEvent', 'rpcMethodInvocation']

/**
 * A room of LiveKit's client. That throws at an event of somebody whom it does not know, in a promise that nobody handles, which
 * would end the process. It would also take a lock for each piece of sound of every room, which is not for it.
 */
export function quietRoom(rtc: { readonly Room: new () => Room }): Room {
  const room = new rtc.Room()
  // biome-ignore lint/complexity/useLiteralKeys: it is private.
  const take = room['onFfiEvent']
  // biome-ignore lint/complexity/useLiteralKeys: it is private.
  room['onFfiEvent'] = (event: { readonly message: { readonly case: string } }) => {
    if (OF_ROOMS.includes(event.message.case)) take(event).catch(() => undefined)
  }
  return room
}
