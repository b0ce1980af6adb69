import { z } from 'zod'
import { ProviderError } from '../../errors.ts'
import type { ListedVoice, ProviderParts } from '../entry.ts'
import { answerOf } from '../speaking/account-answer.ts'

const PROVIDER = 'Deepgram'
const models = z.object({
  tts: z
    .array(
      z.object({
        name: z.string(),
        canonical_name: z.string(),
        languages: z.array(z.string()).default([]),
        metadata: z.object({ accent: z.string().nullish(), tags: z.array(z.string()).nullish() }).nullish(),
      }),
    )
    .max(5_000)
    .default([]),
})

/** A voice of each language, for calls in another one than the chosen voice speaks. */
const VOICES: Readonly<Record<string, string>> = {
  en: 'aura-2-thalia-en',
  de: 'aura-2-viktoria-de',
  es: 'aura-2-celeste-es',
  fr: 'aura-2-agathe-fr',
  it: 'aura-2-livia-it',
  ja: 'aura-2-izanami-ja',
  nl: 'aura-2-rhea-nl',
}

/** A voice speaks one language, which its name ends in: for another one another voice speaks, if there is one. */
export function voiceFor(voiceId: string, language: string): string {
  const wanted = language.split('-')[0] ?? language
  const own = /-([a-z]{2})$/.exec(voiceId)?.[1]
  return own === undefined || own === wanted ? voiceId : (VOICES[wanted] ?? voiceId)
}

/** The voices that an account may use: id, name, language, accent and character. */
export async function* auraVoices(
  { apiKey, baseUrl }: { readonly apiKey: string; readonly baseUrl: string },
  parts: ProviderParts,
  search: string,
  signal: AbortSignal,
): AsyncGenerator<ListedVoice> {
  const url = `${baseUrl.replace(/^ws/, 'http')}/v1/models`
  const answer = await answerOf(PROVIDER, { url, headers: { authorization: `Token ${apiKey}` } }, parts, signal)
  const read = models.safeParse(answer)
  if (!read.success) throw new ProviderError(PROVIDER, 'a list that cannot be read', { retryable: false })
  for (const { name, canonical_name: id, languages, metadata } of read.data.tts) {
    const description = [metadata?.accent, ...(metadata?.tags ?? [])].filter(Boolean).join(', ')
    if (`${id} ${name} ${description}`.toLowerCase().includes(search.toLowerCase()))
      yield { id, name, language: languages.join(' '), description }
  }
}

/** Its second generation speaks at other speeds, in English and Spanish. */
export const takesSpeed = (voiceId: string): boolean => /^aura-2-.+-(?:en|es)$/.test(voiceId)
