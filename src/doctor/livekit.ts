import type { Settings } from '../config.ts'
import type { Asker } from './asking.ts'
import { type Check, note, ok, wrong } from './finding.ts'

const WHAT = 'LiveKit'
const TOKEN_SECONDS = 60

/** Whether the LiveKit server is there and takes the key: it is asked for its rooms. */
export function livekitCheck({ livekit, NODE_ENV, LIVEKIT_URL }: Settings, { ask }: Asker): Check {
  return {
    what: WHAT,
    todo: 'check LIVEKIT_URL, and that the LiveKit server is running',
    async run(signal) {
      if (!livekit) return [note(WHAT, 'none is set: nobody can talk in a browser')]
      const { url, apiKey, apiSecret } = livekit
      const base = url.replace(/^ws/, 'http')
      const { AccessToken } = await import('livekit-server-sdk')
      const token = new AccessToken(apiKey, apiSecret, { ttl: TOKEN_SECONDS })
      token.addGrant({ roomList: true })
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await token.toJwt()}` },
        body: '{}',
      }
      const asked = ask(`${base}/twirp/livekit.RoomService/ListRooms`, init, signal)
      // On a laptop it is started when somebody wants to talk in a browser.
      const isLaptops = LIVEKIT_URL === undefined && NODE_ENV !== 'production'
      const answer = isLaptops ? await asked.catch(() => undefined) : await asked
      signal.throwIfAborted()
      if (!answer) return [note(WHAT, 'no server answers on this machine: `npm run livekit` starts one')]
      const { status, isPage } = answer
      if (status === 401 || status === 403)
        return [wrong(WHAT, `the key is refused (${status}): check LIVEKIT_API_KEY, LIVEKIT_API_SECRET and the clock`)]
      if (isPage || status === 404)
        return [wrong(WHAT, `something else answers at ${url} (${status}): check LIVEKIT_URL`)]
      if (status !== 200) return [wrong(WHAT, `${url} fails (${status}): see its log`)]
      return [ok(WHAT, `${url} takes the key`)]
    },
  }
}
