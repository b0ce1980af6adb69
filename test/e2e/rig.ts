import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AccessToken, type VideoGrant } from 'livekit-server-sdk'
import { type BrowserContext, chromium } from 'playwright-core'
import { inject, onTestFinished, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { freeTcpPort, type LivekitServer, startLivekit } from '../../src/livekit/server.ts'
import { type SandboxProcess, startSandbox } from '../../src/sandbox/process.ts'
import { type ServerProcess, startServer } from '../../src/sandbox/server-process.ts'

/** As `test`, where the machine has all pieces. */
export const e2eTest = test.skipIf(inject('pieces') === undefined)

function pieces() {
  const found = inject('pieces')
  if (found === undefined) throw new Error('use e2eTest: this machine lacks a piece')
  return found
}

/** Ends with the test that is running. */
function lifetime(): AbortSignal {
  const controller = new AbortController()
  onTestFinished(() => controller.abort(new Error('the test is over')))
  return controller.signal
}

/** A folder that is deleted after the test. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A real LiveKit server on free ports, which ends after the test. */
export async function openLivekit(webhookUrl?: string): Promise<LivekitServer> {
  const options = { program: pieces().livekit, env: process.env, ...(webhookUrl !== undefined && { webhookUrl }) }
  const server = await startLivekit(options, clock, lifetime())
  onTestFinished(async () => void (await server.close()))
  return server
}

type Env = Readonly<Record<string, string>>

export interface Partyline {
  readonly livekit: LivekitServer
  readonly server: ServerProcess
  readonly sandbox: SandboxProcess
  /** Its DATA_DIR. */
  readonly dataDir: string
}

/**
 * Partyline as a process, with the sandbox for its vendors and a LiveKit server that sends it webhooks. `env` has more of
 * its settings, or makes them of its URL; `args` more of its command line. All end after the test.
 */
export async function openPartyline(
  env: Env | ((url: string) => Promise<Env>) = {},
  args: readonly string[] = [],
): Promise<Partyline> {
  const signal = lifetime()
  const dataDir = await testFolder()
  const port = await freeTcpPort()
  const livekit = await openLivekit(`http://127.0.0.1:${port}/livekit/webhook`)
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, signal)
  onTestFinished(() => sandbox.close())
  const keys = { LIVEKIT_URL: livekit.url, LIVEKIT_API_KEY: livekit.apiKey, LIVEKIT_API_SECRET: livekit.apiSecret }
  // Chromium lets only pages from here reach a LiveKit server on the loopback.
  const url = `http://127.0.0.1:${port}`
  const own = { PORT: String(port), PUBLIC_URL: url, DRAIN_SECONDS: '0' }
  const all = { ...keys, ...own, ...(typeof env === 'function' ? await env(url) : env) }
  const server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env: all, args }, clock, signal)
  onTestFinished(async () => void (await server.close()))
  return { livekit, server, sandbox, dataDir }
}

/** A token with which this person can join this room. */
export function tokenFor(livekit: LivekitServer, room: string, identity: string, grant: VideoGrant = {}) {
  const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity, ttl: '10m' })
  token.addGrant({ roomJoin: true, room, canPublish: true, canSubscribe: true, canPublishData: true, ...grant })
  return token.toJwt()
}

export interface BrowserOptions {
  /** A WAV file of 16 bits, which the microphone plays from when it is opened, again and again. */
  readonly microphone: string
  /** Begins the title of the tab that is chosen when a page asks for a screen. Without it such a page waits. */
  readonly sharedTitle?: string
  /** Whether the person lets pages use the microphone; true when left out. */
  readonly allowsMicrophone?: boolean
}

/**
 * Debian's Chromium, without a window. Its pages must be served from 127.0.0.1: from elsewhere it does not let them reach
 * a LiveKit server on the loopback. Ends after the test.
 *
 * There is no --use-fake-ui-for-media-stream: with it a screen is always a green test picture.
 */
export async function openBrowser({
  microphone,
  sharedTitle,
  allowsMicrophone = true,
}: BrowserOptions): Promise<BrowserContext> {
  const browser = await chromium.launch({
    executablePath: pieces().chromium,
    args: [
      // Tests run as root in containers, where Chromium has no sandbox.
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${microphone}`,
      '--autoplay-policy=no-user-gesture-required',
      '--allow-loopback-in-peer-connection',
      ...(sharedTitle === undefined ? [] : [`--auto-select-tab-capture-source-by-title=${sharedTitle}`]),
    ],
  })
  onTestFinished(() => browser.close())
  return browser.newContext({ permissions: allowsMicrophone ? ['microphone'] : [] })
}
