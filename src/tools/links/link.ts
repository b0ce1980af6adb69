import type { CallToolResult } from '@modelcontextprotocol/client'
import type { Clock, ToolContext } from '../../conversation/ports.ts'
import { within } from '../../conversation/scope.ts'
import type { ServerLog } from '../running/tool-log.ts'
import type { ListedTool } from '../settings/listed-tool.ts'
import { type CallParams, type Connection, openConnection } from './connection.ts'
import { LinkError } from './link-error.ts'
import type { Wire } from './wire.ts'

const OPEN_LIMIT_MS = 15_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000
/** The share by which a wait may vary, so that many servers are not started at the same moment. */
const JITTER = 0.2
/** After a connection this long the first wait is none. */
const STEADY_MS = 60_000

/** The call and its owner. The session sets them, never the model. */
export interface CallOwner {
  readonly callId: string
  readonly owner: string
  /** BCP 47; nothing where tools are only listed. */
  readonly language?: string
  /** As in ToolContext. No server of another process is told. */
  readonly said?: readonly string[]
  /** As in ToolContext. No server of another process is told. */
  readonly taken?: ToolContext['taken']
}

export interface LinkCall {
  readonly tool: string
  readonly given: Readonly<Record<string, unknown>>
  readonly callOwner: CallOwner
  /** W3C trace context, where calls are traced. */
  readonly traceparent?: string | undefined
  /** The idempotency key of a change. */
  readonly key?: string
  /** As in the context of the call. */
  readonly answered?: ((answer: unknown) => void) | undefined
  /** Counted from now, with all waits and retries. */
  readonly limitMs: number
}

/** The connection to one server, reopened when it is lost. */
export interface Link {
  readonly name: string
  /** The tools that the server announced last. They stay while it is away; the array is the same until they change. */
  readonly tools: () => readonly ListedTool[]
  /** Resolves after the first attempt to reach the server, whether or not it was reached. */
  readonly tried: Promise<unknown>
  /** Throws LinkError, or the signal's reason. A call without a key changes nothing and may be repeated. */
  call(call: LinkCall, signal: AbortSignal): Promise<CallToolResult>
  /** Resolves when everything is closed. */
  close(): Promise<void>
}

export interface LinkParts {
  readonly clock: Clock
  /** Seeded numbers from 0 to 1. */
  readonly chance: () => number
  readonly open: () => Wire
  /** Whether the server gets the owner of a call. */
  readonly sendsOwner: boolean
  /** Removes the server's secrets from what it says. */
  readonly hide: (text: string) => string
  readonly log: ServerLog
}

type State =
  | { readonly kind: 'up'; readonly connection: Connection; readonly sinceMs: number }
  /** The next attempt begins at `dueMs`; `outcome` is its connection, or undefined if it fails. */
  | { readonly kind: 'down'; readonly dueMs: number; readonly outcome: Promise<Connection | undefined> }

/** The call's parameters for the server. */
export function paramsOf({ tool, given, key, callOwner, traceparent }: LinkCall, sendsOwner: boolean): CallParams {
  const meta = {
    ...(key !== undefined && { 'partyline/idempotencyKey': key }),
    ...(sendsOwner && { 'partyline/owner': callOwner.owner }),
    // Without a prefix, as MCP has it (SEP-414).
    ...(traceparent !== undefined && { traceparent }),
  }
  return { name: tool, arguments: { ...given }, _meta: meta }
}

/**
 * Opens a link and keeps it open. A connection that is lost or hangs is closed, and reopened after 1 s, 2 s, 4 s and so
 * on to 30 s. One that had been steady is reopened at once first: a server that has merely forgotten its session is there,
 * and a caller waits. There are never two at a time.
 */
export function openLink(name: string, { clock, chance, open, sendsOwner, hide, log }: LinkParts): Link {
  const closing = new AbortController()
  let tools: readonly ListedTool[] = []
  let nextWaitMs = FIRST_WAIT_MS
  let lastClosed: Promise<void> = Promise.resolve()
  const first = attemptIn(0)
  let state: State = first

  function attemptIn(waitMs: number): Extract<State, { kind: 'down' }> {
    return { kind: 'down', dueMs: clock.now() + waitMs, outcome: attempt(waitMs) }
  }

  function scheduleNext(): void {
    const waitMs = nextWaitMs
    nextWaitMs = Math.min(Math.max(FIRST_WAIT_MS, 2 * waitMs), LONGEST_WAIT_MS)
    if (!closing.signal.aborted) state = attemptIn(waitMs * (1 + JITTER * (2 * chance() - 1)))
  }

  /** Never throws: an attempt that fails schedules the next one. */
  async function attempt(waitMs: number): Promise<Connection | undefined> {
    const { signal } = closing
    let wire: Wire | undefined
    let opened: Promise<Connection> | undefined
    function opening(limit: AbortSignal): Promise<Connection> {
      wire = open()
      opened = openConnection(wire, { clock, onLost: lost, onTools, hide, log }, limit)
      return opened
    }
    try {
      await Promise.all([lastClosed, clock.sleep(waitMs, signal)])
      const connection = await within(OPEN_LIMIT_MS, 'opening', clock, opening, signal)
      if (signal.aborted) {
        await connection.close()
        return undefined
      }
      state = { kind: 'up', connection, sinceMs: clock.now() }
      log.info('is connected', `${tools.length} tools`)
      return connection
    } catch (error) {
      // What was being opened is closed before the next attempt, and before this link counts as closed.
      await opened?.then(
        connection => connection.close(),
        () => undefined,
      )
      if (signal.aborted) return undefined
      const last = wire?.lastLine()
      log.warn('cannot be reached', last === undefined ? String(error) : `${error}; its last line: ${last}`)
      scheduleNext()
      return undefined
    }
  }

  function onTools(listed: readonly ListedTool[]): void {
    tools = listed
  }

  function lost(why: string): void {
    if (state.kind === 'down') return
    const { connection, sinceMs } = state
    if (clock.now() - sinceMs >= STEADY_MS) nextWaitMs = 0
    lastClosed = connection.close()
    log.warn('is disconnected', why)
    scheduleNext()
  }

  /** The open connection, or that of the next attempt if it may come in time. */
  async function connected(untilMs: number, signal: AbortSignal): Promise<Connection> {
    if (state.kind === 'up') return state.connection
    const { dueMs, outcome } = state
    const leftMs = untilMs - clock.now()
    if (closing.signal.aborted || dueMs >= untilMs || leftMs <= 0)
      throw new LinkError('unsent', `${name} is not connected`)
    const found = await within(leftMs, `reaching ${name}`, clock, () => outcome, signal).catch(error => {
      signal.throwIfAborted()
      throw new LinkError('unsent', String(error))
    })
    if (!found) throw new LinkError('unsent', `${name} is not connected`)
    return found
  }

  async function callOnce(call: LinkCall, untilMs: number, signal: AbortSignal): Promise<CallToolResult> {
    const connection = await connected(untilMs, signal)
    const asked = (limit: AbortSignal) => connection.call(paramsOf(call, sendsOwner), limit)
    try {
      return await within(Math.max(0, untilMs - clock.now()), call.tool, clock, asked, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof LinkError) throw error
      connection.check()
      throw new LinkError('late', String(error))
    }
  }

  return {
    name,
    tools: () => tools,
    tried: first.outcome,
    async call(call, signal) {
      const untilMs = clock.now() + call.limitMs
      // A call that was never sent was not run, so it may be sent again even if it changes something.
      let maySendAgain = state.kind === 'up'
      let mayRepeat = maySendAgain && call.key === undefined
      for (;;) {
        try {
          return await callOnce(call, untilMs, signal)
        } catch (error) {
          const kind = error instanceof LinkError ? error.kind : undefined
          if (kind === 'unsent' && maySendAgain) maySendAgain = false
          else if (kind === 'lost' && mayRepeat) mayRepeat = false
          else throw error
        }
      }
    },
    async close() {
      const last = state
      closing.abort(new Error(`the link to ${name} is closed`))
      if (last.kind === 'up') lastClosed = last.connection.close()
      else await last.outcome
      await lastClosed
    },
  }
}
