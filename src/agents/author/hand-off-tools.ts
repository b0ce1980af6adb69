import type { ToolOutcome, ToolSet, ToolSpec } from '../../conversation/ports.ts'
import type { AgentDefinition, HandOff } from './agent.ts'

const MOST_SUMMARY = 1_500
const nameOf = (to: string): string => `hand_off_to_${to.replaceAll('-', '_')}`

/** Adds the tools by which the model of an agent gives the call to another one. */
export function withHandOffs(tools: ToolSet, { handOffs = [] }: Pick<AgentDefinition, 'handOffs'>): ToolSet {
  if (handOffs.length === 0) return tools
  const specs = handOffs.map(specOf)
  const byName = new Map(handOffs.map(handOff => [nameOf(handOff.to), handOff]))
  return {
    get specs() {
      return [...tools.specs.filter(({ name }) => !byName.has(name)), ...specs]
    },
    async run(call, context, signal) {
      const found = byName.get(call.name)
      if (!found) return tools.run(call, context, signal)
      const { to, history = 'whole' } = found
      const summary = history === 'summary' ? summaryIn(call.arguments) : undefined
      if (history === 'summary' && summary === undefined)
        return { kind: 'done', text: 'Not handed over: the summary is missing. Call it again with one.' }
      return handOffOutcome(context.agent, to, history === 'whole' ? 'whole' : 'none', summary)
    },
    remember: (callId, made) => tools.remember?.(callId, made),
  }
}

/** What a hand-off gives: `text` is the first that the other agent's model reads. */
export function handOffOutcome(
  from: string,
  to: string,
  history: 'whole' | 'none',
  brief: string | undefined,
): Extract<ToolOutcome, { kind: 'done' }> {
  const told = brief === undefined ? '' : ` What the agent ${from} told you: ${brief}`
  const text = `The agent ${from} has given the call to you, the agent ${to}.${told} Go on with what the caller wants; do not greet them again, and do not ask again what is known.`
  return { kind: 'done', text, handOff: { agent: to, history } }
}

function specOf({ to, when, history = 'whole' }: HandOff): ToolSpec {
  const summary = {
    type: 'string',
    maxLength: MOST_SUMMARY,
    description: 'What the other agent must know: who the caller is, what they want, what was done and promised.',
  }
  const asks = history === 'summary'
  return {
    name: nameOf(to),
    description: `Gives the call to the agent ${to}, who goes on at once. Use it when ${when}. Say nothing about it: the other agent speaks next.`,
    parameters: {
      type: 'object',
      properties: asks ? { summary } : {},
      required: asks ? ['summary'] : [],
      additionalProperties: false,
    },
    changes: false,
  }
}

function summaryIn(given: string): string | undefined {
  try {
    const { summary } = JSON.parse(given) as { readonly summary?: unknown }
    return typeof summary === 'string' && summary.trim() !== ''
      ? summary.slice(0, MOST_SUMMARY).toWellFormed()
      : undefined
  } catch {
    return undefined
  }
}
