import { z } from 'zod'

/** The body of Google's refusal, with its status. */
export interface Refusal {
  readonly status: number
  readonly body: { readonly error: { readonly code: number; readonly message: string; readonly status: string } }
}

/** What the stand-in needs of a request that it accepts. */
export interface Looking {
  readonly jpeg: Uint8Array | undefined
  readonly mostTokens: number | undefined
  /** Undefined where the model decides how much it thinks. */
  readonly thinkingBudget: number | undefined
}

export const MOST_BYTES = 20 * 1024 * 1024
const MIME_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif']
const MODEL = /^gemini-\d/
const THINKS_ALWAYS = /^gemini-(?:2\.5-pro|3)/
const NEVER_THINKS = /^gemini-(?:1|2\.0)/
const TROUBLE = 'Please retry or report in https://developers.generativeai.google/guide/troubleshooting'

const STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
}

export const refusal = (code: number, message: string): Refusal => ({
  status: code,
  body: { error: { code, message, status: STATUS[code] ?? 'UNKNOWN' } },
})

const inlineData = z.strictObject({ mimeType: z.string(), data: z.string() })
const part = z.strictObject({ text: z.string().optional(), inlineData: inlineData.optional() })
const content = z.strictObject({ role: z.string().optional(), parts: z.array(part).default([]) })
const request = z.strictObject({
  contents: z.array(content).default([]),
  systemInstruction: content.optional(),
  generationConfig: z
    .strictObject({
      maxOutputTokens: z.int().optional(),
      temperature: z.number().optional(),
      mediaResolution: z.string().optional(),
      thinkingConfig: z
        .strictObject({ thinkingBudget: z.int().optional(), includeThoughts: z.boolean().optional() })
        .optional(),
    })
    .optional(),
  safetySettings: z.array(z.unknown()).optional(),
})

/** Whether the real API serves this model to this caller. */
export function refusedAccess(key: unknown, model: string): Refusal | undefined {
  if (typeof key !== 'string' || key === '')
    return refusal(
      403,
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    )
  if (MODEL.test(model)) return undefined
  return refusal(
    404,
    `models/${model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
  )
}

/** The request if the real API accepts it, or its refusal. */
export function lookingIn(body: unknown, model: string): Looking | Refusal {
  const read = request.safeParse(body)
  if (!read.success) return refusal(400, wrongPayload(read.error.issues[0]))
  const { contents, generationConfig: config } = read.data
  if (contents.length === 0) return refusal(400, '* GenerateContentRequest.contents: contents is not specified\n')
  if (contents.some(({ role = 'user' }) => role !== 'user' && role !== 'model'))
    return refusal(400, 'Please use a valid role: user, model.')
  const parts = contents.flatMap(one => one.parts)
  if (parts.some(({ text, inlineData: data }) => (text === undefined) === (data === undefined)))
    return refusal(400, 'Unable to submit request because it must have one initialized field in each part.')
  const thinkingBudget = config?.thinkingConfig?.thinkingBudget
  if (config?.thinkingConfig !== undefined && NEVER_THINKS.test(model))
    return refusal(400, 'Thinking is not supported by this model')
  if (thinkingBudget === 0 && THINKS_ALWAYS.test(model))
    return refusal(400, 'Budget 0 is invalid. This model only works in thinking mode.')
  const pictures = parts.flatMap(one => one.inlineData ?? [])
  const strange = pictures.find(({ mimeType }) => !MIME_TYPES.includes(mimeType))
  if (strange) return refusal(400, `Unsupported MIME type: ${strange.mimeType}`)
  if (pictures.some(({ data }) => data === '' || !/^[\w+/-]+={0,2}$/.test(data)))
    return refusal(400, 'Provided image is not valid.')
  const data = pictures.at(-1)?.data
  return {
    jpeg: data === undefined ? undefined : Buffer.from(data, 'base64'),
    mostTokens: config?.maxOutputTokens,
    thinkingBudget: NEVER_THINKS.test(model) ? 0 : thinkingBudget,
  }
}

/** A picture that is none. */
export const unreadable = (): Refusal => refusal(400, `Unable to process input image. ${TROUBLE}`)

/** What the API says of a field that it does not know, or of a wrong value. */
export function wrongPayload(issue: z.core.$ZodIssue | undefined): string {
  const at = issue?.path.join('.') ?? ''
  return issue?.code === 'unrecognized_keys'
    ? `Invalid JSON payload received. Unknown name "${issue.keys[0]}"${at ? ` at '${at}'` : ''}: Cannot find field.`
    : `Invalid value at '${at}': ${issue?.message ?? 'not an object'}`
}
