import { z } from 'zod'
import { ProviderError } from '../../errors.ts'

export const PROVIDER = 'ElevenLabs'

const numbers = z.array(z.number()).max(20_000)
/** The documentation's samples and its types spell these differently. */
const alignment = z
  .object({
    chars: z.array(z.string()).max(20_000),
    charStartTimesMs: numbers.optional(),
    charsStartTimesMs: numbers.optional(),
    charDurationsMs: numbers.optional(),
    charsDurationsMs: numbers.optional(),
  })
  .transform(({ chars, charStartTimesMs, charsStartTimesMs, charDurationsMs, charsDurationsMs }) => ({
    chars,
    startsMs: charStartTimesMs ?? charsStartTimesMs ?? [],
    durationsMs: charDurationsMs ?? charsDurationsMs ?? [],
  }))

/** When each letter of a piece of text sounds, in ms from where that piece begins. */
export type Alignment = z.output<typeof alignment>

const event = z.object({
  contextId: z.string().nullish(),
  context_id: z.string().nullish(),
  /** Base64. */
  audio: z.string().nullish(),
  isFinal: z.boolean().nullish(),
  alignment: alignment.nullish().catch(undefined),
  normalizedAlignment: alignment.nullish().catch(undefined),
  error: z.unknown().optional(),
  message: z.unknown().optional(),
  code: z.unknown().optional(),
})

/** What one context of the service tells of its speech. */
export type ContextEvent =
  | { readonly kind: 'sound'; readonly bytes: Buffer; readonly alignment: Alignment | undefined }
  | { readonly kind: 'final' }

/** One message of the service. Without a context it is about all of them. */
export type ServiceEvent = { readonly contextId: string | undefined } & (
  | ContextEvent
  | { readonly kind: 'error'; readonly error: ProviderError }
)

/** Reads a message; of those that are none of ours, such as `flush_done`, undefined. Throws an Error if it is broken. */
export function readEvent(text: string): ServiceEvent | undefined {
  const read = event.safeParse(parsed(text))
  if (!read.success) throw new Error('a message that cannot be read', { cause: read.error })
  const { contextId, context_id, audio, isFinal, alignment: told, normalizedAlignment, error } = read.data
  const id = contextId ?? context_id ?? undefined
  if (error !== undefined && error !== null) return { kind: 'error', contextId: id, error: errorOf(read.data) }
  if (isFinal) return { kind: 'final', contextId: id }
  // The letters as they were written: what was heard is kept in the agent's own spelling.
  const letters = told ?? normalizedAlignment ?? undefined
  if (!audio && !letters) return undefined
  return { kind: 'sound', contextId: id, bytes: Buffer.from(audio ?? '', 'base64'), alignment: letters }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error('a message that is not JSON', { cause })
  }
}

function errorOf({ error, message, code }: z.output<typeof event>): ProviderError {
  const words = [code, error, message].filter(part => typeof part === 'string' || typeof part === 'number').join(' ')
  const why = words === '' ? JSON.stringify(error) : words
  return new ProviderError(PROVIDER, why, { retryable: mayPass(1008, why) })
}

/**
 * Whether a refusal may go better a moment later. The service closes with 1008 for nearly everything, so its words must
 * tell: a wrong key, an unknown voice and a spent quota stay as they are.
 */
export function mayPass(code: number, words: string): boolean {
  // A voice that the model cannot speak ends so: https://github.com/elevenlabs/elevenlabs-python/issues/586
  if (code === 1009) return false
  return !/quota|api[_ ]key|unauthori[sz]ed|permission|payment|not[_ ](?:exist|found|allowed|supported)|invalid_(?:voice|model)|voice_id/i.test(
    words,
  )
}
