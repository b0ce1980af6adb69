import { expect, test } from 'vitest'
import type { Overlap } from './overlaps.ts'
import { type Measured, rowsOf, type Setting } from './targets.ts'

const FAST: Setting = { calls: 20, profile: 'fast', patience: 'phone', bargeIn: 'steady' }
const interruption = (silentMs: number, more: Partial<Overlap> = {}): Overlap => ({
  ...{ kind: 'interrupts', say: 'Stop.', call: 'one', startMs: 0, onSpeakerphone: false },
  ...{ isRight: true, why: 'stopped', spokenOver: false, yielded: { downMs: 100, silentMs } },
  ...more,
})
const GOOD: Measured = {
  completeMs: Array.from({ length: 100 }, (_, i) => 500 + i),
  unanswered: 0,
  savedMs: [200],
  draftsWasted: 40,
  toolMs: [900],
  overlaps: [interruption(400), { ...interruption(0), kind: 'sign', yielded: undefined }],
  turns: 100,
  spokenOver: 5,
}
const notMet = (setting: Setting, measured: Partial<Measured>): readonly string[] =>
  rowsOf(setting, { ...GOOD, ...measured }).flatMap(({ name, isMet }) => (isMet === false ? [name.trim()] : []))

test('figures within all limits meet them', () => {
  expect(notMet(FAST, {})).toEqual([])
})

test.each<[string, Partial<Measured>]>([
  ['latency, complete turns, p50 / p95', { completeMs: Array.from({ length: 100 }, () => 561) }],
  ['complete turns kept waiting over 1.2 s', { unanswered: 5 }],
  ['saved by drafts, p50', { savedMs: [149] }],
  ['more model calls, by drafts thrown away', { draftsWasted: 61 }],
  ['tool turns: first sound, p95', { toolMs: [1_201] }],
  ['interrupted: silent, p50 / p95', { overlaps: [interruption(701)] }],
  [
    'went on over signs, noises and echoes',
    { overlaps: [interruption(400), { ...interruption(0), kind: 'echo', isRight: false }] },
  ],
  ['stopped by interruptions', { overlaps: [interruption(400, { isRight: false })] }],
  ['turns spoken over', { spokenOver: 6 }],
])('"%s" is reported if it is not met', (name, measured) => {
  expect(notMet(FAST, measured)).toEqual([name])
})

test('interruptions over a speakerphone count as stopped or not, but not in the times of yielding', () => {
  const slow = interruption(2_000, { onSpeakerphone: true })
  expect(notMet(FAST, { overlaps: [interruption(400), slow] })).toEqual([])
  expect(notMet(FAST, { overlaps: [interruption(400), { ...slow, isRight: false }] })).toEqual([
    'stopped by interruptions',
  ])
})

test('each profile, patience and barge-in mode has its own limits', () => {
  const slower = { completeMs: Array.from({ length: 100 }, () => 650) }
  expect(notMet({ ...FAST, profile: 'peer' }, slower)).toEqual([])
  expect(notMet({ ...FAST, patience: 'quick' }, slower)).toEqual(['latency, complete turns, p50 / p95'])
  expect(notMet({ ...FAST, bargeIn: 'snappy' }, {})).toEqual(['interrupted: silent, p50 / p95'])
})

test('there are no rows for what was not measured', () => {
  const names = rowsOf(FAST, { ...GOOD, completeMs: [], savedMs: [], toolMs: [], overlaps: [] }).map(({ name }) => name)
  expect(names).toEqual(['turns spoken over'])
})
