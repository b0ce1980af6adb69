import type { Selectable } from 'kysely'
import type { Due } from '../dates/due.ts'
import type { Status, Task } from './task.ts'
import { titleWords } from './title-words.ts'

/**
 * Times are ISO 8601 in UTC, so that they sort as text; empty text means none. `words` is the title in the form in which
 * titles are compared, `due` a date or an instant depending on `due_kind`. A row of `task_owners` numbers an owner's
 * changes, is the lock that makes them wait for each other, and counts the owner's tasks. `task_changes` records what
 * each change did, by its idempotency key.
 */
export type TaskTables = {
  tasks: {
    owner: string
    id: string
    title: string
    notes: string
    status: Status
    due_kind: 'day' | 'time' | 'none'
    due: string
    words: string
    created_at: string
    completed_at: string
  }
  /** By which rules the words of the titles were made. */
  task_words: { version: number }
  task_owners: { owner: string; changes: number; pending: number; completed: number }
  task_changes: {
    owner: string
    key: string
    seq: number
    what: string
    at: string
    before: string
    after: string
    answer: string
    undone: number
  }
}

export const TABLES = [
  `create table if not exists tasks (
    owner text not null, id text not null, title text not null, notes text not null, status text not null,
    due_kind text not null, due text not null, words text not null, created_at text not null,
    completed_at text not null, primary key (owner, id))`,
  'create index if not exists tasks_by_due on tasks (owner, status, due_kind, due, created_at)',
  'create index if not exists tasks_by_words on tasks (owner, status, words, id)',
  'create index if not exists tasks_by_completion on tasks (owner, status, completed_at, words, id)',
  'create table if not exists task_words (version integer primary key)',
  `create table if not exists task_owners (
    owner text primary key, changes integer not null, pending integer not null, completed integer not null)`,
  `create table if not exists task_changes (
    owner text not null, key text not null, seq integer not null, what text not null, at text not null,
    before text not null, after text not null, answer text not null, undone integer not null,
    primary key (owner, key))`,
  'create unique index if not exists task_changes_by_seq on task_changes (owner, seq)',
  'drop index if exists task_changes_by_time',
  'create index if not exists task_changes_by_age on task_changes (at)',
]

type Row = Selectable<TaskTables['tasks']>

export function rowOf(owner: string, { id, title, notes, status, due, createdAt, completedAt }: Task): Row {
  return {
    owner,
    id,
    title,
    notes,
    status,
    due_kind: due?.kind ?? 'none',
    due: due === null ? '' : due.kind === 'day' ? due.date : due.at,
    words: titleWords(title),
    created_at: createdAt,
    completed_at: completedAt ?? '',
  }
}

export function taskOf(row: Omit<Row, 'owner' | 'words'>): Task {
  return {
    id: row.id,
    title: row.title,
    notes: row.notes,
    status: row.status,
    due: dueOf(row.due_kind, row.due),
    createdAt: row.created_at,
    completedAt: row.completed_at === '' ? null : row.completed_at,
  }
}

function dueOf(kind: Row['due_kind'], due: string): Due | null {
  switch (kind) {
    case 'none':
      return null
    case 'day':
      return { kind, date: due }
    case 'time':
      return { kind, at: due }
  }
}
