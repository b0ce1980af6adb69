import type { ModelMessage, ScriptedAnswer } from '../scripted-model.ts'

const WAITS = /"waits_for":"(\w+)"/
const ENDS = /\b(?:bye|goodbye|never mind|forget it|i(?:'ve| have) changed my mind)\b/i

interface Tool {
  readonly called: string
  readonly arguments: readonly string[]
}

/**
 * The call of a tool whose last result says for which of its arguments the caller's next words are, as flows do. An
 * argument that the caller names ("the size: small") is meant instead.
 */
export function waitedFor(
  messages: readonly ModelMessage[],
  text: string,
  tools: readonly Tool[],
): ScriptedAnswer | undefined {
  const last = messages.findLast(({ role }) => role === 'tool')
  const tool = tools.find(({ called }) => called === last?.tool)
  const waits = WAITS.exec(last?.content ?? '')?.[1]
  if (!tool || waits === undefined || waits === 'nothing' || text === '') return undefined
  const call = (given: Readonly<Record<string, unknown>>): ScriptedAnswer => ({
    kind: 'call',
    name: tool.called,
    arguments: given,
  })
  if (tool.arguments.includes('leave') && ENDS.test(text)) return call({ leave: true })
  const named = tool.arguments.find(name => text.toLowerCase().includes(name.replaceAll('_', ' ')))
  // "No, the size is wrong: small" names it; an answer names what it is an answer to as well.
  const argument = named ?? (tool.arguments.includes(waits) ? waits : undefined)
  return argument === undefined ? undefined : call({ [argument]: text })
}
