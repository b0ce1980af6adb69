import { type CallToolRequest, type CallToolResult, Client } from '@modelcontextprotocol/client'
import type { Clock } from '../../conversation/ports.ts'
import { orAborted, scopeOf, within } from '../../conversation/scope.ts'
import type { ServerLog } from '../running/tool-log.ts'
import { withoutSecrets } from '../running/with-texts.ts'
import { type ListedTool, listedTools } from '../settings/listed-tool.ts'
import { LinkError } from './link-error.ts'
import { linkErrorOf, mayHaveForgotten } from './link-failure.ts'
import type { Wire } from './wire.ts'

/** How we introduce ourselves to servers. */
export const clientInfo = { name: 'partyline', version: '0.1.0' }
/** Disables the SDK's own timeout of 60 s, because the limits here go by the Clock. */
export const NO_TIMEOUT = { timeout: 2_147_483_647 }
const LIST_LIMIT_MS = 10_000
const PING_LIMIT_MS = 2_000
const END_SESSION_LIMIT_MS = 500
/** A server that keeps announcing changes is asked for its tools once a second. */
const RELIST_EVERY_MS = 1_000
/** At most this many refused tools are logged, each once. */
const MOST_REFUSALS = 200

export type CallParams = CallToolRequest['params']

/** What a connection needs, and what it reports to. */
export interface ConnectionParts {
  readonly clock: Clock
  /** Called once, as soon as the connection is known to be lost. */
  readonly onLost: (why: string) => void
  readonly onTools: (tools: readonly ListedTool[]) => void
  /** Removes the server's secrets from what it says, before it is used anywhere. */
  readonly hide: (text: string) => string
  readonly log: ServerLog
}

/** One session with a server, from the handshake until it is lost or closed. */
export interface Connection {
  /** Throws LinkError, or the signal's reason; an answer after that is dropped. */
  call(params: CallParams, signal: AbortSignal): Promise<CallToolResult>
  /** Pings the server, and closes the connection if there is no answer. */
  check(): void
  close(): Promise<void>
}

/** Connects and lists the tools. Throws when that fails, after cleaning up. */
export async function openConnection(
  wire: Wire,
  { clock, onLost, onTools, hide, log }: ConnectionParts,
  signal: AbortSignal,
): Promise<Connection> {
  const scope = scopeOf(signal)
  const client = new Client(clientInfo)
  const refusals = new Set<string>()
  let isOpen = false
  let isChecking = false
  let isListing = false
  let isListWanted = false

  function lose(why: string): void {
    if (!isOpen) return
    isOpen = false
    onLost(why)
  }

  async function list(): Promise<readonly ListedTool[]> {
    // Without the capability the SDK would write to our standard output.
    if (!client.getServerCapabilities()?.tools) return []
    // Without the SDK's cache, which would check results itself and report a bad one as if the call were wrong.
    const options = { ...NO_TIMEOUT, cacheMode: 'bypass' as const }
    const { tools } = await within(
      LIST_LIMIT_MS,
      'listing the tools',
      clock,
      limit => client.listTools(undefined, { ...options, signal: limit }),
      scope.signal,
    )
    return listedTools(tools, refuse, hide)
  }

  function refuse(tool: string, why: string): void {
    const line = `${tool.slice(0, 64)}: ${why}`
    if (refusals.size >= MOST_REFUSALS || refusals.has(line)) return
    refusals.add(line)
    log.warn('lists a tool that cannot be offered', line)
  }

  /** Lists the tools again, one listing at a time. A change during a listing starts another one. */
  async function relist(): Promise<void> {
    isListWanted = true
    if (isListing || !isOpen) return
    isListing = true
    try {
      while (isListWanted) {
        isListWanted = false
        onTools(await list())
        await clock.sleep(RELIST_EVERY_MS, scope.signal)
      }
    } catch (error) {
      if (!scope.signal.aborted) log.warn('does not list its new tools, so the old ones stay', String(error))
    } finally {
      isListing = false
    }
  }

  const pinged = (signal: AbortSignal): Promise<unknown> =>
    within(PING_LIMIT_MS, 'answering a ping', clock, limit => client.ping({ ...NO_TIMEOUT, signal: limit }), signal)

  /** Whether the server refused a call because it has forgotten the session, so that it refuses a ping too. */
  async function hasForgotten(error: unknown, signal: AbortSignal): Promise<boolean> {
    if (!wire.hasSession() || !mayHaveForgotten(error)) return false
    if (!isOpen) return true
    try {
      await pinged(signal)
      return false
    } catch (failure) {
      signal.throwIfAborted()
      return mayHaveForgotten(failure)
    }
  }

  async function ping(): Promise<void> {
    if (isChecking || !isOpen) return
    isChecking = true
    try {
      await pinged(scope.signal)
    } catch (error) {
      const isForgotten = wire.hasSession() && mayHaveForgotten(error)
      // A server that answers that it does not know ping is there.
      if (isForgotten || linkErrorOf(error, hide).kind !== 'refused') lose(String(error))
    } finally {
      isChecking = false
    }
  }

  async function close(): Promise<void> {
    isOpen = false
    const leaving = new AbortController()
    const endSession = (limit: AbortSignal) => orAborted(wire.endSession(), limit)
    await within(END_SESSION_LIMIT_MS, 'ending the session', clock, endSession, leaving.signal).catch(() => undefined)
    scope.abort(new Error('the connection is closed'))
    await client.close().catch(() => undefined)
    await wire.transport.close().catch(() => undefined)
    wire.destroy()
  }

  client.onclose = () => lose('the connection was closed')
  client.onerror = () => void ping()
  client.setNotificationHandler('notifications/tools/list_changed', () => void relist())
  try {
    const connected = client.connect(wire.transport, { ...NO_TIMEOUT, signal: scope.signal })
    await orAborted(connected, scope.signal)
    isOpen = true
    onTools(await list())
    if (!isOpen) throw new LinkError('lost', 'the connection was closed while its tools were listed')
    signal.throwIfAborted()
    // The signal was for opening alone; the connection outlives it.
    scope.release()
  } catch (error) {
    isOpen = false
    await close()
    throw error
  }

  return {
    async call(params, callSignal) {
      if (!isOpen) throw new LinkError('unsent', 'there is no connection')
      try {
        const result = await orAborted(client.callTool(params, { ...NO_TIMEOUT, signal: callSignal }), callSignal)
        return withoutSecrets(result, hide)
      } catch (error) {
        callSignal.throwIfAborted()
        const isForgotten = await hasForgotten(error, callSignal)
        const failure = isForgotten ? new LinkError('unsent', 'the session is forgotten') : linkErrorOf(error, hide)
        if (failure.kind === 'unsent') lose(failure.message)
        throw failure
      }
    },
    check: () => void ping(),
    close,
  }
}
