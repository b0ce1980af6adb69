import type { JoinRoom } from '../../src/channels/browser/room.ts'
import { serveRooms } from '../../src/channels/browser/rooms-process/serve-rooms.ts'
import { servedByParent } from '../../src/channels/browser/rooms-process/served-by-parent.ts'
import { systemClock as clock } from '../../src/clock.ts'

/**
 * Rooms in memory, in a process of their own. One who is named as the process comes to each of them, and gives back what the
 * agent says and tells. What is told on `do` happens to the process.
 */
const join: JoinRoom = async (_access, { name, token, speaks }, listener, signal) => {
  if (name === 'refused') throw new Error('the room cannot be joined: it is full')
  if (name === 'slow') await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  listener.arrived({
    identity: String(process.pid),
    kind: 'browser',
    attributes: { name, token, speaks: String(speaks) },
  })
  return {
    play: pcm => listener.sound('echo', pcm),
    clear: () => listener.key('echo', '#'),
    hush: () => listener.key('echo', '0'),
    avatar: order =>
      listener.avatar({ kind: 'gone', why: order.kind === 'sound' ? `sound of ${order.pcm.length}` : order.kind }),
    heard: async () => undefined,
    tell(topic, text, attributes) {
      if (topic !== 'do') listener.typed('echo', JSON.stringify({ topic, text, attributes }))
      else if (text === 'die') process.kill(process.pid, 'SIGKILL')
      else if (text === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    },
    show: attributes => listener.left('echo', JSON.stringify(attributes)),
    statistics: async () => ({ lossPercent: 1, jitterMs: 2, roundTripMs: undefined }),
    leave: async how => listener.lost(`left ${how}`),
  }
}

serveRooms(join, servedByParent(), clock)
