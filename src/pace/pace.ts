import { z } from 'zod'
import type { Agent } from '../conversation/agent.ts'
import { type Delivers, FASTEST, SLOWEST } from '../conversation/delivery.ts'
import type { JournalLine } from '../conversation/lines.ts'
import type { ToolCall, ToolOutcome, ToolSet, ToolSpec } from '../conversation/ports.ts'

export const CHANGE_SPEED = 'change_speed'

const STEP = 0.85
const STEPS = ['slower', 'faster', 'usual'] as const
const given = z.object({ to: z.enum(STEPS) })

/** What a caller said in an earlier call of how they like to be spoken to. */
export type Liked = 'slower' | 'faster'
const LIKED: Readonly<Record<Liked, number>> = { slower: STEP, faster: 1.15 }

/** How fast the voice of one call speaks. */
export interface Pace {
  /** The tools of the call, with the one by which a caller has it changed, where an agent allows it. */
  readonly tools: ToolSet
  /** By how much the speed of each agent's voice is multiplied now. */
  readonly now: () => number
  /** What is remembered of the caller; undefined where nothing is, or not any more. What they want in this call goes before. */
  readonly liked: (speed: Liked | undefined) => void
}

interface PaceParts {
  readonly tools: ToolSet
  /** The author of the agent of this name has allowed it. */
  readonly speedByCaller: (agent: string) => boolean
  readonly deliversOf: (agent: Agent) => readonly Delivers[]
}

const specOf = (agents: readonly string[]): ToolSpec => ({
  name: CHANGE_SPEED,
  description:
    'Changes how fast you speak from here on in this call. Use it as soon as the caller asks you to speak more slowly or faster, or says that they cannot follow you. To answer in fewer words is something else, and needs no tool.',
  parameters: {
    type: 'object',
    properties: { to: { type: 'string', enum: [...STEPS], description: 'slower and faster are one step each' } },
    required: ['to'],
    additionalProperties: false,
  },
  changes: false,
  agents,
})

/** `agents`: all who may have the call; `before`: what was at servers that had it before. */
export function paceOfCall(all: readonly Agent[], before: readonly JournalLine[], { tools, ...of }: PaceParts): Pace {
  const paced = all.filter(agent => of.speedByCaller(agent.name) && of.deliversOf(agent).includes('speed'))
  const agents = [...new Set(paced.map(({ name }) => name))]
  let chosen = chosenIn(before)
  let liked: number | undefined
  const now = (): number => chosen ?? liked ?? 1

  function change(call: ToolCall, name: string): ToolOutcome {
    const read = given.safeParse(parsed(call.arguments))
    if (!read.success) return { kind: 'done', text: `Not changed: to must be ${STEPS.join(', ')}.` }
    const { to } = read.data
    const was = now()
    const wanted = to === 'usual' ? 1 : to === 'slower' ? was * STEP : was / STEP
    // The author's own speed is multiplied with it, and no voice can be asked for more than these.
    const own = paced.find(agent => agent.name === name)?.delivery?.speed ?? 1
    const [least, most] = [Math.min(1, SLOWEST / own), Math.max(1, FASTEST / own)]
    chosen = Math.round(Math.min(most, Math.max(least, wanted)) * 100) / 100
    const percent = `${Math.round(chosen * 100)} %`
    return {
      kind: 'done',
      text:
        chosen === was && to !== 'usual'
          ? `You speak at ${percent} of your usual speed, and cannot be ${to}. Say so without the number.`
          : `You speak at ${percent} of your usual speed from here on. Do not tell the number; go on with what you said, and say it again if they could not follow.`,
    }
  }

  if (agents.length === 0) return { tools, now, liked: like }
  const spec = specOf(agents)
  return {
    now,
    liked: like,
    tools: {
      get specs() {
        return [...tools.specs.filter(({ name }) => name !== CHANGE_SPEED), spec]
      },
      async run(call, context, signal) {
        const isOwn = call.name === CHANGE_SPEED && agents.includes(context.agent)
        return isOwn ? change(call, context.agent) : tools.run(call, context, signal)
      },
      remember: (callId, made) => tools.remember?.(callId, made),
    },
  }

  function like(speed: Liked | undefined): void {
    liked = speed && LIKED[speed]
  }
}

/** What the latest change of a call came to. */
function chosenIn(lines: readonly JournalLine[]): number | undefined {
  const calls = new Set<string>()
  let chosen: number | undefined
  for (const line of lines) {
    if (!('input' in line)) continue
    const { input } = line
    if (input.kind === 'tool-called' && input.call.name === CHANGE_SPEED) calls.add(input.call.id)
    if (input.kind !== 'tool-result' || !calls.has(input.callId)) continue
    const percent = /^You speak at (\d{2,3}) %/.exec(input.result)?.[1]
    if (percent !== undefined) chosen = Math.min(FASTEST / SLOWEST, Math.max(SLOWEST / FASTEST, Number(percent) / 100))
  }
  return chosen
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
