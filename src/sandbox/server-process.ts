import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../conversation/ports.ts'
import { systemNetwork } from '../network.ts'
import type { Script } from './caller/fixture.ts'
import type { SandboxProcess } from './process.ts'
import type { RingOptions } from './ringing/ring.ts'

/** The real server as a separate process that uses the sandbox as its vendors. */
export interface ServerProcess {
  readonly url: string
  /** Its PUBLIC_URL, by which it knows its own pages. */
  readonly publicUrl: string
  readonly pid: number
  /** Where Prometheus finds its metrics; undefined where the settings name no port for them. */
  readonly metricsUrl: string | undefined
  /** The options with which the caller of this script rings the server. */
  rungBy(script: Script): Omit<RingOptions, 'seed' | 'ticker'>
  /** Resolves with the exit code and the log when the server has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly log: string }>
  /** Sends SIGTERM and waits; resolves as `ended`. */
  close(): ServerProcess['ended']
}

/** How a server is started beside the stand-ins. */
export interface ServerOptions {
  readonly sandbox: SandboxProcess
  readonly dataDir: string
  readonly authToken: string
  /** More settings, as environment variables. */
  readonly env?: Readonly<Record<string, string>>
  /** A command to run it under, such as one that pins it to a core. */
  readonly under?: readonly string[]
  /** More words of the server's own command line. */
  readonly args?: readonly string[]
}

const READY_WITHIN_MS = 120_000
/**
 * As in `npm start`. A young generation of 4 MB instead of 16 saves 2 MB a call, and an old one that is collected when it
 * has doubled another 1.7 MB; neither costs time (measured).
 */
export const NODE_OPTIONS = ['--max-semi-space-size=4', '--heap-growing-percent=100']

/** The URL that signatures cover. The server reports where it really listens. */
const PUBLIC_URL = 'http://localhost'
const ACCOUNT_SID = `AC${'0'.repeat(32)}`
const NUMBER = '+15550100000'

/** Starts `src/main.ts` on a free port and waits until it is ready for calls. Rejects with its log if that takes more than two minutes. */
export async function startServer(options: ServerOptions, clock: Clock, signal: AbortSignal): Promise<ServerProcess> {
  const { sandbox, dataDir, authToken, env = {}, under = [], args = [] } = options
  const file = fileURLToPath(new URL('../main.ts', import.meta.url))
  const [command, ...rest] = [...under, process.execPath, ...NODE_OPTIONS, file, ...args]
  const folder = resolve(dataDir)
  const publicUrl = env.PUBLIC_URL ?? PUBLIC_URL
  await mkdir(folder, { recursive: true })
  const child = spawn(command ?? process.execPath, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its settings are those given here, and not those of a .env in the folder of whoever started it.
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      PORT: '0',
      PUBLIC_URL,
      HOST: '127.0.0.1',
      DATA_DIR: folder,
      TWILIO_AUTH_TOKEN: authToken,
      DEEPGRAM_API_KEY: 'sandbox',
      DEEPGRAM_BASE_URL: sandbox.deepgramUrl,
      OPENAI_API_KEY: 'sandbox',
      OPENAI_BASE_URL: sandbox.openaiUrl,
      CARTESIA_API_KEY: 'sandbox',
      CARTESIA_BASE_URL: sandbox.cartesiaUrl,
      GEMINI_API_KEY: 'sandbox',
      GEMINI_BASE_URL: sandbox.geminiUrl,
      AGENT: 'receptionist',
      ...env,
    },
  })
  let log = ''
  const keep = (data: unknown): void => {
    log = (log + String(data)).slice(-200_000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, log }))
  const end = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', end, { once: true })
  ended.then(() => signal.removeEventListener('abort', end))
  const untilMs = clock.now() + READY_WITHIN_MS
  let url = ''
  while (!(await isReady(url, signal))) {
    if (child.exitCode !== null || clock.now() > untilMs) {
      end()
      throw new Error(`the server does not become ready:\n${log.trim()}`)
    }
    await clock.sleep(50, signal)
    url ||= LISTENING.exec(log)?.[1] ?? ''
  }
  return {
    ...{ url, publicUrl },
    pid: child.pid ?? 0,
    metricsUrl: METRICS.exec(log)?.[1],
    rungBy: script => ({
      ...{
        network: systemNetwork,
        dialUrl: url,
        publicUrl,
        authToken,
        accountSid: ACCOUNT_SID,
      },
      ...{ from: script.from, to: NUMBER, script, announceUrl: sandbox.deepgramUrl },
    }),
    ended,
    close() {
      end()
      return ended
    },
  }
}

/** The line of the log that reports where the server listens. */
const LISTENING = /"url":"(http:[^"]+)"[^\n]*"listening"/
const METRICS = /"metrics":"(http:[^"]+)"[^\n]*"listening"/

async function isReady(url: string, signal: AbortSignal): Promise<boolean> {
  if (url === '') return false
  try {
    return (await fetch(`${url}/readyz`, { signal })).ok
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof TypeError) return false
    throw error
  }
}
