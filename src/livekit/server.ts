import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { RoomServiceClient } from 'livekit-server-sdk'
import type { Clock } from '../conversation/ports.ts'
import { reasonOf } from '../failure-reason.ts'
import type { LivekitProgram } from './program.ts'
import { type LivekitSettings, livekitConfig } from './settings.ts'

/** A LiveKit server that runs on the loopback. */
export interface LivekitServer {
  /** ws://127.0.0.1:PORT */
  readonly url: string
  readonly apiKey: string
  readonly apiSecret: string
  readonly pid: number
  /** Resolves with its exit code and the end of its log when it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly log: string }>
  /** Ends it, for sure and within seconds, whoever is still in its rooms. Resolves as `ended`. */
  close(): LivekitServer['ended']
}

export interface LivekitOptions {
  readonly program: LivekitProgram
  /** The environment of the program. */
  readonly env: NodeJS.ProcessEnv
  readonly settings: LivekitSettings
  /** Gets what it prints. */
  readonly onLog?: (text: string) => void
}

/** The server did not become ready; its log is in the message. */
export class LivekitStartError extends Error {
  override readonly name = 'LivekitStartError'
}

const HOST = '127.0.0.1'
const HINTS: Readonly<Record<LivekitProgram['kind'], string>> = {
  installed: '',
  built: '',
  docker: '; Docker Desktop must allow host networking, in its settings',
}
const READY_WITHIN_MS = 30_000
const ASKED_EVERY_MS = 50
/** After its first SIGTERM it waits until its rooms are empty, after the second it does not. */
const SECOND_SIGNAL_AFTER_MS = 500
const KILLED_AFTER_MS = 3_000
const MOST_LOG = 20_000
const MOST_TRIES = 5

/**
 * Starts a LiveKit server on ports that are free, with a key pair of its own. On abort it ends. Rejects as
 * `startLivekitAt`.
 */
export async function startLivekit(
  options: Omit<LivekitOptions, 'settings'> & { readonly webhookUrl?: string },
  clock: Clock,
  signal: AbortSignal,
): Promise<LivekitServer> {
  const { webhookUrl } = options
  for (let tries = 1; ; tries += 1) {
    // Nobody can be asked to keep a port free until the server listens there, so another program may be quicker.
    const [port, udpPort] = await Promise.all([freeTcpPort(), freeUdpPort()])
    const settings = { port, udpPort, apiKey: 'test', apiSecret: randomBytes(32).toString('hex'), webhookUrl }
    try {
      return await startLivekitAt({ ...options, settings }, clock, signal)
    } catch (error) {
      const isTaken = error instanceof LivekitStartError && error.message.includes('address already in use')
      if (!isTaken || tries === MOST_TRIES) throw error
    }
  }
}

/**
 * Starts a LiveKit server at these ports and waits until it answers. On abort it ends, and when this process ends in any
 * way it is killed. Rejects with LivekitStartError and its log when it ends before that or takes more than 30 s.
 */
export async function startLivekitAt(
  { program, env, settings, onLog }: LivekitOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<LivekitServer> {
  signal.throwIfAborted()
  const { apiKey, apiSecret } = settings
  const [file, ...args] = commandLine(program, settings.port)
  // LiveKit would read more settings from the environment; Docker's client needs its own there.
  const programEnv = program.kind === 'docker' ? env : { PATH: env.PATH, HOME: env.HOME }
  // A group of its own: Ctrl-C in a terminal would else reach it twice, once from here and once from the terminal.
  const child = spawn(file, args, {
    env: { ...programEnv, LIVEKIT_CONFIG: livekitConfig(settings) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let log = ''
  const keep = (data: unknown): void => {
    log = (log + String(data)).slice(-MOST_LOG)
    onLog?.(String(data))
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  await once(child, 'spawn').catch(error => {
    throw new LivekitStartError(`${file} cannot be started: ${reasonOf(error)}`)
  })
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, log }))
  const guard = guarded(killLine(program, settings.port, child))
  const end = ending(child, guard, ended, clock)
  const abort = (): void => void end()
  signal.addEventListener('abort', abort, { once: true })
  ended.then(() => {
    guard.kill('SIGKILL')
    signal.removeEventListener('abort', abort)
  })
  const server = { url: `ws://${HOST}:${settings.port}`, apiKey, apiSecret, pid: child.pid ?? 0, ended, close: end }
  const untilMs = clock.now() + READY_WITHIN_MS
  try {
    while (!(await isReady(server, signal))) {
      const hasEnded = child.exitCode !== null || child.signalCode !== null
      const { kind } = program
      if (hasEnded)
        throw new LivekitStartError(`LiveKit ended before it was ready (${kind}): ${(await ended).log.trim()}`)
      if (clock.now() > untilMs)
        throw new LivekitStartError(`LiveKit is not ready after 30 s (${kind})${HINTS[kind]}: ${log.trim()}`)
      await clock.sleep(ASKED_EVERY_MS, signal)
    }
    return server
  } catch (error) {
    await end()
    throw error
  }
}

type CommandLine = readonly [file: string, ...args: string[]]

function commandLine(program: LivekitProgram, port: number): CommandLine {
  switch (program.kind) {
    case 'installed':
    case 'built':
      return [program.file]
    case 'docker': {
      const host = ['--network', 'host', '--env', 'LIVEKIT_CONFIG']
      return [program.docker, 'run', '--rm', '--name', containerName(port), ...host, program.image]
    }
  }
}

/** Kills it without a word. To kill Docker's client would leave the container. */
function killLine(program: LivekitProgram, port: number, child: ChildProcess): CommandLine {
  return program.kind === 'docker'
    ? [program.docker, 'rm', '--force', containerName(port)]
    : ['kill', '-KILL', String(child.pid)]
}

const containerName = (port: number): string => `partyline-livekit-${port}`

/** A process that runs a command when its input ends: that is when this process closes it, or has ended in any way. */
function guarded(line: CommandLine): ChildProcess {
  const args = ['-c', 'cat > /dev/null; exec "$@" > /dev/null 2>&1', 'sh', ...line]
  const guard = spawn('sh', args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  // Without it the server still ends as it should; only a parent that is killed would leave it behind.
  guard.on('error', () => undefined)
  guard.stdin?.on('error', () => undefined)
  return guard
}

/** The way to end it: by signals, and where they do not help by the guard's command. */
function ending(
  child: ChildProcess,
  guard: ChildProcess,
  ended: LivekitServer['ended'],
  clock: Clock,
): LivekitServer['close'] {
  let isEnding = false
  return () => {
    if (isEnding) return ended
    isEnding = true
    const over = new AbortController()
    ended.then(() => over.abort())
    const later = (afterMs: number, what: () => void): void =>
      void clock.sleep(afterMs, over.signal).then(what, () => undefined)
    child.kill('SIGTERM')
    later(SECOND_SIGNAL_AFTER_MS, () => child.kill('SIGTERM'))
    later(KILLED_AFTER_MS, () => guard.stdin?.end())
    return ended
  }
}

/** Whether the server itself answers: another one would not know its keys. */
export async function isReady(
  { url, apiKey, apiSecret }: Pick<LivekitServer, 'url' | 'apiKey' | 'apiSecret'>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const response = await fetch(url.replace(/^ws/, 'http'), { redirect: 'manual', signal })
    if (!response.ok || (await response.text()) !== 'OK') return false
    await new RoomServiceClient(url, apiKey, apiSecret).listRooms()
    return true
  } catch {
    signal.throwIfAborted()
    return false
  }
}

/** A TCP port of the loopback that is free now, or the given one; rejects with EADDRINUSE when that is taken. */
export async function freeTcpPort(port = 0): Promise<number> {
  const server = createServer().listen(port, HOST)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return address.port
}

/** As `freeTcpPort`, for UDP. */
export async function freeUdpPort(port = 0): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(port, HOST)
  await once(socket, 'listening')
  const free = socket.address().port
  socket.close()
  await once(socket, 'close')
  return free
}
