import type { Outcome } from './records.ts'

/**
 * `place` is the time of the start in ms times a thousand, and a count: calls are listed by it, newest first. The times
 * are in ms, `started_at` in ISO 8601.
 */
export type CallRow = {
  place: number | string
  call_id: string
  started_at: string
  agent: string
  channel: string
  outcome: Outcome
  length_ms: number
  turns: number
  latency_p50_ms: number | null
  latency_p95_ms: number | null
  interruptions: number
  errors: number
  cost_usd: number
  mos: number | null
  loss_percent: number | null
  jitter_ms: number | null
  direction: string | null
  caller_hash: string | null
  caller_sealed: string | null
}
export type Tables = {
  call_index: CallRow
  call_tags: { place: number | string; tag: string }
  call_words: { place: number; rowid: number }
}

export const tables = (integer: 'integer' | 'bigint'): readonly string[] => [
  `create table if not exists call_index (
    place ${integer} primary key, call_id text not null unique, started_at text not null, agent text not null,
    channel text not null, outcome text not null, length_ms integer not null, turns integer not null,
    latency_p50_ms integer, latency_p95_ms integer, interruptions integer not null, errors integer not null,
    cost_usd double precision not null, caller_hash text, caller_sealed text)`,
  'create index if not exists call_index_by_caller on call_index (caller_hash, place)',
  `create table if not exists call_tags (place ${integer}, tag text, primary key (place, tag))`,
  'create index if not exists call_tags_by_tag on call_tags (tag, place)',
]

/** Servers of before do not know them and leave them null. */
export const LATER_COLUMNS = {
  mos: 'double precision',
  loss_percent: 'double precision',
  jitter_ms: 'double precision',
  direction: 'text',
}
