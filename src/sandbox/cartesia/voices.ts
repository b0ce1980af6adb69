import { z } from 'zod'

/** Name, language and description; each has an id of its own. They all sound alike: see AGENT_VOICE. */
const NAMED = [
  ['Front Desk', 'en', 'Calm and clear, for a reception'],
  ['Evening Host', 'en', 'Warm and slow'],
  ['Quick Clerk', 'en', 'Brisk, for short answers'],
  ['Old Harbor', 'en', 'Deep and unhurried'],
  ['Bright Morning', 'en', 'Young and cheerful'],
  ['Night Line', 'en', 'Soft, for late calls'],
  ['Empfang', 'de', 'Ruhig und deutlich'],
  ['Accueil', 'fr', 'Calme et claire'],
  ['Recepción', 'es', 'Tranquila y clara'],
  ['Portineria', 'it', 'Calma e chiara'],
  ['Balcão', 'pt', 'Calma e clara'],
  ['Receptie', 'nl', 'Rustig en duidelijk'],
] as const

const VOICES = NAMED.map(([name, language, description], i) => ({
  id: i === 0 ? 'f786b574-daa5-4673-aa0c-cbe3e8534c02' : `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  access: 'public',
  visibility: 'all',
  is_owner: false,
  name,
  tagline: '',
  description,
  language,
  locales: [{ locale: language, is_native: true }],
  gender: null,
  created_at: '2026-01-01T00:00:00Z',
}))

const query = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(10),
  starting_after: z.string().optional(),
  ending_before: z.string().optional(),
  q: z.string().optional(),
})

type Page =
  | { readonly data: typeof VOICES; readonly has_more: boolean; readonly next_page: string | null }
  | { readonly problem: string }

/** A page of `GET /voices`, after or before the voice whose id is the cursor. `q` searches name, description and id. */
export function pageOfVoices(asked: unknown): Page {
  const read = query.safeParse(asked)
  if (!read.success) return { problem: z.prettifyError(read.error) }
  const { limit, starting_after: after, ending_before: before, q = '' } = read.data
  const found = VOICES.filter(({ name, description, id }) =>
    [name, description, id].some(text => text.toLowerCase().includes(q.toLowerCase())),
  )
  const cursor = after ?? before
  const at = found.findIndex(({ id }) => id === cursor)
  if (cursor !== undefined && at < 0) return { problem: `no voice ${cursor} to go on from` }
  const rest = before === undefined ? found.slice(at + 1) : found.slice(Math.max(0, at - limit), at)
  const data = rest.slice(0, limit)
  const hasMore = before === undefined ? rest.length > limit : at > limit
  return { data, has_more: hasMore, next_page: hasMore ? (data.at(-1)?.id ?? null) : null }
}
