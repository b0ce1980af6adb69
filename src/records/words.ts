import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../database/database.ts'

/**
 * The table `call_words` with the words of calls, by the call's place in the index: SQLite's FTS5 or PostgreSQL's
 * tsvector behind one seam.
 */
export interface WordsOfCalls {
  readonly tables: readonly string[]
  /** The column with the place. Rows come in its order without a sort. */
  readonly place: 'call_words.rowid' | 'call_words.place'
  /** The statements that keep the words of a call in place of those from before. */
  keep(place: number, words: string): readonly RawBuilder<unknown>[]
  forget(places: readonly number[]): RawBuilder<unknown>
  /** Holds for the rows that have all of the words. */
  haveAll(words: readonly string[]): RawBuilder<boolean>
}

const MOST_LETTERS_A_WORD = 100
/** PostgreSQL's tsvector holds 1 MB; no call has so many different words. */
const MOST_DIFFERENT = 20_000

/** The words of a text as both databases keep them: in small letters, without accents and signs. */
export const tokensOf = (text: string): readonly string[] =>
  (
    text
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).map(word => word.slice(0, MOST_LETTERS_A_WORD))

export const wordsOfCalls = (kind: Database['kind']): WordsOfCalls => (kind === 'sqlite' ? fts5 : tsvector)

const fts5: WordsOfCalls = {
  place: 'call_words.rowid',
  tables: [
    'create virtual table if not exists call_words using fts5(words, tokenize = "unicode61 remove_diacritics 0")',
    // What is deleted is overwritten, and not only marked.
    "insert into call_words (call_words, rank) values ('secure-delete', 1)",
  ],
  keep: (place, words) => [
    sql`delete from call_words where rowid = ${place}`,
    sql`insert into call_words (rowid, words) values (${place}, ${tokensOf(words).join(' ')})`,
  ],
  forget: places => sql`delete from call_words where rowid in (${sql.join(places)})`,
  haveAll: words => sql<boolean>`call_words match ${words.map(word => `"${word}"`).join(' ')}`,
}

const tsvector: WordsOfCalls = {
  place: 'call_words.place',
  tables: [
    'create table if not exists call_words (place bigint primary key, words tsvector not null)',
    'create index if not exists call_words_by_word on call_words using gin (words)',
  ],
  keep: (place, words) => {
    const different = [...new Set(tokensOf(words))].slice(0, MOST_DIFFERENT)
    return [
      sql`insert into call_words (place, words) values (${place}, array_to_tsvector(${different}::text[]))
        on conflict (place) do update set words = excluded.words`,
    ]
  },
  forget: places => sql`delete from call_words where place in (${sql.join(places)})`,
  haveAll: words => sql<boolean>`call_words.words @@ ${words.map(word => `'${word}'`).join(' & ')}::tsquery`,
}
