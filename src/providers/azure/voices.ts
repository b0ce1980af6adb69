import { z } from 'zod'
import { ProviderError } from '../../errors.ts'
import { azureKeyTest } from '../catalogue/accounts.ts'
import type { ListedVoice, ProviderParts } from '../entry.ts'
import { answerOf } from '../speaking/account-answer.ts'
import { AZURE, type AzureAccess } from './usp-socket.ts'

/** It is one answer with some hundreds of voices, of which much is told. */
const MOST_LETTERS = 4_000_000

const voices = z
  .array(
    z.object({
      ShortName: z.string(),
      DisplayName: z.string().default(''),
      Locale: z.string(),
      Gender: z.string().default(''),
      VoiceType: z.string().default(''),
      VoiceTag: z
        .object({ VoicePersonalities: z.array(z.string()).default([]) })
        .nullish()
        .catch(undefined),
    }),
  )
  .max(10_000)

/** The voices of the region; `search` is looked for in names, languages, genders and characters. Throws ProviderError. */
export async function* azureVoices(
  access: AzureAccess,
  parts: ProviderParts,
  search: string,
  signal: AbortSignal,
): AsyncGenerator<ListedVoice> {
  const asked = { ...azureKeyTest(access), mostLetters: MOST_LETTERS }
  const read = voices.safeParse(await answerOf(AZURE, asked, parts, signal))
  if (!read.success) throw new ProviderError(AZURE, 'a list that cannot be read', { retryable: false })
  for (const { ShortName: id, DisplayName: name, Locale, Gender, VoiceType, VoiceTag } of read.data) {
    const language = id.includes('Multilingual') ? 'any' : Locale
    const description = [Gender, VoiceType, ...(VoiceTag?.VoicePersonalities ?? [])].filter(Boolean).join(', ')
    if (`${id} ${name} ${language} ${description}`.toLowerCase().includes(search.toLowerCase()))
      yield { id, name, language, description }
  }
}
