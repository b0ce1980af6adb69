import type { ToRooms } from './messages.ts'
import type { Server } from './serve-rooms.ts'

/** The server that forked this process. It ends when the server lets go of it, however that ended. */
export function servedByParent(): Server {
  // A terminal sends its signals to both; the server waits for its live calls, so this process does, too.
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined)
  return {
    send: (message, sent) => process.send?.(message, undefined, undefined, sent),
    onMessage: take => process.on('message', message => take(message as ToRooms)),
    onGone: leave => process.once('disconnect', () => void leave().finally(() => process.exit())),
  }
}
