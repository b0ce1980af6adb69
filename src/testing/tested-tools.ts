import type { z } from 'zod'
import type { AgentDefinition } from '../agents/author/agent.ts'
import type { FunctionTool, ToolCallContext } from '../agents/author/tool.ts'
import type { Guard } from '../conversation/guard.ts'
import type { CallTime } from './call-time.ts'
import type { Late } from './scripted-model.ts'

/** As the function of a tool. */
type Run = (given: never, call: ToolCallContext, signal: AbortSignal) => unknown

/** What runs in a test instead of a tool's own function, by the tool's name. */
export type ToolsInstead = Readonly<Record<string, Run | Late<Run>>>

interface Parts {
  readonly time: CallTime
  readonly fail: (error: Error) => void
}

/** Of a tool that says nothing of its own. */
const LIMIT_MS = 5_000

/**
 * The agent with tools as a test runs them: the call's time stands still while a function runs. What a function of the
 * agent throws ends the test; what the test's own one throws is told to the model, as in a real call. Throws an Error for
 * a name that no tool has.
 */
export function withTestedTools(definition: AgentDefinition, instead: ToolsInstead, parts: Parts): AgentDefinition {
  const tools = definition.tools?.map(tool => ({ ...tool, run: tested(tool, instead[tool.name], parts) }))
  const guards = definition.guards?.map(guard => testedGuard(guard, parts))
  const { onEnter, onLeave } = definition
  return {
    ...definition,
    ...(tools && { tools }),
    ...(guards && { guards }),
    ...(onEnter && { onEnter: outside('onEnter', onEnter.bind(definition), parts) }),
    ...(onLeave && { onLeave: outside('onLeave', onLeave.bind(definition), parts) }),
  }
}

/** The call's time stands still while it runs. What it throws ends the test. */
function outside<Given extends readonly unknown[], Got>(
  name: string,
  run: (...given: Given) => Got | Promise<Got>,
  { time, fail }: Parts,
): (...given: Given) => Promise<Got> {
  return async (...given) => {
    try {
      return await time.during(
        asked(() => run(...given)),
        LIMIT_MS,
      )
    } catch (error) {
      fail(new Error(`${name} threw: ${error instanceof Error ? error.message : String(error)}`, { cause: error }))
      throw error
    }
  }
}

/** A guard that throws is as if it were not there, which no test should pass by. */
function testedGuard(guard: Guard, { time, fail }: Parts): Guard {
  const told = (error: unknown): never => {
    fail(new Error(`A guard threw: ${error instanceof Error ? error.message : String(error)}`, { cause: error }))
    throw error
  }
  const { turn, told: seen, clause } = guard
  return {
    ...(turn && {
      turn: (...given) =>
        time
          .during(
            asked(() => turn.apply(guard, given)),
            LIMIT_MS,
          )
          .catch(told),
    }),
    ...(clause && {
      clause: (...given) =>
        time
          .during(
            asked(() => clause.apply(guard, given)),
            LIMIT_MS,
          )
          .catch(told),
    }),
    ...(seen && {
      told(text) {
        try {
          return seen.call(guard, text)
        } catch (error) {
          return told(error)
        }
      },
    }),
  }
}

const asked = async <T>(ask: () => T | Promise<T>): Promise<T> => ask()

/** Throws an Error that names what is given for a tool that no agent has. */
export function checkNames(definitions: readonly AgentDefinition[], instead: ToolsInstead): void {
  const known = definitions.flatMap(({ tools = [] }) => tools.map(({ name }) => name))
  const strange = Object.keys(instead).find(name => !known.includes(name))
  if (strange === undefined) return
  const have = known.length === 0 ? 'it has none' : `it has: ${known.join(', ')}`
  throw new Error(`tools: the agent has no tool ${strange}; ${have}`)
}

function tested(tool: FunctionTool<z.ZodObject>, instead: Run | Late<Run> | undefined, { time, fail }: Parts) {
  const { limitMs = LIMIT_MS } = tool
  const isLate = typeof instead === 'object'
  const run = (isLate ? instead.what : instead) as FunctionTool['run'] | undefined
  return async (given: Record<string, unknown>, call: ToolCallContext, signal: AbortSignal): Promise<unknown> => {
    if (isLate) await time.clock.sleep(instead.ms, signal)
    const own = async () => (run ? run(given, call, signal) : tool.run(given, call, signal))
    try {
      return await time.during(own(), limitMs)
    } catch (error) {
      if (!run && !signal.aborted)
        fail(
          new Error(`The tool ${tool.name} threw: ${error instanceof Error ? error.message : String(error)}`, {
            cause: error,
          }),
        )
      throw error
    }
  }
}
