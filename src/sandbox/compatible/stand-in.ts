import { z } from 'zod'
import type { OfferedTool } from '../openai/named-tool.ts'
import { refusalOf } from '../openai/request-rules.ts'
import type { ModelMessage } from '../openai/scripted-model.ts'
import { type ModelRead, openChatStandIn } from '../openai/stand-in.ts'
import type { StandIn, StandInOptions } from '../stand-in.ts'

/**
 * What people run on their own machines. `ollama`: calls in one piece without an id, no token counts. `vllm`: as OpenAI,
 * but with no parser of calls, so they come as text, and tools are refused. `gemma`: neither tools nor a message for
 * instructions.
 */
export type Kind = 'ollama' | 'vllm' | 'gemma'

const NO_PARSER = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'

/** A compatible server of chat completions (`/v1/chat/completions`) without a key. */
export const openCompatibleStandIn = (
  options: StandInOptions,
  { kind = 'ollama' }: { readonly kind?: Kind } = {},
): Promise<StandIn> =>
  openChatStandIn(options, {
    ...{ prefix: '/v1', models: ['llama3.2', 'qwen3'], wantsKey: false },
    usage: kind === 'vllm' ? 'asked' : 'never',
    calls: kind === 'ollama' ? 'without-id' : 'text',
    refusalOf: body => refused(body, kind),
    ...(kind !== 'ollama' && { readAs: asText }),
  })

const record = z.record(z.string(), z.unknown())
const roles = z.array(z.looseObject({ role: z.string() }))

function refused(body: unknown, kind: Kind): { readonly status?: number; readonly body: object } | undefined {
  // Whatever a server does not know it leaves aside.
  const { reasoning_effort: _any, ...asked } = record.safeParse(body).data ?? {}
  const { tools } = asked
  const messages = roles.safeParse(asked.messages).data ?? []
  if (tools !== undefined && kind === 'vllm')
    return { body: { object: 'error', message: NO_PARSER, type: 'BadRequestError', param: null, code: 400 } }
  if (tools !== undefined && kind === 'gemma')
    return {
      body: { error: { message: 'registry.ollama.ai/library/gemma3 does not support tools', type: 'api_error' } },
    }
  if (kind === 'gemma') {
    if (messages.some(({ role }) => role === 'system'))
      return { body: { object: 'error', message: 'System role not supported', type: 'BadRequestError', code: 400 } }
    const isTurnAbout = messages.every(({ role }, index) => role === (index % 2 === 0 ? 'user' : 'assistant'))
    if (!isTurnAbout)
      return {
        body: {
          ...{ object: 'error', type: 'BadRequestError', code: 400 },
          message: 'Conversation roles must alternate user/assistant/user/assistant/...',
        },
      }
  }
  const wrong = refusalOf(asked)
  return wrong && { body: wrong }
}

const RESULT = /^<tool_response>\n(.*)\n<\/tool_response>(?:\n(.*))?$/s
const CALL = /<tool_call>\s*(\{.*\})\s*<\/tool_call>/s
const tool = z.object({ name: z.string(), description: z.string(), parameters: z.unknown() })

/** A model that is told of its tools in words: it finds them there, and results among what callers seem to say. */
function asText(messages: readonly ModelMessage[]): ModelRead {
  const offered = messages.flatMap(({ content }) => content.split('\n').flatMap(toolIn))
  let called: string | undefined
  const read = messages.flatMap(({ role, content }): readonly ModelMessage[] => {
    const call = role === 'assistant' ? content.match(CALL)?.[1] : undefined
    if (call !== undefined) called = z.object({ name: z.string() }).parse(JSON.parse(call)).name
    const [, result, after] = (role === 'user' && content.match(RESULT)) || []
    if (result !== undefined)
      return [{ role: 'tool', content: result, tool: called }, ...(after ? [{ role, content: after }] : [])]
    // Instructions that stand before the caller's first words.
    const words = offered.length > 0 && role === 'user' ? (content.split('\n\n').at(-1) ?? '') : content
    return [{ role, content: words.replace(CALL, '').trim() }]
  })
  return { messages: read, offered }
}

function toolIn(line: string): readonly OfferedTool[] {
  if (!line.startsWith('{"name":')) return []
  try {
    return [tool.parse(JSON.parse(line))]
  } catch {
    return []
  }
}
