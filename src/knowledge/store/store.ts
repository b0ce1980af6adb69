import { createHash } from 'node:crypto'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database } from '../../database/database.ts'
import type { Piece } from '../documents/pieces.ts'
import { stemsOf } from '../words/stems.ts'
import type { WordLanguage } from '../words/stop-words.ts'
import { type FullText, fullTextOf } from './full-text.ts'
import { type KnowledgeTables, knowledgeTables, vectorTable } from './tables.ts'

/** All pieces of a database together: an exact search over their vectors stays quick, and the memory for them bounded. */
export const MOST_PIECES = 20_000
/** A statement has so many ids at most. */
const IDS_A_QUERY = 500

export interface KeptPiece extends Piece {
  readonly id: number
  readonly source: string
  /** The file, inside the folder that was read. */
  readonly path: string
}

export interface Source {
  readonly source: string
  readonly folder: string
  readonly readAt: string
  readonly files: number
  readonly pieces: number
}

/** Documents in pieces, with their words, and vectors where there are some. */
export interface KnowledgeStore {
  readonly db: Kysely<KnowledgeTables>
  readonly kind: Database['kind']
  /** Why there can be no vectors; undefined where there can be. */
  readonly noVectors: string | undefined
  readonly fullText: Pick<FullText, 'find' | 'counts' | 'stems'>
  /** Rises with each change. */
  changes(): Promise<number>
  sources(): Promise<readonly Source[]>
  /** The hashes of a source's files, by their paths. */
  files(source: string): Promise<ReadonlyMap<string, string>>
  /** Of all files, or of one. */
  pieceCount(file?: { readonly source: string; readonly path: string }): Promise<number>
  /** Those of the ids that there are, in the order of the ids. */
  pieces(ids: readonly number[]): Promise<readonly KeptPiece[]>
  keepSource(source: string, folder: string, at: Date): Promise<void>
  /** Puts a file in, or in place of what was kept of it. Vectors of pieces that it had before stay. */
  keepFile(
    source: string,
    path: string,
    file: { readonly hash: string; readonly language: WordLanguage; readonly pieces: readonly Piece[] },
  ): Promise<void>
  removeFiles(source: string, paths: readonly string[]): Promise<void>
  /** False where there is no such source. */
  removeSource(source: string): Promise<boolean>
}

/** Opens the store, and makes what is missing of its tables. `adds`: PostgreSQL's extension for vectors, too, if it may. */
export async function knowledgeIn(database: Database, { adds = false } = {}): Promise<KnowledgeStore> {
  const { kind } = database
  await database.make(knowledgeTables(kind))
  const noVectors = await withVectors(database, adds)
  const db = database.db.withTables<KnowledgeTables>()
  const fullText = fullTextOf(kind, db)
  type InTransaction = Transaction<KnowledgeTables>

  const changed = (transaction: InTransaction): Promise<unknown> =>
    transaction.updateTable('knowledge_changes').set({ number: sql`number + 1` }).where('id', '=', 1).execute()

  async function removePieces(transaction: InTransaction, source: string, paths?: readonly string[]): Promise<void> {
    const rows = await transaction
      .selectFrom('knowledge_pieces')
      .select('id')
      .where('source', '=', source)
      .$if(paths !== undefined, some => some.where('path', 'in', paths ?? []))
      .execute()
    for (const ids of batchesOf(rows.map(({ id }) => Number(id)))) {
      await fullText.forget(ids).execute(transaction)
      if (noVectors === undefined) await transaction.deleteFrom('knowledge_vectors').where('piece', 'in', ids).execute()
      await transaction.deleteFrom('knowledge_pieces').where('id', 'in', ids).execute()
    }
  }

  return {
    ...{ db, kind, noVectors, fullText },
    async changes() {
      const row = await db.selectFrom('knowledge_changes').select('number').where('id', '=', 1).executeTakeFirst()
      return Number(row?.number ?? 0)
    },
    async sources() {
      const [sources, files, pieces] = await Promise.all([
        db.selectFrom('knowledge_sources').selectAll().orderBy('source').execute(),
        countsOf(db, 'knowledge_files'),
        countsOf(db, 'knowledge_pieces'),
      ])
      return sources.map(({ source, folder, read_at: readAt }) => ({
        ...{ source, folder, readAt },
        files: files.get(source) ?? 0,
        pieces: pieces.get(source) ?? 0,
      }))
    },
    async files(source) {
      const rows = await db.selectFrom('knowledge_files').selectAll().where('source', '=', source).execute()
      return new Map(rows.map(({ path, hash }) => [path, hash]))
    },
    async pieceCount(file) {
      const row = await db
        .selectFrom('knowledge_pieces')
        .select(({ fn }) => fn.countAll().as('all'))
        .$if(file !== undefined, rows =>
          rows.where('source', '=', file?.source ?? '').where('path', '=', file?.path ?? ''),
        )
        .executeTakeFirst()
      return Number(row?.all ?? 0)
    },
    async pieces(ids) {
      if (ids.length === 0) return []
      const rows = await db.selectFrom('knowledge_pieces').selectAll().where('id', 'in', ids).execute()
      const byId = new Map(rows.map(row => [Number(row.id), row]))
      return ids.flatMap(id => {
        const row = byId.get(id)
        if (!row) return []
        return [{ id, source: row.source, path: row.path, titles: JSON.parse(row.titles), text: row.words }]
      })
    },
    async keepSource(source, folder, at) {
      const about = { folder, read_at: at.toISOString() }
      await db
        .insertInto('knowledge_sources')
        .values({ source, ...about })
        .onConflict(conflict => conflict.column('source').doUpdateSet(about))
        .execute()
    },
    keepFile: (source, path, { hash, language, pieces }) =>
      db.transaction().execute(async transaction => {
        // First, so that who reads the same file at the same time waits here.
        await transaction
          .insertInto('knowledge_files')
          .values({ source, path, hash })
          .onConflict(conflict => conflict.columns(['source', 'path']).doUpdateSet({ hash }))
          .execute()
        const vectors = noVectors === undefined ? await vectorsBefore(transaction, source, path) : new Map()
        await removePieces(transaction, source, [path])
        for (const [place, { titles, text }] of pieces.entries()) {
          const ownHash = hashOf({ titles, text })
          const row = { source, path, place, titles: JSON.stringify(titles), words: text, hash: ownHash }
          const { id } = await transaction
            .insertInto('knowledge_pieces')
            .values(row)
            .returning('id')
            .executeTakeFirstOrThrow()
          const stems = { titles: stemsOf(titles.join(' '), language), words: stemsOf(text, language) }
          await fullText.keep(Number(id), stems).execute(transaction)
          const had = vectors.get(ownHash)
          if (had)
            await transaction
              .insertInto('knowledge_vectors')
              .values({ ...had, piece: Number(id) })
              .execute()
        }
        await changed(transaction)
      }),
    removeFiles: (source, paths) =>
      db.transaction().execute(async transaction => {
        for (const some of batchesOf(paths)) {
          await removePieces(transaction, source, some)
          await transaction
            .deleteFrom('knowledge_files')
            .where('source', '=', source)
            .where('path', 'in', some)
            .execute()
        }
        await changed(transaction)
      }),
    removeSource: source =>
      db.transaction().execute(async transaction => {
        const { numDeletedRows } = await transaction
          .deleteFrom('knowledge_sources')
          .where('source', '=', source)
          .executeTakeFirst()
        await removePieces(transaction, source)
        await transaction.deleteFrom('knowledge_files').where('source', '=', source).execute()
        await changed(transaction)
        return numDeletedRows > 0n
      }),
  }
}

/** Makes the table of the vectors. Gives why there can be none. */
async function withVectors(database: Database, adds: boolean): Promise<string | undefined> {
  if (database.kind === 'postgres') {
    const found = await sql`select from pg_extension where extname = 'vector'`.execute(database.db)
    const why = found.rows.length > 0 ? undefined : adds ? await withExtension(database) : 'the extension is not in use'
    if (why !== undefined) return noPgvector(why)
  }
  try {
    await database.make(vectorTable(database.kind))
    return undefined
  } catch (error) {
    if (database.kind === 'sqlite') throw error
    // Such as a type that is in a schema which is not on the search path.
    return noPgvector(error)
  }
}

const noPgvector = (why: unknown): string =>
  `PostgreSQL has no pgvector (${why instanceof Error ? why.message : why}), so documents are found by their words alone`

async function withExtension(database: Database): Promise<string | undefined> {
  try {
    await database.make(['create extension if not exists vector'])
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function vectorsBefore(db: Kysely<KnowledgeTables>, source: string, path: string) {
  const rows = await db
    .selectFrom('knowledge_pieces')
    .innerJoin('knowledge_vectors', 'knowledge_vectors.piece', 'knowledge_pieces.id')
    .select(['hash', 'model', 'vector'])
    .where('source', '=', source)
    .where('path', '=', path)
    .execute()
  return new Map(rows.map(({ hash, model, vector }) => [hash, { model, vector }]))
}

async function countsOf(db: Kysely<KnowledgeTables>, table: 'knowledge_files' | 'knowledge_pieces') {
  const rows = await db
    .selectFrom(table)
    .select(['source', ({ fn }) => fn.countAll().as('all')])
    .groupBy('source')
    .execute()
  return new Map(rows.map(({ source, all }) => [source, Number(all)]))
}

const hashOf = ({ titles, text }: Piece): string =>
  createHash('sha256')
    .update(JSON.stringify([titles, text]))
    .digest('base64url')

function* batchesOf<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += IDS_A_QUERY) yield all.slice(from, from + IDS_A_QUERY)
}
