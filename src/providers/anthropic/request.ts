import { z } from 'zod'
import type { Prompt } from '../../conversation/ports.ts'
import { mostTokens } from '../chat/efforts.ts'
import { type ChatMessage, chatMessages } from '../chat/messages.ts'
import { offeredTools } from '../chat/offered-tools.ts'
import type { Refused } from '../chat/streamed-model.ts'

/** How a model is told not to think, from the least on. Each model takes some of them; `adaptive` thinks little. */
const WAYS = ['disabled', 'between_tools', 'adaptive', 'untold'] as const
export type Thinking = (typeof WAYS)[number]

/** How a model is asked. */
export interface AnthropicManners {
  readonly thinking: Thinking
  /** Thoughts that came with a call go back with it. */
  readonly returnsThoughts: boolean
}

/** What a model is asked with at first: what it takes by its name. Others are found out by their refusals. */
export function mannersFor(model: string): AnthropicManners {
  const thinksAlways = /fable|mythos|opus-(?:5-[5-9]|[6-9])/.test(model)
  const thinking = thinksAlways ? 'adaptive' : /sonnet-(?:5-[5-9]|[6-9])/.test(model) ? 'between_tools' : 'disabled'
  return { thinking, returnsThoughts: true }
}

/** The name under which a call keeps the thoughts before it. */
export const EXTRA = 'anthropic'
/** Thoughts, signed by the vendor for this model alone. */
const extra = z.object({ model: z.string(), thoughts: z.array(z.record(z.string(), z.unknown())) })
export type Thoughts = z.infer<typeof extra>

interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: readonly Readonly<Record<string, unknown>>[]
}

const EPHEMERAL = { type: 'ephemeral' } as const

/**
 * The body of a streamed request. Two marks let the vendor cache what comes again: one after tools and instructions,
 * which are those of all calls, and one at the end of the conversation so far, which the next request goes on from.
 */
export function anthropicRequest(
  model: string,
  prompt: Prompt,
  { thinking, returnsThoughts }: AnthropicManners,
): object {
  const [first, ...rest] = chatMessages(prompt.instructions, prompt.history, prompt.context, [EXTRA])
  const system = first?.role === 'system' ? first.content : undefined
  const turns = turnsOf(
    first === undefined || system !== undefined ? rest : [first, ...rest],
    returnsThoughts ? model : '',
  )
  const tools = offeredTools(prompt.tools)
  return {
    model,
    max_tokens: mostTokens(thinking === 'disabled' ? 'none' : 'low'),
    ...(system !== undefined && { system: [{ type: 'text', text: system, cache_control: EPHEMERAL }] }),
    messages: marked(turns),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters })),
    }),
    ...(thinking !== 'untold' && { thinking: { type: thinking } }),
    ...(thinking === 'adaptive' && { output_config: { effort: 'low' } }),
    stream: true,
  }
}

/**
 * The conversation in turns. Results stand at the head of the caller's turn. Thoughts go back only within the caller's
 * current turn, where the model goes on from them, and only to the model (`signer`) that has signed them.
 */
function turnsOf(messages: readonly ChatMessage[], signer: string): readonly Turn[] {
  const current = messages.findLastIndex(({ role }) => role === 'user')
  const turns: Turn[] = []
  const add = (role: Turn['role'], content: Turn['content']): void => {
    const last = turns.at(-1)
    if (last?.role === role) turns[turns.length - 1] = { role, content: [...last.content, ...content] }
    else turns.push({ role, content })
  }
  for (const [index, message] of messages.entries()) {
    switch (message.role) {
      case 'system':
      case 'user':
        add('user', [{ type: 'text', text: message.content }])
        break
      case 'tool':
        add('user', [{ type: 'tool_result', tool_use_id: message.tool_call_id, content: message.content }])
        break
      case 'assistant': {
        const { content, tool_calls: calls = [] } = message
        add('assistant', [
          ...(index > current ? thoughtsOf(calls[0], signer) : []),
          ...(content ? [{ type: 'text', text: content.trimEnd() }] : []),
          ...calls.map(({ id, function: { name, arguments: args } }) => ({
            ...{ type: 'tool_use', id, name, input: JSON.parse(args) as unknown },
          })),
        ])
      }
    }
  }
  return turns
}

function thoughtsOf(call: object | undefined, signer: string): Turn['content'] {
  if (call === undefined || !(EXTRA in call)) return []
  const read = extra.safeParse(call[EXTRA]).data
  return read?.model === signer ? read.thoughts : []
}

function marked(turns: readonly Turn[]): readonly Turn[] {
  return turns.map((turn, index) => {
    const last = turn.content.at(-1)
    if (index < turns.length - 1 || last === undefined) return turn
    return { ...turn, content: [...turn.content.slice(0, -1), { ...last, cache_control: EPHEMERAL }] }
  })
}

/** "Expected `thinking` …", "Invalid `signature` in `thinking` block": these speak of blocks, all others of the setting. */
const ABOUT_BLOCKS = /signature|(?:redacted_)?thinking`? blocks?\b|found `?tool_use/i

/** How to ask again after a refusal that is about thinking: the next way that the answer names, else the next one. */
export function anthropicMannersAfter(
  manners: AnthropicManners,
  { status, answer }: Refused,
): AnthropicManners | undefined {
  if (status !== 400 || !/think|effort|output_config/i.test(answer)) return undefined
  if (ABOUT_BLOCKS.test(answer)) return manners.returnsThoughts ? { ...manners, returnsThoughts: false } : undefined
  const left = WAYS.slice(WAYS.indexOf(manners.thinking) + 1)
  const thinking = left.find(way => answer.includes(way)) ?? left[0]
  return thinking && { ...manners, thinking }
}
