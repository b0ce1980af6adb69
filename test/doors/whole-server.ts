import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings, SANDBOX_KEY } from '../../src/config.ts'
import { openLog } from '../../src/operations/log.ts'
import { openPartyline } from '../../src/partyline.ts'
import { hashOf } from '../../src/pins/pin-hash.ts'
import { pinsIn } from '../../src/pins/pins.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { openJpegEncoder } from '../../src/sight/jpeg-encoder.ts'
import { FakeClock } from '../fakes/clock.ts'
import { CHEAP } from '../pins/cheap-hashes.ts'

export const AUTH_TOKEN = 'the token of the account'
export const PUBLIC_URL = 'https://agent.example.com'
export const SUPERVISOR = 'a password of supervisors'
export const LIVEKIT = { url: 'wss://rooms.example.com', key: 'key', secret: 'a secret of more than thirty letters' }

export type WholeServer = Awaited<ReturnType<typeof openWholeServer>>

/**
 * The whole server, as `npm start` builds it, on a port of its own: with tasks, rooms, staff and metrics, and with
 * providers that are never there. `connects` counts how often it set out to reach one.
 */
export async function openWholeServer(env: Readonly<Record<string, string>> = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  const clock = new FakeClock()
  const logged: string[] = []
  const reached: string[] = []
  class Nobody extends Agent {
    override createConnection(options: { readonly host?: string | null }): never {
      reached.push(String(options.host))
      throw new Error('nobody is there')
    }
  }
  const environment = {
    ...{ PUBLIC_URL, TWILIO_AUTH_TOKEN: AUTH_TOKEN, TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}` },
    ...{ DEEPGRAM_API_KEY: 'key', OPENAI_API_KEY: 'key', CARTESIA_API_KEY: 'key', GEMINI_API_KEY: 'key' },
    ...{ LIVEKIT_URL: LIVEKIT.url, LIVEKIT_API_KEY: LIVEKIT.key, LIVEKIT_API_SECRET: LIVEKIT.secret },
    ...{ STAFF_SUPERVISOR_PASSWORD: await hashOf(SUPERVISOR, CHEAP), METRICS_PORT: '9464' },
    ...{ DATA_DIR: dataDir, TIME_ZONE: 'Europe/Berlin', AGENT: 'task-manager' },
    ...env,
  }
  const settings = readSettings(environment)
  const draw = seeded(1)
  const access = (host: string) => ({ apiKey: SANDBOX_KEY, baseUrl: `http://${host}` })
  const partyline = await openPartyline({
    ...{ settings, environment, clock },
    network: {
      agent: new Nobody(),
      async fetch(input) {
        reached.push(new URL(input instanceof Request ? input.url : input).host)
        throw new TypeError('fetch failed')
      },
    },
    access: {
      deepgram: access('deepgram'),
      openai: access('openai'),
      cartesia: access('cartesia'),
      gemini: access('gemini'),
    },
    joinRoom: async () => {
      reached.push('livekit')
      throw new Error('nobody is there')
    },
    encoder: openJpegEncoder(),
    serverName: 'here:8080',
    chance: below => Math.floor(draw() * below),
    openPins: database => pinsIn(database, CHEAP),
    log: openLog('trace', false, { write: line => logged.push(line) }),
  })
  const url = await partyline.app.listen({ host: '127.0.0.1', port: 0 })
  async function close(): Promise<void> {
    await partyline.close()
    await rm(dataDir, { recursive: true })
  }
  return {
    close,
    ...{ partyline, app: partyline.app, clock, url, port: Number(new URL(url).port), dataDir, logged },
    connects: () => reached.length,
    /** The calls that have left anything on the disk. */
    callFolders: () => readdir(join(dataDir, 'calls')),
  }
}
