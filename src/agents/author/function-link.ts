import type { CallToolResult, Tool } from '@modelcontextprotocol/client'
import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { within } from '../../conversation/scope.ts'
import type { Link, LinkCall } from '../../tools/links/link.ts'
import { LinkError } from '../../tools/links/link-error.ts'
import type { ServerLog } from '../../tools/running/tool-log.ts'
import { listedTools } from '../../tools/settings/listed-tool.ts'
import { type FunctionTool, isToolAnswer, type ToolCallContext } from './tool.ts'

export interface FunctionLinkParts {
  readonly clock: Clock
  readonly log: ServerLog
  /** Rings somebody beside the call of this id; undefined where nobody can be rung. */
  readonly ringBeside?: ((callId: string) => NonNullable<ToolCallContext['ringOut']>) | undefined
}

/** The name of the tool that says what a function would do, by its `confirm.words`. No model is offered it. */
export const describing = (tool: string): string => `describe_${tool}`

/** An author's functions, called as tools of a server are. Each has its arguments checked, and its own time. */
export function functionLink(name: string, tools: readonly FunctionTool[], parts: FunctionLinkParts): Link {
  const { clock, log } = parts
  const byName = new Map(tools.map(tool => [tool.name, tool]))
  const refuse = (tool: string, why: string): void => log.warn('lists a tool that cannot be offered', `${tool}: ${why}`)
  const listed = listedTools(tools.flatMap(listings), refuse)
  // The first check compiles the schema, which would hold up a call.
  for (const { wrongArguments } of listed) wrongArguments({})
  const closing = new AbortController()

  async function called(
    { tool, given, callOwner, key, answered }: LinkCall,
    signal: AbortSignal,
  ): Promise<CallToolResult> {
    const described = byName.get(tool) ? undefined : tools.find(one => describing(one.name) === tool)
    const found = described ?? byName.get(tool)
    if (!found) throw new LinkError('unsent', `there is no function ${tool}`)
    const read = await found.parameters.safeParseAsync(given).catch(error => {
      // Nothing has run yet.
      log.quote(`the schema of ${tool} threw`, traceOf(error))
      throw new LinkError('refused', 'its arguments cannot be read', error)
    })
    if (!read.success)
      return refused(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
    if (described) {
      const words: unknown = described.confirm?.words(read.data)
      if (typeof words === 'string') return saying(words)
      throw new LinkError('refused', 'its confirm.words gives no text')
    }
    const { callId, owner, language = 'en', said, taken } = callOwner
    const ringOut = parts.ringBeside?.(callId)
    const about = {
      callId,
      owner,
      language,
      at: clock.wallTime(),
      ...(said && { said }),
      ...(taken && { taken }),
      ...(ringOut && { ringOut }),
    }
    const call: ToolCallContext = { ...about, ...(key !== undefined && { idempotencyKey: key }) }
    try {
      const result = await found.run(read.data, call, signal)
      // Nobody waits for it any more.
      signal.throwIfAborted()
      if (isToolAnswer(result)) answered?.(result)
      return resultOf(result)
    } catch (error) {
      signal.throwIfAborted()
      log.quote(`${tool} threw`, traceOf(error))
      // What it threw may have a password in it, and is for the log alone.
      throw new LinkError('wrong', 'it failed', error)
    }
  }

  return {
    name,
    tools: () => listed,
    tried: Promise.resolve(),
    async call(call, signal) {
      if (closing.signal.aborted) throw new LinkError('unsent', `${name} is closed`)
      try {
        return await within(call.limitMs, call.tool, clock, limit => called(call, limit), signal)
      } catch (error) {
        signal.throwIfAborted()
        throw error instanceof LinkError ? error : new LinkError('late', String(error))
      }
    },
    close: async () => closing.abort(new Error(`${name} is closed`)),
  }
}

/** As a model is told of it. Throws an Error where a type has no form in JSON, such as a Date. */
export const schemaOf = (parameters: z.ZodObject) => z.toJSONSchema(parameters, { io: 'input' })

/** As a server would list it, and the tool that describes it. */
function listings({ name, description, parameters, does, confirm }: FunctionTool): Tool[] {
  const inputSchema = { ...schemaOf(parameters), type: 'object' } as Tool['inputSchema']
  const annotations = { readOnlyHint: does === 'reads' }
  return [
    { name, description, inputSchema, annotations },
    ...(confirm ? [{ name: describing(name), inputSchema, annotations: { readOnlyHint: true } }] : []),
  ]
}

function resultOf(given: unknown): CallToolResult {
  if (!isToolAnswer(given)) return saying(inWords(given))
  switch (given.kind) {
    case 'failed':
      return refused(given.why)
    case 'say':
      return saying(
        `The words for the caller are "${given.words}"${given.data === undefined ? '' : ` ${inWords(given.data)}`}`,
      )
    case 'hand-off':
      return saying(given.brief ?? 'done')
    case 'to-person':
      return saying('The caller is put through to a person.')
    case 'secret':
      return saying(inWords(given.data))
  }
}

const traceOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

const inWords = (given: unknown): string => (typeof given === 'string' ? given : (JSON.stringify(given) ?? 'done'))

function saying(say: string): CallToolResult {
  const words = say === '' ? 'done' : say
  return { content: [{ type: 'text', text: words }], structuredContent: { say: words } }
}

const refused = (say: string): CallToolResult => ({ ...saying(say), isError: true })
