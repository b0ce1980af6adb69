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
/** After more lines that are not messages, the program is taken for no MCP server. */
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
 * A server in a child process, over its standard input and output. (The SDK's transport passes on more of our environment
 * than is configured, leaves running what the child started, and waits forever for a child that does not read.) The child
 * leads a process group, so that everything it starts ends with it. `lastLine` is of its standard error.
 */
export function childTransport(
  { command, args, env }: Extract<ServerSettings, { kind: 'child' }>,
  { clock, groups, log }: ChildParts,
): { readonly transport: Transport; readonly lastLine: () => string | undefined } {
  let child: Child | undefined
  let ended: Promise<void> | undefined
  let isClosed = false
  let garbage = 0
  let lastLine: string | undefined

  const transport: Transport = {
    async start() {
      const started = spawn(command, [...args], { env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'], detached: true })
      child = started
      const exited = new Promise<void>(resolve => {
        started.once('exit', () => resolve())
        // It could not be started, so there will be no exit.
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
      if (!child || isClosed) throw new LinkError('unsent', 'its process has ended')
      if (child.stdin.writableLength > MOST_UNREAD_BYTES) throw new LinkError('unsent', 'it does not read its input')
      child.stdin.write(`${JSON.stringify(message)}\n`)
    },
    async close() {
      // It may still run after it closed its output.
      if (child) await end(child)
    },
  }

  function listen(started: Child): void {
    const read = lineReader(MOST_MESSAGE_BYTES)
    const gauge = floodGauge(clock)
    let isStopped = false
    started.stdout.on('data', (chunk: Buffer) => {
      if (isStopped) return
      try {
        for (const line of read(chunk)) {
          gauge(1)
          receive(line)
        }
      } catch (error) {
        isStopped = true
        log.warn('is stopped', String(error))
        if (started.pid !== undefined) signalGroup(started.pid, 'SIGKILL')
      }
    })
    // Without its output it cannot answer any more.
    started.stdout.once('end', () => markClosed())
    started.stdin.on('error', () => undefined)
    started.stdout.on('error', () => undefined)
    started.stderr.on('error', () => undefined)
    const readError = errorLines(clock, line => {
      lastLine = line
      log.quote('writes to its standard error', line)
    })
    started.stderr.on('data', readError)
    // The last line of a program that crashes may have no end.
    started.stderr.once('end', () => readError(Buffer.from('\n')))
  }

  function receive(line: string): void {
    if (line.trim() === '' || isClosed) return
    let message: JSONRPCMessage
    try {
      message = deserializeMessage(line)
    } catch {
      garbage++
      if (garbage === 1) log.quote('writes something that is not a message to its standard output', line)
      if (garbage > MOST_GARBAGE) throw new Error('too many lines on its standard output are not messages')
      return
    }
    transport.onmessage?.(message)
  }

  function markClosed(): void {
    if (isClosed) return
    isClosed = true
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

  /** After the child's exit: kills what it left running, reads its last output and closes its pipes. */
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
    markClosed()
  }

  return { transport, lastLine: () => lastLine }
}

/** Passes on 20 lines in ten seconds, and says how many were left out. */
function errorLines(clock: Clock, write: (line: string) => void): (chunk: Buffer) => void {
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
        if (lines > STDERR_LINES) write(`(${lines - STDERR_LINES} lines were left out)`)
        sinceMs = clock.now()
        lines = 0
      }
      lines++
      if (lines <= STDERR_LINES && line.trim() !== '') write(line)
    }
  }
}
