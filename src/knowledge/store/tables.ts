import type { Generated } from 'kysely'
import type { Database } from '../../database/database.ts'

export type KnowledgeTables = {
  /** A folder of documents, under a name. */
  knowledge_sources: { source: string; folder: string; read_at: string }
  knowledge_files: { source: string; path: string; hash: string }
  /** `titles` is a JSON array of strings; `hash` is of titles and words. */
  knowledge_pieces: {
    id: Generated<number>
    source: string
    path: string
    place: number
    titles: string
    words: string
    hash: string
  }
  /** One row: how often anything was changed, for those who keep something of it in memory. */
  knowledge_changes: { id: number; number: number }
  /** SQLite: FTS5 with `rowid`, `titles` and `words`. PostgreSQL: `piece` and `stems`. */
  knowledge_words: { rowid: number; titles: string; words: string; piece: number; stems: string }
  /** SQLite: how many pieces have a stem. */
  knowledge_terms: { term: string; doc: number }
  /** `model` says which model made the vector, and how long it is. SQLite: 32-bit floats. PostgreSQL: pgvector's type. */
  knowledge_vectors: { piece: number; model: string; vector: Uint8Array }
}

/** The statements that make the tables, but that of the vectors. */
export function knowledgeTables(kind: Database['kind']): readonly string[] {
  const id = kind === 'sqlite' ? 'integer primary key autoincrement' : 'bigint generated always as identity primary key'
  return [
    'create table if not exists knowledge_sources (source text primary key, folder text not null, read_at text not null)',
    `create table if not exists knowledge_files (
      source text not null, path text not null, hash text not null, primary key (source, path))`,
    `create table if not exists knowledge_pieces (
      id ${id}, source text not null, path text not null, place integer not null, titles text not null,
      words text not null, hash text not null, unique (source, path, place))`,
    'create index if not exists knowledge_pieces_by_hash on knowledge_pieces (hash)',
    'create table if not exists knowledge_changes (id integer primary key, number bigint not null)',
    'insert into knowledge_changes (id, number) values (1, 0) on conflict (id) do nothing',
    ...(kind === 'sqlite'
      ? [
          'create virtual table if not exists knowledge_words using fts5(titles, words, tokenize = "unicode61 remove_diacritics 0")',
          // What is deleted is overwritten, and not only marked.
          "insert into knowledge_words (knowledge_words, rank) values ('secure-delete', 1)",
          "create virtual table if not exists knowledge_terms using fts5vocab('knowledge_words', 'row')",
        ]
      : [
          'create table if not exists knowledge_words (piece bigint primary key, stems tsvector not null)',
          'create index if not exists knowledge_words_by_stem on knowledge_words using gin (stems)',
        ]),
  ]
}

export const vectorTable = (kind: Database['kind']): readonly string[] =>
  kind === 'sqlite'
    ? [
        'create table if not exists knowledge_vectors (piece integer primary key, model text not null, vector blob not null)',
      ]
    : [
        'create table if not exists knowledge_vectors (piece bigint primary key, model text not null, vector vector not null)',
        // A row of over 2 kB would have its vector fetched from another place: that takes five times as long to compare.
        `do $$ begin
          if exists (select from pg_attribute where attrelid = 'knowledge_vectors'::regclass and attname = 'vector' and attstorage <> 'm')
          then alter table knowledge_vectors alter column vector set storage main; end if;
        end $$`,
      ]
