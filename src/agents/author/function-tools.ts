import type { Clock, ToolContext, ToolOutcome, ToolSet } from '../../conversation/ports.ts'
import { cutToSize, plainText } from '../../tools/running/plain-text.ts'
import { tellsOfDone } from '../../tools/running/result-words.ts'
import { serverLog, type ToolLog } from '../../tools/running/tool-log.ts'
import { toolRunner } from '../../tools/running/tool-runner.ts'
import { offeredTools } from '../../tools/settings/offered-tools.ts'
import { toolSetOf } from '../../tools/settings/tool-set.ts'
import type { ToolPolicy } from '../../tools/settings/tool-settings.ts'
import type { AgentDefinition } from './agent.ts'
import { describing, type FunctionLinkParts, functionLink } from './function-link.ts'
import { handOffOutcome } from './hand-off-tools.ts'
import type { FunctionTool, ToolAnswer } from './tool.ts'

export interface FunctionToolsParts extends Pick<FunctionLinkParts, 'ringBeside'> {
  readonly clock: Clock
  readonly log: ToolLog
  /** Whether a call can be handed to the agent of this name. */
  readonly isAgent: (name: string) => boolean
}

const LIMIT_MS = 5_000
const ONCE_MS = 60_000
const MOST_BRIEF = 1_500

/** An agent's functions as tools: confirmed, run at most once, and told in words as all others are. */
export function functionTools(
  { name, tools = [] }: Pick<AgentDefinition, 'name' | 'tools'>,
  { clock, log, isAgent, ringBeside }: FunctionToolsParts,
): ToolSet {
  const ownLog = serverLog(log, name, [])
  const link = functionLink(name, tools, { clock, log: ownLog, ringBeside })
  const policies = new Map(tools.map(tool => [tool.name, policyOf(tool)]))
  const offered = offeredTools([link], policies, log)
  const all = toolSetOf(
    tools.map(tool => tool.name),
    offered,
    toolRunner({ clock, log, offered }),
  )
  /** `answers`: of all functions that ran for this call. */
  function outcomeOf(outcome: ToolOutcome, answers: readonly ToolAnswer[], { agent }: ToolContext): ToolOutcome {
    if (outcome.kind === 'ask') return outcome
    const words = answers.flatMap(answer => (answer.kind === 'say' && answer.words.trim() !== '' ? answer.words : []))
    const asking = answers.findLast(({ kind }) => kind === 'secret')
    if (asking?.kind === 'secret') return { ...outcome, secret: asking.asked }
    const last = answers.findLast(({ kind }) => kind === 'hand-off' || kind === 'to-person')
    if (last?.kind === 'to-person') return { ...outcome, toPerson: { brief: last.brief } }
    if (last?.kind !== 'hand-off') return words.length > 0 ? { ...outcome, say: words.join(' ') } : outcome
    const { to, brief, history } = last
    return isAgent(to)
      ? handOffOutcome(
          agent,
          to,
          history === 'none' ? 'none' : 'whole',
          brief && cutToSize(plainText(brief), MOST_BRIEF),
        )
      : { ...outcome, text: `Not handed over: there is no agent ${to}. Tell the caller so in plain words.` }
  }
  return {
    get specs() {
      return all.specs
    },
    async run(call, context, signal) {
      const answers: ToolAnswer[] = []
      const answered = (answer: unknown): void => void answers.push(answer as ToolAnswer)
      return outcomeOf(await all.run(call, { ...context, answered }, signal), answers, context)
    },
    remember(callId, made) {
      all.remember?.(callId, made)
      for (const { call, result } of made) {
        const tool = tools.find(one => one.name === call.name)
        if (!tool?.remember || !tellsOfDone(call.name, result)) continue
        const failed = (error: unknown): void => ownLog.quote(`remember of ${call.name} threw`, String(error))
        remembered(tool, { callId, result }, call.arguments).catch(failed)
      }
    },
  }
}

/** A function that keeps something of a call is told of what was made at a server before. */
async function remembered(
  { parameters, remember }: FunctionTool,
  call: { readonly callId: string; readonly result: string },
  given: string,
): Promise<void> {
  const read = parameters.safeParse(JSON.parse(given))
  if (read.success) await remember?.(read.data, call)
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
