import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { within } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import type { Network } from '../../network.ts'
import { beginningOf, broken, jsonIn, refusal } from '../../providers/http-answer.ts'
import { type Embedder, normalized } from './embedder.ts'

const NAME = 'Embeddings'
const TEXTS_A_REQUEST = 64
const LONGEST_MS = 20_000
const MOST_DIMENSIONS = 4_096
/** Of an answer: every number has some 20. */
const MOST_LETTERS = 10_000_000
/** OpenAI's models may be asked for shorter vectors, which find as well here and take a third of the memory. */
const SHORTER = /^text-embedding-3-/
const DIMENSIONS = 512

const answer = z.object({
  data: z.array(z.object({ index: z.number(), embedding: z.array(z.number()).min(2).max(MOST_DIMENSIONS) })),
})

export interface CompatibleParts {
  /** With `/v1`, without a slash at its end. */
  readonly baseUrl: string
  readonly key: string | undefined
  readonly model: string
  readonly network: Network
  readonly clock: Clock
}

/** OpenAI's embeddings, or a server of the same protocol. */
export function compatibleEmbedder({ baseUrl, key, model, network, clock }: CompatibleParts): Embedder {
  const { host } = new URL(baseUrl)

  async function request(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
    const response = await network.fetch(`${baseUrl}/embeddings`, {
      method: 'POST',
      signal,
      headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({
        ...{ model, input: texts, encoding_format: 'float' },
        ...(SHORTER.test(model) && { dimensions: DIMENSIONS }),
      }),
    })
    if (!response.ok) throw refusal(NAME, response.status, await beginningOf(response))
    const read = answer.safeParse(jsonIn(await beginningOf(response, MOST_LETTERS)))
    if (!read.success) throw new ProviderError(NAME, `${host} answered with no vectors`, { retryable: false })
    const byIndex = new Map(read.data.data.map(({ index, embedding }) => [index, embedding]))
    const lengths = new Set(read.data.data.map(({ embedding }) => embedding.length))
    if (lengths.size !== 1 || byIndex.size !== texts.length)
      throw new ProviderError(NAME, `${host} gave ${byIndex.size} vectors for ${texts.length} texts`, {
        retryable: true,
      })
    return texts.map((_, index) => normalized(Float32Array.from(byIndex.get(index) ?? [])))
  }

  return {
    name: `${host}/${model}`,
    where: `${host} (${model})`,
    most: TEXTS_A_REQUEST,
    async embed(texts, signal) {
      try {
        return await within(LONGEST_MS, 'the embeddings', clock, some => request(texts, some), signal)
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof ProviderError) throw error
        throw broken(NAME, error)
      }
    },
    close: async () => undefined,
  }
}
