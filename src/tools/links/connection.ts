import { type CallToolRequest, type CallToolResult, Client, type Tool } from '@modelcontextprotocol/client'
import type { Clock } from '../../conversation/ports.ts'
import { orAborted, scopeOf, within } from '../../conversation/scope.ts'
import type { ServerLog } from '../running/tool-log.ts'
import { withTexts } from '../running/with-texts.ts'
import { type ListedTool, listedTools } from '../settings/listed-tool.ts'
import { LinkError } from './link-error.ts'
import { linkErrorOf } from './link-failure.ts'
import type { Wire } from './wire.ts'

/** What servers are told of us. */
export const clientInfo = { name: 'partyline', version: '0.1.0' }
/** Never ours to wait for: the limits here go by the Clock, and the SDK's own would be 60 s. */
export const NO_TIMEOUT = { timeout: 2_147_483_647 }
const LIST_LIMIT_MS = 10_000
const PING_LIMIT_MS = 2_000
const FAREWELL_LIMIT_MS = 500
/** A server that cries "changed" without end is listened to once a second. */
const RELIST_EVERY_MS = 1_000
/** So many refused tools are told of, each once. */
const MOST_REFUSALS = 200

export type CallParams = CallToolRequest['params']

/** What a connection tells of itself. */
export interface ConnectionParts {
  readonly clock: Clock
  /** It is gone, for good; told once, as soon as it is known. */
  readonly onLost: (why: string) => void
  readonly onTools: (tools: readonly ListedTool[]) => void
  /** Takes the server's secrets out of what it says, before anybody hears it. */
  readonly hide: (text: string) => string
  readonly log: ServerLog
}

/** One session with a server, from the handshake until it is lost or closed. */
export interface Connection {
  /** Throws LinkError, or the signal's reason; an answer after that is dropped. */
  call(params: CallParams, signal: AbortSignal): Promise<CallToolResult>
  /** Asks whether the server still answers; gives the connection up if not. */
  check(): void
  close(): Promise<void>
}

/** Shakes hands and lists the tools. Throws when that fails; then nothing is left of it. */
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
    // Kept out of the SDK's cache: it would check results itself, and tell a bad one as if the call were wrong.
    const options = { ...NO_TIMEOUT, cacheMode: 'bypass' as const }
    const { tools } = await within(
      LIST_LIMIT_MS,
      'listing the tools',
      clock,
      limit => client.listTools(undefined, { ...options, signal: limit }),
      scope.signal,
    )
    return listedTools(tools.map(described), refuse)
  }

  const described = ({ title, description, ...tool }: Tool): Tool => ({
    ...tool,
    ...(title !== undefined && { title: hide(title) }),
    ...(description !== undefined && { description: hide(description) }),
  })

  function refuse(tool: string, why: string): void {
    const told = `${tool.slice(0, 64)}: ${why}`
    if (refusals.size >= MOST_REFUSALS || refusals.has(told)) return
    refusals.add(told)
    log.warn('lists a tool that cannot be offered', told)
  }

  /** Lists again, never twice at a time; what changes meanwhile is listed after that. */
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
      if (!scope.signal.aborted) log.warn('does not list its new tools; the old ones stay', String(error))
    } finally {
      isListing = false
    }
  }

  async function ping(): Promise<void> {
    if (isChecking || !isOpen) return
    isChecking = true
    try {
      const asked = (limit: AbortSignal) => client.ping({ ...NO_TIMEOUT, signal: limit })
      await within(PING_LIMIT_MS, 'answering a ping', clock, asked, scope.signal)
    } catch (error) {
      // A server that answers that it knows no ping is there.
      if (linkErrorOf(error, hide).kind !== 'refused') lose(String(error))
    } finally {
      isChecking = false
    }
  }

  async function close(): Promise<void> {
    isOpen = false
    const leaving = new AbortController()
    const farewell = (limit: AbortSignal) => orAborted(wire.farewell(), limit)
    await within(FAREWELL_LIMIT_MS, 'saying goodbye', clock, farewell, leaving.signal).catch(() => undefined)
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
    // What the opening hung on is over now; the connection goes on.
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
        return withTexts(result, hide)
      } catch (error) {
        callSignal.throwIfAborted()
        const failure = linkErrorOf(error, hide)
        if (failure.kind === 'unsent') lose(failure.message)
        throw failure
      }
    },
    check: () => void ping(),
    close,
  }
}
