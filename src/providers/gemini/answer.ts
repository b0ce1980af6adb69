import { z } from 'zod'
import type { Delta, ToolCall } from '../../conversation/ports.ts'
import { ProviderError } from '../../errors.ts'
import type { AnswerEvent } from '../chat/answer-events.ts'
import { MOST_CALLS } from '../chat/call-pieces.ts'
import { MOST_ARGUMENT_LETTERS } from '../chat/chat-model.ts'
import { failed, failureIn } from '../chat/failure.ts'
import { PARALLEL } from '../chat/messages.ts'
import { tokenCount, tokens } from '../chat/tokens.ts'
import { EXTRA, type Signed } from './request.ts'

const PROVIDER = 'Gemini'

const words = z.string().nullish().catch(undefined)
const part = z
  .object({
    ...{ text: words, thought: z.boolean().nullish().catch(undefined), thoughtSignature: words },
    functionCall: z
      .object({ id: words, name: words, args: z.record(z.string(), z.unknown()).nullish().catch(undefined) })
      .nullish()
      .catch(undefined),
  })
  .catch({})
const chunk = z.object({
  candidates: z
    .array(
      z.object({
        content: z
          .object({ parts: z.array(part).nullish() })
          .nullish()
          .catch(undefined),
        ...{ finishReason: words, finishMessage: words },
      }),
    )
    .nullish()
    .catch(undefined),
  promptFeedback: z.object({ blockReason: words, blockReasonMessage: words }).nullish().catch(undefined),
  usageMetadata: z
    .object({
      ...{ promptTokenCount: tokenCount, toolUsePromptTokenCount: tokenCount, cachedContentTokenCount: tokenCount },
      ...{ candidatesTokenCount: tokenCount, thoughtsTokenCount: tokenCount },
    })
    .nullish()
    .catch(undefined),
})

const ENDS_WELL: ReadonlySet<string> = new Set(['STOP', 'MAX_TOKENS', 'FINISH_REASON_UNSPECIFIED'])
/** The model made a mistake, which it may not make again. After all others the vendor will not answer this. */
const MISTAKES: ReadonlySet<string> = new Set([
  ...['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS', 'OTHER'],
])

/**
 * The deltas of a streamGenerateContent answer of `model`. Throws ProviderError for one that failed, was blocked, or broke
 * off.
 */
export async function* contentDeltas(
  events: AsyncIterable<AnswerEvent>,
  model: string,
  ownId: () => string,
): AsyncGenerator<Delta> {
  const calls: ToolCall[] = []
  let used: z.infer<typeof chunk>['usageMetadata']
  let finish: { readonly reason: string; readonly message: string | undefined } | undefined
  let hasText = false
  let argumentLetters = 0
  try {
    for await (const event of events) {
      if (event.kind === 'done') break
      const failure = failureIn(event.value)
      if (failure) throw failed(PROVIDER, failure)
      const { candidates, promptFeedback, usageMetadata } = chunk.safeParse(event.value).data ?? {}
      const blocked = promptFeedback?.blockReason
      if (blocked && blocked !== 'BLOCK_REASON_UNSPECIFIED' && blocked !== 'BLOCKED_REASON_UNSPECIFIED')
        throw problem(`the request was blocked: ${told(blocked, promptFeedback?.blockReasonMessage)}`, false)
      used = usageMetadata ?? used
      const first = candidates?.[0]
      for (const { text, thought, thoughtSignature, functionCall } of first?.content?.parts ?? []) {
        if (text && !thought) {
          hasText = true
          yield { kind: 'text', text }
        } else yield { kind: 'writing' }
        if (!functionCall?.name || calls.length === MOST_CALLS) continue
        const { id, name } = functionCall
        const args = JSON.stringify(functionCall.args ?? {})
        argumentLetters += args.length
        if (argumentLetters > MOST_ARGUMENT_LETTERS) throw problem('the arguments of its tool calls are too long', true)
        const isParallel = calls.length > 0 && !thoughtSignature
        const signed: Signed = {
          ...{ model, ...(id && { id }), ...(thoughtSignature && { thoughtSignature }), ...(isParallel && PARALLEL) },
        }
        calls.push({
          ...{ id: id || ownId(), name: nameOf(name), arguments: args },
          ...((id || thoughtSignature) && { extra: { [EXTRA]: signed } }),
        })
      }
      if (first?.finishReason) finish = { reason: first.finishReason, message: first.finishMessage ?? undefined }
    }
  } catch (error) {
    // After the last part only the rest of the stream is missing.
    if (!finish || error instanceof ProviderError) throw error
  }
  if (!finish) throw problem('the answer broke off', true)
  if (used) {
    const input = (used.promptTokenCount ?? 0) + (used.toolUsePromptTokenCount ?? 0)
    const output = (used.candidatesTokenCount ?? 0) + (used.thoughtsTokenCount ?? 0)
    yield tokens(input, output, used.cachedContentTokenCount ?? 0)
  }
  const { reason, message } = finish
  if (!hasText && calls.length === 0) {
    if (!ENDS_WELL.has(reason)) throw problem(`the answer was stopped: ${told(reason, message)}`, MISTAKES.has(reason))
    // All of them went into thoughts.
    if (reason === 'MAX_TOKENS') throw problem('MAX_TOKENS without a word', true)
  }
  for (const call of calls) yield { kind: 'tool-call', call }
}

/** Models write the space in which they see a tool before its name. */
const nameOf = (name: string): string => name.replace(/^default_api[.:]/, '')

const told = (reason: string, message: string | null | undefined): string =>
  message ? `${reason} (${message})` : reason

const problem = (what: string, retryable: boolean): ProviderError => new ProviderError(PROVIDER, what, { retryable })
