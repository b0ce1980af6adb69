import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { ProfileName } from './delays.ts'
import type { RungAt } from './softphone/rung-at.ts'

/** The line by which the process tells that it listens. */
const ready = z.object({
  twilioUrl: z.string(),
  deepgramUrl: z.string(),
  openaiUrl: z.string(),
  cartesiaUrl: z.string(),
  geminiUrl: z.string(),
  /** All of them by their names, with those that were asked for. */
  urls: z.record(z.string(), z.string()),
})

const lineIn = z.object({
  ringsAt: z.object({
    url: z.string(),
    publicUrl: z.string(),
    authToken: z.string(),
  }),
})

/** Reads one line of the sandbox's stdin; undefined for one that is nothing it knows. */
export function readOrder(line: string): RungAt | undefined {
  try {
    return lineIn.parse(JSON.parse(line)).ringsAt
  } catch {
    return undefined
  }
}

/** The sandbox as a separate process, so that its speech synthesis never stalls the process that uses it. */
export interface SandboxProcess extends z.infer<typeof ready> {
  readonly pid: number
  /** The server that its softphone, the page at `twilioUrl`, rings from now on. */
  ringsAt(server: RungAt): void
  close(): Promise<void>
}

/** How the process of the stand-ins is started. */
export interface SandboxOptions {
  /** The port of Twilio's stand-in; Deepgram's, OpenAI's, Cartesia's and Gemini's use the next four. 0 takes free ports. */
  readonly port: number
  /** Twilio's stand-in is at this port of its own, if that is free. */
  readonly twilioPort?: number
  readonly profile: ProfileName
  readonly seed?: number
  /** More stand-ins, by their names in `stand-ins.ts`. */
  readonly with?: readonly string[]
  /** A command to run it under, such as one that pins it to a core. */
  readonly under?: readonly string[]
}

/** Starts the sandbox and waits until all stand-ins listen. Rejects with its stderr if it ends before that. */
export function startSandbox(
  { port, twilioPort = port, profile, seed = 1, under = [], with: more = [] }: SandboxOptions,
  signal: AbortSignal,
): Promise<SandboxProcess> {
  const file = fileURLToPath(new URL('./main.ts', import.meta.url))
  const ports = ['--port', String(port), '--twilio-port', String(twilioPort)]
  const options = [...ports, '--profile', profile, '--seed', String(seed), '--with', more.join(',')]
  const [command, ...rest] = [...under, process.execPath, file, ...options]
  const child = spawn(command ?? process.execPath, rest, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
  })
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  const close = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  // By its stdin: a token is for nobody else on this machine.
  const ringsAt = (server: RungAt): void => void child.stdin.write(`${JSON.stringify({ ringsAt: server })}\n`)
  // Its end is told by `ended`.
  child.stdin.on('error', () => undefined)
  const abort = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', abort, { once: true })
  ended.then(() => signal.removeEventListener('abort', abort))
  return new Promise((resolve, reject) => {
    let said = ''
    let complaints = ''
    child.stderr.on('data', data => {
      complaints = (complaints + data).slice(-4_000)
    })
    child.stdout.on('data', data => {
      said += data
      const line = said.split('\n').find(text => text.startsWith('{'))
      if (line && said.includes('\n'))
        resolve({ ...ready.parse(JSON.parse(line)), pid: child.pid ?? 0, ringsAt, close })
    })
    child.once('error', error => reject(new Error(`the sandbox does not start: ${error.message}`)))
    ended.then(() => reject(new Error(`the sandbox ended before it was ready: ${complaints.trim()}`)))
  })
}
