import { sql } from 'kysely'
import type { KnowledgeStore } from './store.ts'
import type { Vectors } from './vectors.ts'

/** pgvector compares all vectors of the model: exact, and quick enough for as many pieces as there may be. */
export const pgvector = ({ db }: KnowledgeStore): Vectors => ({
  async nearest(model, vector, sources, most, signal) {
    signal.throwIfAborted()
    const inSources = sources ? sql`and p.source in (${sql.join(sources)})` : sql``
    const { rows } = await sql<{ piece: string; likeness: number; mean: number; deviation: number }>`
      with likened as (
        select v.piece, 1 - (v.vector <=> ${pgText(vector)}::vector) as likeness
        from knowledge_vectors v join knowledge_pieces p on p.id = v.piece
        where v.model = ${model} ${inSources})
      select piece, likeness, avg(likeness) over () as mean, stddev_pop(likeness) over () as deviation
      from likened order by likeness desc limit ${most}`.execute(db)
    const [first] = rows
    return first
      ? {
          pieces: rows.map(({ piece, likeness }) => ({ piece: Number(piece), likeness: Number(likeness) })),
          mean: Number(first.mean),
          deviation: Number(first.deviation),
        }
      : undefined
  },
  close: async () => undefined,
})

/** A vector as pgvector writes it. */
export const pgText = (vector: Float32Array): string => `[${vector.join(',')}]`
