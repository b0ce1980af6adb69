import { z } from 'zod'
import { ProviderError } from '../../errors.ts'
import type { ListedVoice, ProviderParts } from '../entry.ts'
import { answerOf } from '../speaking/account-answer.ts'
import { PROVIDER } from './events.ts'

export interface ElevenLabsAccount {
  readonly apiKey: string
  /** http(s) or ws(s). */
  readonly baseUrl: string
}

/** The most that the service gives in one page. */
const PAGE = 100
const MOST_VOICES = 20_000

const page = z.object({
  voices: z.array(
    z.object({
      voice_id: z.string(),
      name: z.string().nullish(),
      category: z.string().nullish(),
      description: z.string().nullish(),
      labels: z.record(z.string(), z.unknown()).nullish().catch(undefined),
    }),
  ),
  has_more: z.boolean(),
  next_page_token: z.string().nullish(),
})

/** Where an account is asked over HTTP. */
export const accountUrl = ({ baseUrl }: ElevenLabsAccount, path: string): string =>
  `${baseUrl.replace(/^ws/, 'http')}${path}`

/** The voices that an account may use, page by page; `search` is looked for in name, description, labels and category. */
export async function* elevenLabsVoices(
  account: ElevenLabsAccount,
  parts: ProviderParts,
  search: string,
  signal: AbortSignal,
): AsyncGenerator<ListedVoice> {
  const seen = new Set<string>()
  let token: string | undefined
  do {
    const query = new URLSearchParams({
      page_size: String(PAGE),
      ...(search !== '' && { search }),
      ...(token !== undefined && { next_page_token: token }),
    })
    const asked = { url: accountUrl(account, `/v2/voices?${query}`), headers: { 'xi-api-key': account.apiKey } }
    const read = page.safeParse(await answerOf(PROVIDER, asked, parts, signal))
    if (!read.success) throw new ProviderError(PROVIDER, 'a list that cannot be read', { retryable: false })
    const { voices, has_more, next_page_token } = read.data
    // A server that ignores its token gives the same page for ever.
    if (voices.length > 0 && voices.every(({ voice_id }) => seen.has(voice_id))) return
    for (const { voice_id: id, name, category, description, labels } of voices) {
      if (seen.has(id)) continue
      if (seen.size >= MOST_VOICES) throw new ProviderError(PROVIDER, 'a list without end', { retryable: false })
      seen.add(id)
      const language = typeof labels?.language === 'string' ? labels.language : 'any'
      yield { id, name: name ?? '', language, description: [category, description].filter(Boolean).join(': ') }
    }
    token = has_more ? (next_page_token ?? undefined) : undefined
  } while (token !== undefined)
}
