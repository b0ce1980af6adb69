import { z } from 'zod'
import { ProviderError } from '../errors.ts'
import { failed, failureIn } from './chat/failure.ts'
import { jsonIn } from './http-answer.ts'

const PROVIDER = 'Gemini'
/** 120 words are some 800 letters. */
const MOST_LETTERS = 1_500
/** With these the text is what the model wanted to say, or its beginning. */
const ENDS_WELL: ReadonlySet<string> = new Set(['STOP', 'MAX_TOKENS', 'FINISH_REASON_UNSPECIFIED'])

const words = z.string().optional().catch(undefined)
const part = z.object({ text: words, thought: z.boolean().optional().catch(undefined) }).catch({})
const answer = z.object({
  candidates: z
    .array(
      z.object({
        content: z
          .object({ parts: z.array(part).optional() })
          .optional()
          .catch(undefined),
        finishReason: words,
        finishMessage: words,
      }),
    )
    .nullish(),
  promptFeedback: z.object({ blockReason: words, blockReasonMessage: words }).nullish().catch(undefined),
  usageMetadata: z
    .object({ thoughtsTokenCount: z.number().optional().catch(undefined) })
    .nullish()
    .catch(undefined),
})

/**
 * The text of a generateContent answer: all parts but the model's thoughts, cut to 1,500 letters. Throws ProviderError
 * for an answer that was blocked, broke off, is empty, or is no such answer.
 */
export function descriptionIn(text: string): string {
  const value = jsonIn(text)
  const failure = failureIn(value)
  if (failure) throw failed(PROVIDER, failure)
  const read = answer.safeParse(value)
  if (!read.success) throw problem(`its answer is not as announced: ${text.slice(0, 100)}`, true)
  const { candidates, promptFeedback, usageMetadata } = read.data
  const blocked = promptFeedback?.blockReason
  if (blocked !== undefined && blocked !== 'BLOCK_REASON_UNSPECIFIED')
    throw problem(`the picture was blocked: ${told(blocked, promptFeedback?.blockReasonMessage)}`, false)
  const first = candidates?.[0]
  if (first === undefined) throw problem('it answered with no candidate', true)
  const finish = first.finishReason ?? 'STOP'
  if (!ENDS_WELL.has(finish)) throw problem(`the answer was stopped: ${told(finish, first.finishMessage)}`, false)
  const said = (first.content?.parts ?? []).flatMap(one => (one.thought ? [] : (one.text ?? []))).join('')
  const clean = said.toWellFormed().trim()
  if (clean !== '') return shortened(clean, finish === 'MAX_TOKENS')
  const thoughts = usageMetadata?.thoughtsTokenCount
  if (finish === 'MAX_TOKENS')
    throw problem(`MAX_TOKENS without a word${thoughts ? `: ${thoughts} tokens went into thoughts` : ''}`, false)
  throw problem('it answered with nothing', true)
}

/** A text that is too long ends with a whole word. */
function shortened(text: string, isCut: boolean): string {
  if (text.length <= MOST_LETTERS) return isCut ? `${text} …` : text
  return `${text
    .slice(0, MOST_LETTERS)
    .toWellFormed()
    .replace(/\s+\S*$/, '')} …`
}

const told = (reason: string, message: string | undefined): string => (message ? `${reason} (${message})` : reason)

const problem = (what: string, retryable: boolean): ProviderError => new ProviderError(PROVIDER, what, { retryable })
