import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Database } from '../../database/database.ts'
import type { KnowledgeTables } from './tables.ts'

/** The stems of a piece, cut by us so that both databases find the same. */
export interface Stems {
  readonly titles: readonly string[]
  readonly words: readonly string[]
}

/** SQLite's FTS5 or PostgreSQL's tsvector behind one seam. Only letters and digits reach either, so no word is an operator. */
export interface FullText {
  keep(piece: number, stems: Stems): RawBuilder<unknown>
  forget(pieces: readonly number[]): RawBuilder<unknown>
  /** The ids of the pieces that have any of the words, the best first. Each word is any of its stems. */
  find(asked: Asked, sources: readonly string[] | undefined, most: number): Promise<readonly number[]>
  /** How many pieces have each of the words. */
  counts(asked: Asked): Promise<readonly number[]>
  /** The stems that each of these pieces has. */
  stems(pieces: readonly number[]): Promise<ReadonlyMap<number, ReadonlySet<string>>>
}

/** The words of a question, each as all its stems. */
export type Asked = readonly (readonly string[])[]

/** A title says more of what a piece is about than a word in it. */
const TITLE_WEIGHT = 4
/** PostgreSQL knows no rarer words: each counts by how few pieces have it, more if a title has it. */
const HAS_IT = 0.3
const MOST_POSITION = 16_383

export const fullTextOf = (kind: Database['kind'], db: Kysely<KnowledgeTables>): FullText =>
  kind === 'sqlite' ? fts5(db) : tsvector(db)

const fts5 = (db: Kysely<KnowledgeTables>): FullText => ({
  keep: (piece, { titles, words }) =>
    sql`insert into knowledge_words (rowid, titles, words) values (${piece}, ${titles.join(' ')}, ${words.join(' ')})`,
  forget: pieces => sql`delete from knowledge_words where rowid in (${sql.join(pieces)})`,
  async find(asked, sources, most) {
    const query = [...new Set(asked.flat())].map(stem => `"${stem}"`).join(' OR ')
    const rows = await db
      .selectFrom('knowledge_words')
      .innerJoin('knowledge_pieces', join => join.on(sql`knowledge_pieces.id`, '=', sql`knowledge_words.rowid`))
      .select('knowledge_pieces.id')
      .where(sql<boolean>`knowledge_words match ${query}`)
      .$if(sources !== undefined, some => some.where('knowledge_pieces.source', 'in', sources ?? []))
      .orderBy(sql`bm25(knowledge_words, ${sql.lit(TITLE_WEIGHT)}, 1.0)`)
      .limit(most)
      .execute()
    return rows.map(({ id }) => id)
  },
  async counts(asked) {
    if (asked.length === 0) return []
    const rows = await db
      .selectFrom('knowledge_terms')
      .select(['term', 'doc'])
      .where('term', 'in', [...new Set(asked.flat())])
      .execute()
    const counts = new Map(rows.map(({ term, doc }) => [term, doc]))
    return asked.map(stems => Math.max(...stems.map(stem => counts.get(stem) ?? 0)))
  },
  async stems(pieces) {
    if (pieces.length === 0) return new Map()
    const rows = await db
      .selectFrom('knowledge_words')
      .select([sql<number>`rowid`.as('piece'), 'titles', 'words'])
      .where(sql`rowid`, 'in', pieces)
      .execute()
    return new Map(rows.map(({ piece, titles, words }) => [piece, new Set(`${titles} ${words}`.split(' '))]))
  },
})

const tsvector = (db: Kysely<KnowledgeTables>): FullText => ({
  keep(piece, { titles, words }) {
    const placed = [...titles.map(stem => ({ stem, weight: 'A' })), ...words.map(stem => ({ stem, weight: 'D' }))]
    const vector = placed.map(({ stem, weight }, i) => `'${stem}':${Math.min(i + 1, MOST_POSITION)}${weight}`).join(' ')
    return sql`insert into knowledge_words (piece, stems) values (${piece}, ${vector}::tsvector)`
  },
  forget: pieces => sql`delete from knowledge_words where piece in (${sql.join(pieces)})`,
  async find(asked, sources, most) {
    const words = asked.map((stems, at) => sql`(${at}::int, ${queryOf(stems)}::tsquery)`)
    const inSources = sources ? sql`where p.source in (${sql.join(sources)})` : sql``
    const { rows } = await sql<{ id: string }>`
      with asked (place, query) as (values ${sql.join(words)}),
      hits as (
        select w.piece, a.place, ts_rank(w.stems, a.query) as strength
        from asked a join knowledge_words w on w.stems @@ a.query),
      rare as (
        select place, ln(1 + (select count(*) from knowledge_pieces)::float / count(*)) as weight from hits group by place)
      select h.piece as id
      from hits h join rare r on r.place = h.place join knowledge_pieces p on p.id = h.piece ${inSources}
      group by h.piece
      order by sum(r.weight * (${HAS_IT}::float + h.strength)) desc, h.piece
      limit ${most}`.execute(db)
    return rows.map(({ id }) => Number(id))
  },
  async counts(asked) {
    if (asked.length === 0) return []
    const words = asked.map((stems, at) => sql`(${at}::int, ${queryOf(stems)}::tsquery)`)
    const { rows } = await sql<{ place: number; count: string }>`
      with asked (place, query) as (values ${sql.join(words)})
      select a.place, count(w.piece) as count
      from asked a left join knowledge_words w on w.stems @@ a.query
      group by a.place`.execute(db)
    return asked.map((_, at) => Number(rows.find(({ place }) => place === at)?.count ?? 0))
  },
  async stems(pieces) {
    if (pieces.length === 0) return new Map()
    const { rows } = await sql<{ piece: string; stems: string[] }>`
      select piece, tsvector_to_array(stems) as stems from knowledge_words where piece in (${sql.join(pieces)})`.execute(
      db,
    )
    return new Map(rows.map(({ piece, stems }) => [Number(piece), new Set(stems)]))
  },
})

const queryOf = (stems: readonly string[]): string => stems.map(stem => `'${stem}'`).join(' | ')
