import { MOMENTS } from './moments.ts'
import type { Killed, Problem } from './one-kill.ts'
import type { Drained, OfferedCall } from './under-load.ts'

/** Of all calls that were offered. */
const ANSWERED_SHARE = 0.9995
const NOT_READY_WITHIN_MS = 1_000

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
    const at = (share: number): number | string => quantile(waits, share)
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

/** What became of the calls under roll-outs and kills, and whether it is as it should be. */
export function loadInTable(
  offered: readonly OfferedCall[],
  drained: readonly Drained[],
): { readonly rows: readonly Row[]; readonly isGood: boolean } {
  const answered = offered.filter(({ isAnswered }) => isAnswered).length
  const cutBy = (fate: OfferedCall['cutBy']): number => offered.filter(one => one.cutBy === fate).length
  const breaks = offered.flatMap(one => one.breaks)
  const twice = offered.filter(({ sideEffects }) => sideEffects.length > 0).length
  const notReadyMs = Math.max(0, ...drained.map(one => one.notReadyMs))
  const silences = (by: 'killed' | 'draining'): Row => {
    const some = breaks.filter(one => one.by === by)
    const ms = some.flatMap(({ silentMs }) => silentMs ?? []).toSorted((one, other) => one - other)
    return [
      by === 'killed' ? 'carried on after a kill' : 'handed over by a drain',
      `${some.length}; words again p50 ${quantile(ms, 0.5)} ms, p95 ${quantile(ms, 0.95)} ms, worst ${ms.at(-1) ?? '-'} ms`,
    ]
  }
  return {
    rows: [
      ['offered', offered.length],
      ['answered', `${answered} (${((100 * answered) / offered.length).toFixed(2)} %)`],
      ['cut by a drain', cutBy('draining')],
      ['cut by a kill', cutBy('killed')],
      ['cut by neither', cutBy('up')],
      silences('draining'),
      silences('killed'),
      ['with a change more or less than wanted', twice],
      ['drains', `${drained.length}; not ready after ${Math.round(notReadyMs)} ms at worst`],
      ['drained with another code than 0', drained.filter(({ code }) => code !== 0).length],
    ],
    isGood:
      answered >= ANSWERED_SHARE * offered.length &&
      offered.every(({ cutBy }) => cutBy === undefined) &&
      twice === 0 &&
      notReadyMs <= NOT_READY_WITHIN_MS &&
      drained.every(({ code }) => code === 0),
  }
}

const quantile = (sorted: readonly number[], share: number): number | string =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? '-'
