import { InMemoryTransport } from '@modelcontextprotocol/client'
import type { McpServer } from '@modelcontextprotocol/server'
import { onTestFinished } from 'vitest'
import { TASK_TOOLS as BUILT_IN } from '../../agents/task-manager-tools.ts'
import { systemClock } from '../../src/clock.ts'
import type { Clock, ToolContext, ToolOutcome } from '../../src/conversation/ports.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import type { TaskStore } from '../../src/tasks/store/store.ts'
import { taskServer } from '../../src/tasks/tools/mcp.ts'
import type { CallOwner } from '../../src/tools/links/link.ts'
import { type InsideServer, type McpTools, openMcpTools } from '../../src/tools/mcp-tools.ts'
import { toolSettings } from '../../src/tools/settings/tool-settings.ts'
import { NOW, ZONE } from '../tasks/tasks.ts'

export const OWNER = '+15550001'
export const AGENT = 'task-manager'
const never = new AbortController().signal

/** The built-in settings of the Task Manager's tools. */
export const TASK_TOOLS = BUILT_IN
export const TASK_NAMES = Object.keys(BUILT_IN)

export interface LogLine {
  readonly level: 'info' | 'warn'
  readonly fields: Readonly<Record<string, unknown>>
  readonly message: string
}

export interface Opened {
  readonly tools: McpTools
  readonly log: readonly LogLine[]
  /** Runs a tool as the conversation does; `more` overrides fields of the context. */
  readonly run: (
    name: string,
    given?: object | string,
    more?: Partial<ToolContext>,
    signal?: AbortSignal,
  ) => Promise<ToolOutcome>
  /** Runs a tool and gives the words of its result; fails if it asked a question. */
  readonly resultText: (name: string, given?: object | string, more?: Partial<ToolContext>) => Promise<string>
}

/** Opens the tools of these settings for one agent; they are closed when the test is over. */
export async function opened(
  given: object,
  { clock = systemClock, inside = [], chance = seeded(1), traceparentOf }: Partial<InsideParts> = {},
): Promise<Opened> {
  const log: LogLine[] = []
  const settings = toolSettings(given, process.env, 'the test')
  const logged = (level: LogLine['level']) => (fields: object, message: string) => {
    log.push({ level, fields: { ...fields }, message })
  }
  const tools = await openMcpTools(
    settings,
    { clock, chance, inside, traceparentOf, log: { info: logged('info'), warn: logged('warn') } },
    never,
  )
  onTestFinished(() => tools.close())
  let calls = 0
  const run: Opened['run'] = (name, args = {}, more = {}, signal = never) => {
    calls++
    const text = typeof args === 'string' ? args : JSON.stringify(args)
    const context = {
      callId: 'CA1',
      owner: OWNER,
      agent: AGENT,
      idempotencyKey: `key ${calls}`,
      agreed: false,
      ...more,
    }
    return tools.forAgent(AGENT).run({ id: `call-${calls}`, name, arguments: text }, context, signal)
  }
  const resultText: Opened['resultText'] = async (name, args, more) => {
    const outcome = await run(name, args, more)
    if (outcome.kind === 'ask') throw new Error(`it asked: ${outcome.question}`)
    return outcome.text
  }
  return { tools, log, run, resultText }
}

interface InsideParts {
  readonly clock: Clock
  readonly chance: () => number
  readonly inside: readonly InsideServer[]
  readonly traceparentOf: ((context: ToolContext) => string) | undefined
}

/** A server in this process; `made` is called for each call of a tool. */
export function insideServer(name: string, made: (callOwner: CallOwner) => McpServer): InsideServer {
  return {
    name,
    connect: callOwner => {
      const [near, far] = InMemoryTransport.createLinkedPair()
      made(callOwner)
        .connect(far)
        .catch(() => near.close())
      return near
    },
  }
}

/** The Task Manager, bound to each call's owner. */
export function tasksInside(store: TaskStore, onError: (error: unknown) => void = rethrow): InsideServer {
  const clock = { ...systemClock, wallTime: () => NOW }
  return insideServer('tasks', ({ owner }) =>
    taskServer({ store, clock, ownerOf: () => ({ owner, zone: ZONE }), onError }),
  )
}

function rethrow(error: unknown): void {
  throw error
}
