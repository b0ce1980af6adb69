import { Client, type Transport } from '@modelcontextprotocol/client'
import type { Clock } from '../../conversation/ports.ts'
import { orAborted, within } from '../../conversation/scope.ts'
import type { ServerLog } from '../running/tool-log.ts'
import { type ListedTool, listedTools } from '../settings/listed-tool.ts'
import { clientInfo, NO_TIMEOUT } from './connection.ts'
import { type Link, paramsOf, type Whose } from './link.ts'
import { LinkError } from './link-error.ts'
import { linkErrorOf } from './link-failure.ts'

const LIST_LIMIT_MS = 5_000
/** Whose call it is when the tools are only listed. */
const NOBODY: Whose = { callId: '', owner: '' }

export interface InsideParts {
  readonly clock: Clock
  /** Makes a server for one call of one owner, and gives the transport that leads to it; closing that ends the server. */
  readonly connect: (whose: Whose) => Transport
  readonly log: ServerLog
}

/**
 * The way to a server in this process. It is made anew for each call of a tool, which takes about a millisecond: so the
 * owner is bound to it and no argument can reach another's data. Its tools are listed once.
 */
export function insideLink(name: string, { clock, connect, log }: InsideParts): Link {
  const closing = new AbortController()
  let tools: readonly ListedTool[] = []

  /** A client for as long as `work` takes. */
  async function asking<T>(
    whose: Whose,
    work: (client: Client, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const client = new Client(clientInfo)
    try {
      await orAborted(client.connect(connect(whose), { ...NO_TIMEOUT, signal }), signal)
      return await orAborted(work(client, signal), signal)
    } finally {
      await client.close().catch(() => undefined)
    }
  }

  async function list(): Promise<void> {
    const listed = (client: Client, signal: AbortSignal) =>
      client.listTools(undefined, { ...NO_TIMEOUT, signal, cacheMode: 'bypass' })
    try {
      const { tools: found } = await within(
        LIST_LIMIT_MS,
        'listing the tools',
        clock,
        limit => asking(NOBODY, listed, limit),
        closing.signal,
      )
      tools = listedTools(found, (tool, why) => log.warn('lists a tool that cannot be offered', `${tool}: ${why}`))
    } catch (error) {
      if (!closing.signal.aborted) log.warn('does not list its tools', String(error))
    }
  }

  return {
    name,
    tools: () => tools,
    tried: list(),
    async call(call, signal) {
      if (closing.signal.aborted) throw new LinkError('unsent', `${name} is closed`)
      const called = (client: Client, limit: AbortSignal) =>
        client.callTool(paramsOf(call, false), { ...NO_TIMEOUT, signal: limit })
      const run = (limit: AbortSignal) =>
        asking(call.whose, called, limit).catch(error => {
          limit.throwIfAborted()
          throw linkErrorOf(error, text => text)
        })
      try {
        return await within(call.limitMs, call.tool, clock, run, signal)
      } catch (error) {
        signal.throwIfAborted()
        throw error instanceof LinkError ? error : new LinkError('late', String(error))
      }
    },
    close: async () => closing.abort(new Error(`the link to ${name} is closed`)),
  }
}
