import { z } from 'zod'
import type { ModelMessage, ScriptedAnswer } from './scripted-model.ts'

/** A tool as it is offered to the model. */
export interface OfferedTool {
  readonly name: string
  readonly description?: string | null | undefined
  readonly parameters?: unknown
}

/** The tools that the scripted models have their own words for. */
export const KNOWN = new Set([
  ...['book', 'look_up'],
  ...['create_task', 'list_tasks', 'get_task_details', 'update_task', 'complete_task', 'delete_task'],
  'undo_last_change',
  ...['look_at_screen', 'offer_screen', 'switch_language'],
])
const ASKS = '(?:call|use|run|try|start)(?: the)?(?: tool)?'
const LINKS = /^(?:(?:please|tool|in|for|of|at|to|with|about|on|from)\b[\s,:]*)+/i
const schema = z.object({
  properties: z.record(z.string(), z.object({ type: z.unknown().optional() })).default({}),
  required: z.array(z.string()).default([]),
})

/**
 * The call of a tool that no script knows, when the caller names it: "get weather in Paris", "call get_weather". What is
 * said after the name becomes the tool's first text. Undefined when none is named, or when a tool has just answered.
 */
export function namedToolCall(
  messages: readonly ModelMessage[],
  tools: readonly OfferedTool[],
): ScriptedAnswer | undefined {
  const last = messages.at(-1)
  if (last?.role !== 'user') return undefined
  const found = tools
    .filter(({ name }) => !KNOWN.has(name))
    .flatMap(tool => {
      const rest = restAfterName(last.content, tool.name)
      return rest === undefined ? [] : [{ tool, rest }]
    })
  const named = found.toSorted((one, other) => other.tool.name.length - one.tool.name.length)[0]
  return named && { kind: 'call', name: named.tool.name, arguments: argumentsOf(named.tool, named.rest) }
}

/** What is said after the tool's name; undefined if the text does not name it. A name of one word must be asked for. */
function restAfterName(text: string, name: string): string | undefined {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').match(/[a-z0-9]+/gi) ?? []
  const spoken = words.join('[\\s_.-]*')
  if (words.length === 0) return undefined
  const isOneWord = words.length === 1
  const found = text.match(new RegExp(`\\b(?:${ASKS} )${isOneWord ? '' : '?'}${spoken}\\b(.*)`, 'is'))
  return found?.[1]
    ?.replace(/[\s.!?]+$/, '')
    .replace(/^[\s,:]+/, '')
    .replace(LINKS, '')
}

function argumentsOf({ parameters }: OfferedTool, rest: string): Readonly<Record<string, string>> {
  const { data } = schema.safeParse(parameters)
  if (!data || rest === '') return {}
  const texts = Object.keys(data.properties).filter(name => [data.properties[name]?.type].flat().includes('string'))
  const into = texts.find(name => data.required.includes(name)) ?? texts[0]
  return into === undefined ? {} : { [into]: rest }
}
