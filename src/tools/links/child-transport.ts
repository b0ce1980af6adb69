import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { deserializeMessage, type JSONRPCMessage, type Transport } from '@modelcontextprotocol/client'
import type { Clock } from '../../conversation/ports.ts'
import type { ServerLog } from '../running/tool-log.ts'
import type { ServerSettings } from '../settings/tool-settings.ts'
import { type ChildGroups, signalGroup } from './child-groups.ts'
import { lineReader } from './child-lines.ts'
import { floodGauge } from './flood.ts'
import { LinkError } from './link-error.ts'

const MOST_MESSAGE_BYTES = 4 * 1024 * 1024
const MOST_UNREAD_BYTES = 1024 * 1024
/** So many lines that are no messages, and it is no server. */
const MOST_GARBAGE = 1_000
const STDERR_LINE_BYTES = 64 * 1024
const STDERR_LINES = 20
const STDERR_EVERY_MS = 10_000
const EOF_MS = 300
const TERM_MS = 1_000
const DRAIN_MS = 200

export interface ChildParts {
  readonly clock: Clock
  readonly groups: ChildGroups
  readonly log: ServerLog
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/**
 * A server in a process of its own, over its standard input and output. (The SDK's transport gives it more of our
 * environment than was named, leaves what it started alive, and waits for ever when it does not read.) It leads a
 * process group, so that everything it starts ends with it.
 */
export function childTransport(
  { command, args, env }: Extract<ServerSettings, { kind: 'child' }>,
  { clock, groups, log }: ChildParts,
): Transport {
  let child: Child | undefined
  let ended: Promise<void> | undefined
  let isOver = false
  let garbage = 0

  const transport: Transport = {
    async start() {
      const started = spawn(command, [...args], { env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'], detached: true })
      child = started
      const exited = new Promise<void>(resolve => {
        started.once('exit', () => resolve())
        // Could not be started, so there is nothing that could exit.
        started.once('error', () => started.pid === undefined && resolve())
      })
      started.on('error', () => undefined)
      if (started.pid !== undefined) groups.add(started.pid)
      ended = exited.then(() => cleanUp(started))
      listen(started)
      try {
        await once(started, 'spawn')
      } catch (cause) {
        throw new LinkError('unsent', `it cannot be started: ${String(cause)}`, cause)
      }
    },
    async send(message: JSONRPCMessage) {
      if (!child || isOver) throw new LinkError('unsent', 'its process has ended')
      if (child.stdin.writableLength > MOST_UNREAD_BYTES) throw new LinkError('unsent', 'it does not read its input')
      child.stdin.write(`${JSON.stringify(message)}\n`)
    },
    async close() {
      // It may have closed its output and live on.
      if (child) await end(child)
    },
  }

  function listen(started: Child): void {
    const read = lineReader(MOST_MESSAGE_BYTES)
    const gauge = floodGauge(clock)
    let isGivenUp = false
    started.stdout.on('data', (chunk: Buffer) => {
      if (isGivenUp) return
      try {
        for (const line of read(chunk)) {
          gauge(1)
          take(line)
        }
      } catch (error) {
        isGivenUp = true
        log.warn('is given up', String(error))
        if (started.pid !== undefined) signalGroup(started.pid, 'SIGKILL')
      }
    })
    // It cannot answer any more, whatever else it may do.
    started.stdout.once('end', () => over())
    started.stdin.on('error', () => undefined)
    started.stdout.on('error', () => undefined)
    started.stderr.on('error', () => undefined)
    const readError = errorLines(clock, line => log.quote('writes to its standard error', line))
    started.stderr.on('data', readError)
  }

  function take(line: string): void {
    if (line.trim() === '' || isOver) return
    let message: JSONRPCMessage
    try {
      message = deserializeMessage(line)
    } catch {
      garbage++
      if (garbage === 1) log.quote('writes what is no message to its standard output', line)
      if (garbage > MOST_GARBAGE) throw new Error('nothing but garbage on its standard output')
      return
    }
    transport.onmessage?.(message)
  }

  function over(): void {
    if (isOver) return
    isOver = true
    transport.onclose?.()
  }

  /** End of input, then SIGTERM, then SIGKILL. */
  async function end(running: Child): Promise<void> {
    const { pid } = running
    running.stdin.end()
    if (pid !== undefined && !(await hasEnded(EOF_MS))) {
      signalGroup(pid, 'SIGTERM')
      if (!(await hasEnded(TERM_MS))) signalGroup(pid, 'SIGKILL')
    }
    await ended
  }

  async function hasEnded(withinMs: number): Promise<boolean> {
    const waiting = new AbortController()
    const late = clock.sleep(withinMs, waiting.signal).then(
      () => false,
      () => false,
    )
    const result = await Promise.race([ended?.then(() => true) ?? true, late])
    waiting.abort(new Error('it has ended'))
    return result
  }

  /** The child has exited: what it left behind is killed, what it wrote last is read, and its pipes are closed. */
  async function cleanUp(exited: Child): Promise<void> {
    const { pid } = exited
    if (pid !== undefined) {
      signalGroup(pid, 'SIGKILL')
      groups.remove(pid)
      const waiting = new AbortController()
      const late = clock.sleep(DRAIN_MS, waiting.signal).catch(() => undefined)
      await Promise.race([once(exited, 'close', { signal: waiting.signal }).catch(() => undefined), late])
      waiting.abort(new Error('its pipes are closed'))
    }
    for (const pipe of [exited.stdin, exited.stdout, exited.stderr]) pipe.destroy()
    over()
  }

  return transport
}

/** Lets 20 lines through in ten seconds, and says how many were left out. */
function errorLines(clock: Clock, tell: (line: string) => void): (chunk: Buffer) => void {
  let read = lineReader(STDERR_LINE_BYTES)
  let sinceMs = Number.NEGATIVE_INFINITY
  let lines = 0
  return chunk => {
    let found: readonly string[]
    try {
      found = read(chunk)
    } catch {
      read = lineReader(STDERR_LINE_BYTES)
      found = ['(a line that is too long)']
    }
    for (const line of found) {
      if (clock.now() - sinceMs >= STDERR_EVERY_MS) {
        if (lines > STDERR_LINES) tell(`(${lines - STDERR_LINES} lines were left out)`)
        sinceMs = clock.now()
        lines = 0
      }
      lines++
      if (lines <= STDERR_LINES && line.trim() !== '') tell(line)
    }
  }
}
