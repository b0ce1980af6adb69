import { z } from 'zod'
import type { Prompt } from '../../conversation/ports.ts'
import { mostTokens } from '../chat/efforts.ts'
import { type ChatMessage, chatMessages } from '../chat/messages.ts'
import { offeredTools } from '../chat/offered-tools.ts'
import type { Refused } from '../chat/streamed-model.ts'

/** How much a model is told to think. Undefined: nothing is said of it. */
export type Thinking = { readonly thinkingBudget: number } | { readonly thinkingLevel: 'MINIMAL' | 'LOW' } | undefined

/** How a model is asked. */
export interface GeminiManners {
  /** The ways that it was not seen to refuse, from the least on. The first is used. */
  readonly thinking: readonly Thinking[]
  /** What the vendor signed goes back to it. */
  readonly returnsSignatures: boolean
}

/** The least that Gemini 2.5 Pro can think. */
const LEAST_BUDGET = 128
/** Until Gemini 2.5 thinking had a budget in tokens, since 3 it has levels. */
export const mannersFor = (model: string): GeminiManners => ({
  thinking: /gemini-[12]\./.test(model)
    ? [{ thinkingBudget: 0 }, { thinkingBudget: LEAST_BUDGET }, undefined]
    : [{ thinkingLevel: 'MINIMAL' }, { thinkingLevel: 'LOW' }, undefined],
  returnsSignatures: true,
})

/** The name under which a call keeps the vendor's id and signature. */
export const EXTRA = 'gemini'
const extra = z.object({
  model: z.string(),
  id: z.string().optional(),
  thoughtSignature: z.string().optional(),
  parallel: z.literal(true).optional(),
})
export type Signed = z.infer<typeof extra>

/** What the vendor takes in place of the signature of a call that another model has made. */
const NOT_SIGNED_HERE = 'skip_thought_signature_validator'

interface Content {
  readonly role: 'user' | 'model'
  readonly parts: readonly object[]
}

/** The body of a streamGenerateContent request. */
export function geminiRequest(
  model: string,
  prompt: Prompt,
  { thinking: [thinking], returnsSignatures }: GeminiManners,
) {
  const messages = chatMessages(prompt.instructions, prompt.history, prompt.context, [EXTRA])
  const [first, ...rest] = messages
  const system = first?.role === 'system' ? first.content : undefined
  const tools = offeredTools(prompt.tools)
  const thinksNot = thinking !== undefined && 'thinkingBudget' in thinking && thinking.thinkingBudget === 0
  return {
    ...(system !== undefined && { systemInstruction: { parts: [{ text: system }] } }),
    contents: contentsOf(system === undefined ? messages : rest, returnsSignatures ? model : undefined),
    ...(tools.length > 0 && {
      tools: [
        {
          functionDeclarations: tools.map(({ name, description, parameters }) => ({
            ...{ name, description, parametersJsonSchema: parameters },
          })),
        },
      ],
    }),
    generationConfig: {
      maxOutputTokens: mostTokens(thinksNot ? 'none' : 'low'),
      ...(thinking !== undefined && { thinkingConfig: thinking }),
    },
  }
}

function contentsOf(messages: readonly ChatMessage[], signer: string | undefined): readonly Content[] {
  const contents: Content[] = []
  const add = (role: Content['role'], parts: readonly object[]): void => {
    const last = contents.at(-1)
    if (last?.role === role) contents[contents.length - 1] = { role, parts: [...last.parts, ...parts] }
    else contents.push({ role, parts })
  }
  const made = new Map<string, { readonly name: string; readonly id?: string | undefined }>()
  for (const message of messages) {
    switch (message.role) {
      case 'system':
      case 'user':
        add('user', [{ text: message.content }])
        break
      case 'tool': {
        const { name, id } = made.get(message.tool_call_id) ?? { name: 'unnamed' }
        add('user', [
          { functionResponse: { ...(id !== undefined && { id }), name, response: { output: message.content } } },
        ])
        break
      }
      case 'assistant': {
        const calls = (message.tool_calls ?? []).map((call, index) => {
          const { name, arguments: args } = call.function
          const { id, thoughtSignature } = signedBy(call, signer)
          made.set(call.id, { name, id })
          const functionCall = { ...(id !== undefined && { id }), name, args: JSON.parse(args) as unknown }
          // Of parallel calls only the first is signed.
          const signature = thoughtSignature ?? (index === 0 ? NOT_SIGNED_HERE : undefined)
          return { functionCall, ...(signature !== undefined && { thoughtSignature: signature }) }
        })
        add('model', [...(message.content ? [{ text: message.content }] : []), ...calls])
      }
    }
  }
  return contents
}

/** Nothing of a call that this model has not made. */
function signedBy(call: object, signer: string | undefined): Partial<Signed> {
  const read = EXTRA in call ? extra.safeParse(call[EXTRA]).data : undefined
  return read?.model === signer && read !== undefined ? read : {}
}

/** "Budget 0 is invalid. This model only works in thinking mode.", "Thinking level is not supported". */
const ABOUT_THINKING = /thinking|\bbudget\b/i
const ABOUT_SIGNATURES = /thought.?signature/i

/** How to ask again after a refusal that is about thinking or about signatures. */
export function geminiMannersAfter(manners: GeminiManners, { status, answer }: Refused): GeminiManners | undefined {
  if (status !== 400) return undefined
  if (ABOUT_SIGNATURES.test(answer))
    return manners.returnsSignatures ? { ...manners, returnsSignatures: false } : undefined
  const [now, ...left] = manners.thinking
  return now !== undefined && ABOUT_THINKING.test(answer) ? { ...manners, thinking: left } : undefined
}
