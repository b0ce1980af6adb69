import { sql } from 'kysely'
import type { KnowledgeStore } from './store.ts'
import type { Vectors } from './vectors.ts'

/**
 * pgvector compares all vectors of the model: 15 ms at 20,000 of 512 numbers, which is as many as there may be, and exact. An
 * HNSW index would answer in 3 ms, but takes half a minute to make, an index for each length, and misses some.
 */
export const pgvector = ({ db }: KnowledgeStore): Vectors => ({
  async nearest(model, vector, sources, most, signal) {
    signal.throwIfAborted()
    // Vectors are of length one, so the product is the cosine; unlike that it is a number for a vector of zeros, too.
    const product = sql`v.vector <#> ${pgText(vector)}::vector`
    const inSources = sources
      ? sql`and v.piece in (select id from knowledge_pieces where source in (${sql.join(sources)}))`
      : sql``
    const { rows } = await sql<{ piece: string; likeness: number }>`
      select v.piece, -(${product}) as likeness from knowledge_vectors v
      where v.model = ${model} ${inSources}
      order by ${product}, v.piece limit ${most}`.execute(db)
    return rows.length > 0
      ? { pieces: rows.map(({ piece, likeness }) => ({ piece: Number(piece), likeness: Number(likeness) })) }
      : undefined
  },
  close: async () => undefined,
})

/** A vector as pgvector writes it. */
export const pgText = (vector: Float32Array): string => `[${vector.join(',')}]`
