import { join } from 'node:path'
import type { Clock } from '../../src/conversation/ports.ts'
import type { SandboxProcess } from '../../src/sandbox/process.ts'
import { type ServerProcess, startServer } from '../../src/sandbox/server-process.ts'
import type { Balancer } from './balancer.ts'

export const AUTH_TOKEN = 'kills-auth-token'
/** A supervisor waits a moment before it starts a process again. */
const STARTS_AGAIN_MS = 200

/** One of several servers of a number. Its folder stays when it is started again, as a machine's disk does. */
export interface LiveServer {
  readonly name: string
  readonly url: string
  readonly dataDir: string
  readonly process: ServerProcess
  /** What was done to it. */
  fate: 'up' | 'killed' | 'draining' | 'frozen'
}

/** Servers with one database behind one balancer, each started again when it ends, as a supervisor does. */
export interface Servers {
  /** All that ever ran, by their addresses. */
  readonly known: ReadonlyMap<string, LiveServer>
  /** The folders of all of them. */
  readonly dataDirs: readonly string[]
  /** Those that run and are not being stopped. */
  up(): readonly LiveServer[]
  /** It is started again so long after its end. */
  kill(server: LiveServer, startsAgainMs?: number): void
  /** Nothing of it runs any more, and nobody is told, until it is thawed. */
  freeze(server: LiveServer): void
  thaw(server: LiveServer): void
  /** As in a roll-out: another one is there first. `onTold` is called with the SIGTERM. Resolves when the old one has ended. */
  replace(server: LiveServer, onTold: () => void): ServerProcess['ended']
  /** Resolves when as many are up as there should be. */
  complete(): Promise<void>
  close(): Promise<void>
}

export interface ServersParts {
  readonly count: number
  readonly folder: string
  readonly sandbox: SandboxProcess
  readonly balancer: Balancer
  readonly env: Readonly<Record<string, string>>
  readonly clock: Clock
}

export async function openServers(parts: ServersParts, signal: AbortSignal): Promise<Servers> {
  const { count, folder, sandbox, balancer, env, clock } = parts
  const known = new Map<string, LiveServer>()
  const running = new Set<LiveServer>()
  const starting = new Set<Promise<unknown>>()
  const startsAgainMs = new Map<LiveServer, number>()
  const free: string[] = []
  let made = 0
  let isClosing = false
  let failure: unknown

  async function start(): Promise<LiveServer> {
    const name = free.shift() ?? `s${++made}`
    const dataDir = join(folder, name)
    const process = await startServer({ sandbox, dataDir, authToken: AUTH_TOKEN, env }, clock, signal)
    const server: LiveServer = { name, url: process.url, dataDir, process, fate: 'up' }
    known.set(server.url, server)
    running.add(server)
    balancer.add(server.url)
    process.ended.then(() => {
      running.delete(server)
      balancer.remove(server.url)
      free.push(name)
      if (isClosing || server.fate === 'draining') return
      begin(clock.sleep(startsAgainMs.get(server) ?? STARTS_AGAIN_MS, signal).then(start)).catch(cause => {
        failure = cause
      })
    })
    return server
  }

  function begin<T>(work: Promise<T>): Promise<T> {
    starting.add(work)
    work.then(
      () => starting.delete(work),
      () => starting.delete(work),
    )
    return work
  }

  await Promise.all(Array.from({ length: count }, () => begin(start())))
  return {
    known,
    get dataDirs() {
      return Array.from({ length: made }, (_, i) => join(folder, `s${i + 1}`))
    },
    up: () => [...running].filter(({ fate }) => fate === 'up'),
    kill(server, afterMs = STARTS_AGAIN_MS) {
      server.fate = 'killed'
      startsAgainMs.set(server, afterMs)
      process.kill(server.process.pid, 'SIGKILL')
    },
    freeze(server) {
      server.fate = 'frozen'
      process.kill(server.process.pid, 'SIGSTOP')
    },
    thaw(server) {
      server.fate = 'up'
      process.kill(server.process.pid, 'SIGCONT')
    },
    async replace(server, onTold) {
      await begin(start())
      server.fate = 'draining'
      const ended = server.process.close()
      onTold()
      return ended
    },
    async complete() {
      // The process of one that was killed may not have been told of yet.
      while ([...running].filter(({ fate }) => fate === 'up').length < count) {
        signal.throwIfAborted()
        if (failure !== undefined) throw failure
        if (starting.size > 0) await Promise.race(starting)
        else await clock.sleep(STARTS_AGAIN_MS, signal)
      }
    },
    async close() {
      isClosing = true
      await Promise.allSettled(starting)
      const left = [...running]
      for (const {
        fate,
        process: { pid },
      } of left)
        if (fate === 'frozen') process.kill(pid, 'SIGCONT')
      await Promise.all(left.map(({ process }) => process.close()))
    },
  }
}
