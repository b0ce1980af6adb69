import { sql } from 'kysely'
import { type Embedder, normalized } from './embeddings/embedder.ts'
import { pgText } from './store/pgvector.ts'
import type { KnowledgeStore } from './store/store.ts'
import { modelKey } from './store/vectors.ts'
import { blobOf } from './store/vectors-in-thread.ts'

export interface Embedded {
  /** How many pieces got a vector. */
  readonly made: number
  /** The models whose vectors were thrown away, as they are not compared with those of another one. */
  readonly replaced: readonly string[]
}

const WORD = 'Partyline'

/**
 * Gives a vector to each piece that has none of this model, in all sources: vectors of another model, or of another length,
 * are not kept beside them. What was made stays when it fails, and the next time goes on from there. Rejects with
 * ProviderError or JobError, or on abort.
 */
export async function embedPieces(
  store: KnowledgeStore,
  embedder: Embedder,
  had: (done: number, of: number) => void,
  signal: AbortSignal,
): Promise<Embedded> {
  const { db } = store
  // How long the model's vectors are is known from one of them.
  const [first] = await embedder.embed([WORD], signal)
  if (!first) throw new Error(`${embedder.where} made no vector`)
  const model = modelKey(embedder.name, first)
  const others = await db
    .selectFrom('knowledge_vectors')
    .select('model')
    .distinct()
    .where('model', '!=', model)
    .execute()
  const of = (await store.pieceCount()) - (await countOf(store, model))
  let made = 0
  for (;;) {
    signal.throwIfAborted()
    const pieces = await withoutVector(store, model, embedder.most)
    if (pieces.length === 0) break
    const vectors = await embedder.embed(
      pieces.map(({ titles, words }) => `${JSON.parse(titles).join(' › ')}\n${words}`),
      signal,
    )
    const rows = pieces.map(({ id }, i) => {
      const vector = vectors[i]
      if (vector?.length !== first.length) throw new Error(`${embedder.where} made vectors of different lengths`)
      return { piece: id, model, vector: stored(store, normalized(vector)) }
    })
    await keep(store, rows)
    made += rows.length
    had(made, of)
  }
  if (others.length > 0) await db.deleteFrom('knowledge_vectors').where('model', '!=', model).execute()
  return { made, replaced: others.map(one => one.model) }
}

// The builder's own type is that of SQLite.
const stored = ({ kind }: KnowledgeStore, vector: Float32Array) =>
  kind === 'sqlite' ? blobOf(vector) : sql<Uint8Array>`${pgText(vector)}::vector`

const withoutVector = ({ db }: KnowledgeStore, model: string, most: number) =>
  db
    .selectFrom('knowledge_pieces')
    .leftJoin('knowledge_vectors', join =>
      join.onRef('knowledge_vectors.piece', '=', 'knowledge_pieces.id').on('knowledge_vectors.model', '=', model),
    )
    .select(['knowledge_pieces.id', 'titles', 'words'])
    .where('knowledge_vectors.piece', 'is', null)
    .orderBy('knowledge_pieces.id')
    .limit(most)
    .execute()

async function countOf({ db }: KnowledgeStore, model: string): Promise<number> {
  const row = await db
    .selectFrom('knowledge_vectors')
    .select(({ fn }) => fn.countAll().as('all'))
    .where('model', '=', model)
    .executeTakeFirst()
  return Number(row?.all ?? 0)
}

/** A piece that was removed meanwhile gets none. */
async function keep(
  { db }: KnowledgeStore,
  rows: readonly { piece: number; model: string; vector: Uint8Array | ReturnType<typeof stored> }[],
): Promise<void> {
  await db.transaction().execute(async transaction => {
    const ids = rows.map(({ piece }) => piece)
    const there = await transaction.selectFrom('knowledge_pieces').select('id').where('id', 'in', ids).execute()
    const known = new Set(there.map(({ id }) => Number(id)))
    const kept = rows.filter(({ piece }) => known.has(Number(piece)))
    if (kept.length > 0)
      await transaction
        .insertInto('knowledge_vectors')
        .values(kept)
        .onConflict(conflict =>
          conflict
            .column('piece')
            .doUpdateSet(({ ref }) => ({ model: ref('excluded.model'), vector: ref('excluded.vector') })),
        )
        .execute()
    await transaction.updateTable('knowledge_changes').set({ number: sql`number + 1` }).where('id', '=', 1).execute()
  })
}
