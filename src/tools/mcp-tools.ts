import type { Transport } from '@modelcontextprotocol/client'
import type { Clock, ToolContext, ToolSet } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'
import { childGroups } from './links/child-groups.ts'
import { hiding } from './links/hiding.ts'
import { insideLink } from './links/inside-link.ts'
import { type CallOwner, type Link, openLink } from './links/link.ts'
import { openWire } from './links/wire.ts'
import { serverLog, type ToolLog } from './running/tool-log.ts'
import { toolRunner } from './running/tool-runner.ts'
import { offeredTools } from './settings/offered-tools.ts'
import { toolSetOf } from './settings/tool-set.ts'
import type { ToolSettings } from './settings/tool-settings.ts'

/** The tools of a slower server are added when it is reached. */
const START_WAIT_MS = 3_000
const MOST_OFFERED = 128

/** A server in this process, made for one tool call of one owner; closing the transport ends it. */
export interface InsideServer {
  readonly name: string
  readonly connect: (callOwner: CallOwner) => Transport
}

export interface McpToolsParts {
  readonly clock: Clock
  /** Seeded numbers from 0 to 1. */
  readonly chance: () => number
  readonly log: ToolLog
  /** They take precedence over the servers of the settings if both have a tool of the same name. */
  readonly inside: readonly InsideServer[]
  /** The W3C trace context of a call, for the servers that run it; without it none is sent. */
  readonly traceparentOf?: ((context: ToolContext) => string) | undefined
}

/** The tools of all MCP servers. */
export interface McpTools {
  /** The tools that this agent may use; `specs` changes when the servers' tools do. */
  readonly forAgent: (agent: string) => ToolSet
  /** Ends the child processes, closes the sockets and abandons running calls. */
  readonly close: () => Promise<void>
}

/**
 * Connects to every server, and waits up to 3 s for their tools. A server that cannot be reached does not prevent the
 * start and is tried again until it can. Throws only the signal's reason.
 */
export async function openMcpTools(
  settings: ToolSettings,
  { clock, chance, log, inside, traceparentOf }: McpToolsParts,
  signal: AbortSignal,
): Promise<McpTools> {
  const groups = childGroups()
  const links: readonly Link[] = [
    ...inside.map(({ name, connect }) => insideLink(name, { clock, connect, log: serverLog(log, name, []) })),
    ...settings.servers.map(server => {
      const parts = { clock, groups, log: serverLog(log, server.name, server.secrets) }
      return openLink(server.name, {
        clock,
        chance,
        open: () => openWire(server, parts),
        sendsOwner: server.owner === 'meta',
        hide: hiding(server.secrets),
        log: parts.log,
      })
    }),
  ]
  const offered = offeredTools(links, settings.tools, log)
  const runner = toolRunner({ clock, log, offered, traceparentOf })

  async function close(): Promise<void> {
    await Promise.all(links.map(link => link.close()))
    groups.close()
  }

  try {
    const tried = () => Promise.all(links.map(link => link.tried))
    await within(START_WAIT_MS, 'reaching the MCP servers', clock, tried, signal)
  } catch (error) {
    if (signal.aborted) {
      await close()
      throw signal.reason
    }
    log.warn({ detail: String(error) }, 'tools: starting without some of the servers')
  }
  for (const [agent, names] of settings.agents) {
    const missing = names.filter(name => !offered().has(name))
    if (missing.length > 0) log.warn({ agent, tools: missing }, 'tools: no server has these tools of the agent yet')
    const tooMany = names.slice(MOST_OFFERED)
    if (tooMany.length > 0) log.warn({ agent, tools: tooMany }, `tools: models take at most ${MOST_OFFERED} tools`)
  }
  const idle = [...settings.tools.keys()].filter(name => !offered().has(name))
  if (idle.length > 0) log.warn({ tools: idle }, 'tools: no server has these tools of the settings yet')

  return {
    forAgent: agent => toolSetOf(settings.agents.get(agent) ?? [], offered, runner),
    close,
  }
}
