import { setImmediate } from 'node:timers/promises'
import { Client, type Transport } from '@modelcontextprotocol/client'
import type { Clock } from '../../conversation/ports.ts'
import { orAborted, within } from '../../conversation/scope.ts'
import type { ServerLog } from '../running/tool-log.ts'
import { type ListedTool, listedTools } from '../settings/listed-tool.ts'
import { clientInfo, NO_TIMEOUT } from './connection.ts'
import { type CallOwner, type Link, paramsOf } from './link.ts'
import { LinkError } from './link-error.ts'
import { linkErrorOf } from './link-failure.ts'

const LIST_LIMIT_MS = 5_000
/** The owner when the tools are only listed. */
const NOBODY: CallOwner = { callId: '', owner: '' }

export interface InsideParts {
  readonly clock: Clock
  /** Makes a server for one tool call of one owner, and returns the transport to it. Closing that ends the server. */
  readonly connect: (callOwner: CallOwner) => Transport
  readonly log: ServerLog
}

/**
 * The link to a server in this process. A new server is made for each tool call, which takes about a millisecond: so it
 * is bound to the owner, and no argument can reach another owner's data. Its tools are listed once.
 */
export function insideLink(name: string, { clock, connect, log }: InsideParts): Link {
  const closing = new AbortController()
  let tools: readonly ListedTool[] = []
  let turn = Promise.resolve()

  /** Runs `work` with a client, and closes the client after it. */
  async function withClient<T>(
    callOwner: CallOwner,
    work: (client: Client, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const client = new Client(clientInfo)
    try {
      await orAborted(client.connect(connect(callOwner), { ...NO_TIMEOUT, signal }), signal)
      return await orAborted(work(client, signal), signal)
    } finally {
      await client.close().catch(() => undefined)
    }
  }

  /** Several calls of one answer begin in turns of the event loop of their own, so that other calls are served between. */
  function startOfTurn(): Promise<void> {
    const mine = turn
    turn = mine.then(() => setImmediate())
    return mine
  }

  async function list(): Promise<void> {
    const listed = (client: Client, signal: AbortSignal) =>
      client.listTools(undefined, { ...NO_TIMEOUT, signal, cacheMode: 'bypass' })
    try {
      const { tools: found } = await within(
        LIST_LIMIT_MS,
        'listing the tools',
        clock,
        limit => withClient(NOBODY, listed, limit),
        closing.signal,
      )
      tools = listedTools(found, (tool, why) => log.warn('lists a tool that cannot be offered', `${tool}: ${why}`)).map(
        // The server checks its results itself; compiling their schemas here would cost more than all else at the start.
        tool => ({ ...tool, wrongResult: () => undefined }),
      )
      // The first check compiles the schema, which would hold up all calls for some 10 ms: no call is live yet.
      for (const { wrongArguments } of tools) wrongArguments({})
    } catch (error) {
      if (!closing.signal.aborted) log.warn('does not list its tools', String(error))
    }
  }

  return {
    name,
    tools: () => tools,
    tried: list(),
    async call(call, signal) {
      await orAborted(startOfTurn(), signal)
      if (closing.signal.aborted) throw new LinkError('unsent', `${name} is closed`)
      const called = (client: Client, limit: AbortSignal) =>
        client.callTool(paramsOf(call, false), { ...NO_TIMEOUT, signal: limit })
      const run = (limit: AbortSignal) =>
        withClient(call.callOwner, called, limit).catch(error => {
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
