import { z } from 'zod'

/** Name, category, language and description. They all sound alike: see AGENT_VOICE. */
const NAMED = [
  ['EXAVITQu4vr4xnSDxMaL', 'Front Desk', 'premade', 'en', 'Calm and clear, for a reception'],
  ['aaaaaaaaaaaaaaaaaa01', 'Evening Host', 'premade', 'en', 'Warm and slow'],
  ['aaaaaaaaaaaaaaaaaa02', 'Empfang', 'premade', 'de', 'Ruhig und deutlich'],
  ['aaaaaaaaaaaaaaaaaa03', 'Recepción', 'premade', 'es', 'Tranquila y clara'],
] as const

/** A voice as `GET /v2/voices` tells it. */
interface Voice {
  readonly voice_id: string
  readonly name: string
  readonly category: string
  readonly labels: Readonly<Record<string, string>>
  readonly description: string | null
  readonly preview_url: string
}

const query = z.object({
  page_size: z.coerce.number().int().min(1).max(100).default(10),
  next_page_token: z.string().optional(),
  search: z.string().default(''),
})

/** The voices of the account: those that all have, and those that were cloned since the stand-in began. */
export function openVoices() {
  const voices: Voice[] = NAMED.map(([voice_id, name, category, language, description]) => ({
    ...{ voice_id, name, category, labels: { language, use_case: 'conversational' }, description },
    preview_url: 'https://storage.example/preview.mp3',
  }))
  return {
    /** A page of `GET /v2/voices`; undefined where the query is none. */
    page(asked: unknown) {
      const read = query.safeParse(asked)
      if (!read.success) return undefined
      const { page_size: size, next_page_token: token, search } = read.data
      const found = voices.filter(({ name, description, category, labels }) =>
        [name, description ?? '', category, ...Object.values(labels)].some(text =>
          text.toLowerCase().includes(search.toLowerCase()),
        ),
      )
      const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString())
      const page = found.slice(from, from + size)
      const hasMore = from + size < found.length
      return {
        voices: page,
        has_more: hasMore,
        total_count: found.length,
        next_page_token: hasMore ? Buffer.from(String(from + size)).toString('base64') : null,
      }
    },
    /** What `POST /v1/voices/add` answers. */
    clone(name: string, description: string | null) {
      const voice_id = `clone${String(voices.length).padStart(15, '0')}`
      voices.push({
        ...{ voice_id, name, category: 'cloned', labels: {}, description },
        preview_url: 'https://storage.example/preview.mp3',
      })
      return { voice_id, requires_verification: false }
    },
  }
}
