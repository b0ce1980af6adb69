import { z } from 'zod'
import { ProviderError } from '../../errors.ts'
import type { ListedVoice, ProviderParts } from '../entry.ts'
import { answerOf } from '../speaking/account-answer.ts'
import { addressOf, POLLY, type PollyAccess } from './polly-requests.ts'
import { signedHeaders } from './signed.ts'

const MOST_PAGES = 100

const page = z.object({
  Voices: z
    .array(
      z.object({
        Id: z.string(),
        Name: z.string(),
        LanguageCode: z.string(),
        LanguageName: z.string().default(''),
        Gender: z.string().default(''),
        SupportedEngines: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  NextToken: z.string().nullish(),
})

/** The voices of an engine, page by page; `search` is looked for in names, languages and genders. Throws ProviderError. */
export async function* pollyVoices(
  { engine, ...access }: PollyAccess & { readonly engine: string },
  parts: ProviderParts,
  search: string,
  signal: AbortSignal,
): AsyncGenerator<ListedVoice> {
  let token: string | undefined
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const url = addressOf(access, '/v1/voices')
    url.searchParams.set('Engine', engine)
    if (token !== undefined) url.searchParams.set('NextToken', token)
    const signed = { method: 'GET', url, region: access.region, body: '', now: parts.clock.wallTime() } as const
    const asked = { url: url.toString(), headers: signedHeaders(access, signed) }
    const read = page.safeParse(await answerOf(POLLY, asked, parts, signal))
    if (!read.success) throw new ProviderError(POLLY, 'a list that cannot be read', { retryable: false })
    for (const { Id: id, Name: name, LanguageCode: language, LanguageName, Gender, SupportedEngines } of read.data
      .Voices) {
      const description = [Gender, LanguageName, SupportedEngines.join(' ')].filter(Boolean).join(', ')
      if (`${id} ${name} ${language} ${description}`.toLowerCase().includes(search.toLowerCase()))
        yield { id, name, language, description }
    }
    token = read.data.NextToken ?? undefined
    if (token === undefined) return
  }
  throw new ProviderError(POLLY, 'a list without end', { retryable: false })
}
