import { MOMENTS } from './moments.ts'
import type { Killed, Problem } from './one-kill.ts'

type Row = readonly (string | number)[]

/** Columns as wide as they need. */
export function tableOf(rows: readonly Row[]): string {
  const texts = rows.map(row => row.map(String))
  const widths = texts[0]?.map((_, i) => Math.max(...texts.map(row => row[i]?.length ?? 0))) ?? []
  return texts.map(row => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n')
}

/** A row for each moment, and one for all of them. */
export function killsInTable(killed: readonly Killed[]): readonly Row[] {
  const of = (name: string, some: readonly Killed[]): Row => {
    const waits = some.flatMap(({ wordsMs }) => wordsMs ?? []).toSorted((one, other) => one - other)
    const at = (share: number): number | string =>
      waits[Math.min(waits.length - 1, Math.floor(share * waits.length))] ?? '-'
    const good = (about: Problem['about']): string =>
      `${some.filter(({ problems }) => problems.every(problem => problem.about !== about)).length}`
    return [
      ...[name, some.length, at(0.5), at(0.95), waits.at(-1) ?? '-'],
      ...(['words', 'kept', 'twice', 'held', 'order'] as const).map(good),
      some.filter(({ problems }) => problems.length === 0).length,
    ]
  }
  return [
    [
      'killed in',
      'kills',
      'words p50',
      'p95',
      'worst ms',
      'in time',
      'kept',
      'not twice',
      'held once',
      'in order',
      'good',
    ],
    ...MOMENTS.map(moment =>
      of(
        moment,
        killed.filter(one => one.moment === moment),
      ),
    ).filter(row => row[1] !== 0),
    of('all', killed),
  ]
}
