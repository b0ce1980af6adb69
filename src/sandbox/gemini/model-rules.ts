import { z } from 'zod'
import { isWellFormed } from '../well-formed.ts'
import { type Refusal, refusal, wrongPayload } from './request-rules.ts'

const functionCall = z.strictObject({
  ...{ id: z.string().optional(), name: z.string(), args: z.record(z.string(), z.unknown()).optional() },
})
const functionResponse = z.strictObject({
  ...{ id: z.string().optional(), name: z.string(), response: z.record(z.string(), z.unknown()) },
})
const part = z.strictObject({
  text: z.string().optional(),
  functionCall: functionCall.optional(),
  functionResponse: functionResponse.optional(),
  thoughtSignature: z.string().optional(),
})
export type Part = z.infer<typeof part>
const content = z.strictObject({ role: z.string().optional(), parts: z.array(part).default([]) })
export type Content = z.infer<typeof content>
const NAME = /^[a-zA-Z_][\w.:-]{0,127}$/
const LEVELS = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']

const request = z.strictObject({
  contents: z.array(content).default([]),
  systemInstruction: content.optional(),
  tools: z
    .array(
      z.strictObject({
        functionDeclarations: z.array(
          z.strictObject({
            ...{ name: z.string(), description: z.string().optional() },
            ...{ parameters: z.looseObject({}).optional(), parametersJsonSchema: z.looseObject({}).optional() },
          }),
        ),
      }),
    )
    .default([]),
  toolConfig: z.looseObject({}).optional(),
  generationConfig: z
    .strictObject({
      maxOutputTokens: z.int().optional(),
      temperature: z.number().optional(),
      thinkingConfig: z
        .strictObject({
          thinkingBudget: z.int().optional(),
          thinkingLevel: z.string().optional(),
          includeThoughts: z.boolean().optional(),
        })
        .optional(),
    })
    .optional(),
  safetySettings: z.array(z.unknown()).optional(),
})
export type ModelRequest = z.infer<typeof request>

const ANY_SIGNATURE = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go']
/** A signature holds for the model that gave it. */
export const signatureOf = (model: string): string => Buffer.from(`signed by ${model}`).toString('base64')
/** Since Gemini 3 calls are signed, and signatures are wanted back. */
export const signs = (model: string): boolean => /^gemini-(?:[3-9]|\d\d)/.test(model)
const MIN_BUDGET_OF_PRO = 128

/** The request to a model if the real API accepts it, or its refusal. */
export function modelAsked(body: unknown, model: string): ModelRequest | Refusal {
  if (!isWellFormed(body)) return refusal(400, 'Invalid JSON payload received.')
  const read = request.safeParse(body)
  if (!read.success) return refusal(400, wrongPayload(read.error.issues[0]))
  const { contents, systemInstruction: system, tools } = read.data
  if (contents.length === 0) return refusal(400, '* GenerateContentRequest.contents: contents is not specified\n')
  const every = [...contents, ...(system ? [system] : [])]
  if (every.some(({ parts }) => parts.length === 0 || parts.some(one => fieldsOf(one) !== 1)))
    return refusal(400, 'Unable to submit request because it must have one initialized field in each part.')
  if (every.some(({ parts }) => parts.some(({ text }) => text === '')))
    return refusal(400, 'Unable to submit request because it has an empty text parameter.')
  const names = tools.flatMap(({ functionDeclarations: all }) => all.map(({ name }) => name))
  const wrongName = names.find(name => !NAME.test(name))
  if (wrongName !== undefined)
    return refusal(
      400,
      `* GenerateContentRequest.tools[0].function_declarations[0].name: Invalid function name '${wrongName}'.`,
    )
  return wrongThinking(read.data, model) ?? wrongTurns(contents, model) ?? read.data
}

const fieldsOf = ({ text, functionCall: call, functionResponse: response }: Part): number =>
  [text, call, response].filter(one => one !== undefined).length

function wrongThinking({ generationConfig: config }: ModelRequest, model: string): Refusal | undefined {
  const { thinkingBudget: budget, thinkingLevel: level } = config?.thinkingConfig ?? {}
  if (budget !== undefined && level !== undefined)
    return refusal(400, 'You can only set only one of thinking budget and thinking level.')
  if (level !== undefined && !signs(model)) return refusal(400, 'Thinking level is not supported for this model.')
  if (level !== undefined && !LEVELS.includes(level)) return refusal(400, `Invalid value at 'thinking_level': ${level}`)
  if (level === 'MINIMAL' && /pro/.test(model))
    return refusal(
      400,
      `Thinking level MINIMAL is not supported for this model. Please retry with other thinking level.`,
    )
  if (budget !== undefined && budget < MIN_BUDGET_OF_PRO && /2\.5-pro/.test(model))
    return refusal(400, `Budget ${budget} is invalid. This model only works in thinking mode.`)
  return undefined
}

function wrongTurns(contents: readonly Content[], model: string): Refusal | undefined {
  if (contents.some(({ role = 'user' }) => role !== 'user' && role !== 'model'))
    return refusal(400, 'Please use a valid role: user, model.')
  if (contents.at(-1)?.role === 'model' && signs(model))
    return refusal(400, 'Requests whose last turn has the role model are not supported by this model.')
  const current = contents.findLastIndex(
    ({ role = 'user', parts }) => role === 'user' && parts.some(({ text }) => text !== undefined),
  )
  for (const [index, { role, parts }] of contents.entries()) {
    const before = contents[index - 1]
    const calls = callsIn(parts)
    if (calls.length > 0 && (role !== 'model' || before === undefined || before.role === 'model'))
      return refusal(
        400,
        'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      )
    const wanted = before?.role === 'model' ? callsIn(before.parts) : []
    const given = parts.flatMap(one => one.functionResponse ?? [])
    if (wanted.length !== given.length)
      return refusal(
        400,
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      )
    if (given.some(({ name, id }, at) => name !== wanted[at]?.name || id !== wanted[at]?.id))
      return refusal(400, 'Please ensure that function response turn comes immediately after a function call turn.')
    const wrong = signs(model) && calls.length > 0 ? wrongSignature(parts, index > current, model, index) : undefined
    if (wrong) return wrong
  }
  return undefined
}

const callsIn = (parts: readonly Part[]) => parts.flatMap(one => one.functionCall ?? [])

/** The first call of each step of the caller's current turn must be signed. */
function wrongSignature(parts: readonly Part[], isCurrent: boolean, model: string, at: number): Refusal | undefined {
  const first = parts.find(one => one.functionCall)
  const given = parts.flatMap(({ thoughtSignature }) => thoughtSignature ?? [])
  if (given.some(signature => signature !== signatureOf(model) && !ANY_SIGNATURE.includes(signature)))
    return refusal(400, 'Corrupted thought signature.')
  if (!isCurrent || first?.thoughtSignature) return undefined
  return refusal(
    400,
    `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${first?.functionCall?.name}\` , position ${at + 1}.`,
  )
}
