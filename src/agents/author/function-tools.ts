import type { Clock, ToolContext, ToolOutcome, ToolSet } from '../../conversation/ports.ts'
import { serverLog, type ToolLog } from '../../tools/running/tool-log.ts'
import { toolRunner } from '../../tools/running/tool-runner.ts'
import { offeredTools } from '../../tools/settings/offered-tools.ts'
import { toolSetOf } from '../../tools/settings/tool-set.ts'
import type { ToolPolicy } from '../../tools/settings/tool-settings.ts'
import type { AgentDefinition } from './agent.ts'
import { describing, functionLink } from './function-link.ts'
import { handOffOutcome } from './hand-off-tools.ts'
import type { FunctionTool, ToolAnswer } from './tool.ts'

export interface FunctionToolsParts {
  readonly clock: Clock
  readonly log: ToolLog
  /** Whether a call can be handed to the agent of this name. */
  readonly isAgent: (name: string) => boolean
}

const LIMIT_MS = 5_000
const ONCE_MS = 60_000

/** An agent's functions as tools: confirmed, run at most once, and told in words as all others are. */
export function functionTools(
  { name, tools = [] }: Pick<AgentDefinition, 'name' | 'tools'>,
  { clock, log, isAgent }: FunctionToolsParts,
): ToolSet {
  // What the functions of a call have answered, until their outcome takes it.
  const answers = new Map<string, ToolAnswer>()
  const placeOf = (callId: string, tool: string): string => JSON.stringify([callId, tool])
  const link = functionLink(name, tools, {
    clock,
    log: serverLog(log, name, []),
    onAnswer: (callId, tool, answer) => void answers.set(placeOf(callId, tool), answer),
  })
  const policies = new Map(tools.map(tool => [tool.name, policyOf(tool)]))
  const offered = offeredTools([link], policies, log)
  const all = toolSetOf(
    tools.map(tool => tool.name),
    offered,
    toolRunner({ clock, log, offered }),
  )
  const outcomeOf = (outcome: ToolOutcome, answer: ToolAnswer | undefined, { agent }: ToolContext): ToolOutcome => {
    if (outcome.kind === 'ask' || answer === undefined) return outcome
    switch (answer.kind) {
      case 'failed':
        return outcome
      case 'say':
        return answer.words.trim() === '' ? outcome : { ...outcome, say: answer.words }
      case 'hand-off':
        return isAgent(answer.to)
          ? handOffOutcome(agent, answer.to, answer.history ?? 'whole', answer.brief)
          : { ...outcome, text: `Not handed over: there is no agent ${answer.to}. Tell the caller so in plain words.` }
    }
  }
  return {
    get specs() {
      return all.specs
    },
    async run(call, context, signal) {
      const place = placeOf(context.callId, call.name)
      try {
        const outcome = await all.run(call, context, signal)
        return outcomeOf(outcome, answers.get(place), context)
      } finally {
        answers.delete(place)
      }
    },
    remember(callId, made) {
      all.remember?.(callId, made)
      for (const { call } of made)
        remembered(
          tools.find(tool => tool.name === call.name),
          callId,
          call.arguments,
        )
    },
  }
}

/** A function that keeps something of a call is told of what was made at a server before. */
function remembered(tool: FunctionTool | undefined, callId: string, given: string): void {
  if (!tool?.remember) return
  let read: ReturnType<FunctionTool['parameters']['safeParse']>
  try {
    read = tool.parameters.safeParse(JSON.parse(given))
  } catch {
    return
  }
  if (read.success) tool.remember(read.data, { callId })
}

function policyOf({
  name,
  does,
  filler,
  fillers,
  confirm,
  limitMs = LIMIT_MS,
  cacheMs,
  onceMs,
}: FunctionTool): ToolPolicy {
  const asked = Object.entries(confirm?.in ?? {}).map(([code, ask]) => [code, { ask }])
  return {
    ...{ limitMs, words: 'say' },
    ...(filler !== undefined && { filler }),
    ...(fillers && { fillers: given(fillers) }),
    ...(does === 'reads' ? { ...(cacheMs !== undefined && { cacheMs }) } : { onceMs: onceMs ?? ONCE_MS }),
    confirm: confirm
      ? { describe: describing(name), words: 'say', ask: confirm.ask, in: Object.fromEntries(asked) }
      : false,
  }
}

const given = (some: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(some).flatMap(([code, text]) => (text === undefined ? [] : [[code, text]])))
