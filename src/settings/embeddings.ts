import { z } from 'zod'
import { secret, url } from './shapes.ts'

/** Who makes vectors of documents and questions, so that they are found by their meaning. docs/knowledge.md */
export const EMBEDDING_SETTINGS = {
  /** A server of OpenAI's protocol, with /v1. Default: OpenAI's, where OPENAI_API_KEY is set. */
  EMBEDDINGS_BASE_URL: url('https:', 'http:').optional(),
  EMBEDDINGS_API_KEY: secret.optional(),
  /** The model; `local` is the one of this machine, and `off` finds documents by their words alone. */
  EMBEDDINGS_MODEL: z.string().min(1).max(200).optional(),
}

const shape = z.object({
  ...EMBEDDING_SETTINGS,
  OPENAI_API_KEY: secret.optional(),
  OPENAI_BASE_URL: url('https:', 'http:').default('https://api.openai.com/v1'),
})

/** What the settings want. `local`: `needed` where it was named. */
export type EmbeddingsWanted =
  | { readonly kind: 'off' }
  | { readonly kind: 'server'; readonly baseUrl: string; readonly key: string | undefined; readonly model: string }
  | { readonly kind: 'local'; readonly needed: boolean }

export const OPENAI_EMBEDDINGS = 'text-embedding-3-small'

/** Reads it of the environment. Throws an Error with a line for each setting that is wrong. An empty variable counts as not set. */
export function embeddingsWanted(environment: Readonly<Record<string, string | undefined>>): EmbeddingsWanted {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const read = shape.safeParse(given)
  if (!read.success)
    throw new Error(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
  const {
    EMBEDDINGS_BASE_URL,
    EMBEDDINGS_API_KEY,
    EMBEDDINGS_MODEL: named,
    OPENAI_API_KEY,
    OPENAI_BASE_URL,
  } = read.data
  if (named === 'off') return { kind: 'off' }
  if (named === 'local') return { kind: 'local', needed: true }
  const model = named ?? OPENAI_EMBEDDINGS
  if (EMBEDDINGS_BASE_URL !== undefined)
    return { kind: 'server', baseUrl: EMBEDDINGS_BASE_URL, key: EMBEDDINGS_API_KEY, model }
  if (OPENAI_API_KEY !== undefined) return { kind: 'server', baseUrl: OPENAI_BASE_URL, key: OPENAI_API_KEY, model }
  return { kind: 'local', needed: false }
}
