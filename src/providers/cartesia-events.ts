import { z } from 'zod'
import type { Delivery } from '../conversation/delivery.ts'
import type { Word } from '../conversation/ports.ts'
import { ProviderError } from '../errors.ts'
import { pcmReader } from './pcm-reader.ts'
import { timedWord } from './speaking/timed-word.ts'

/** The model that speaks, whichever way it is asked. */
export const VOICE_MODEL = 'sonic-3'

const times = z.object({ words: z.array(z.string()), start: z.array(z.number()), end: z.array(z.number()) })
const contextId = z.string().nullish()
/** Some encoders leave out the padding. */
const base64 = z.string().regex(/^[A-Za-z\d+/]*={0,2}$/)

/** What Cartesia tells of a speech, on its socket and as server-sent events alike. Times are seconds of the speech. */
export const cartesiaEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('chunk'), context_id: contextId, data: base64 }),
  z.object({ type: z.literal('timestamps'), context_id: contextId, word_timestamps: times }),
  z.object({ type: z.literal('done'), context_id: contextId }),
  z.object({
    type: z.literal('error'),
    context_id: contextId,
    status_code: z.number().optional(),
    title: z.string().optional(),
    message: z.string().optional(),
  }),
])
export type CartesiaEvent = z.infer<typeof cartesiaEvent>
export type CartesiaErrorEvent = Extract<CartesiaEvent, { type: 'error' }>

/** Reads the chunks of one speech, in their order. */
export function chunkReader(): (chunk: Extract<CartesiaEvent, { type: 'chunk' }>) => Int16Array {
  const read = pcmReader()
  return ({ data }) => read(Buffer.from(data, 'base64'))
}

export function wordsOf({
  word_timestamps: { words, start, end },
}: Extract<CartesiaEvent, { type: 'timestamps' }>): readonly Word[] {
  return words.map((text, i) => timedWord(text, (start[i] ?? 0) * 1_000, (end[i] ?? start[i] ?? 0) * 1_000))
}

export function errorOf({ status_code: status = 500, title = '', message = '' }: CartesiaErrorEvent): ProviderError {
  return new ProviderError('Cartesia', `${status} ${title} ${message}`.trim(), {
    retryable: status === 429 || status >= 500,
  })
}

/** How it is to be said, as a request has it; nothing where it is said as usual. */
export function generationOf(how: Delivery | undefined): { readonly generation_config?: object } {
  const { speed, manner: emotion } = how ?? {}
  if (speed === undefined && emotion === undefined) return {}
  return { generation_config: { ...(speed !== undefined && { speed }), ...(emotion !== undefined && { emotion }) } }
}

/** Those of the agents; the voice speaks more. */
const LANGUAGES = ['en', 'de', 'es'] as const

/** The language, as the service names it: without a region. English where it is not told. */
export const spokenLanguage = (language = 'en'): (typeof LANGUAGES)[number] =>
  LANGUAGES.find(known => known === language.split('-')[0]) ?? 'en'
