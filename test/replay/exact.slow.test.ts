import { expect, test } from 'vitest'
import { differing, digitsCount, replaysOf } from './simulated-calls.ts'

const CALLS = 1_000
/** An exact replay is at least so many times faster than the call. */
const TIMES_FASTER = 100

test(`${CALLS} simulated calls replay without a difference, ${TIMES_FASTER} times faster than they took`, async () => {
  const { calls, reports, replayMs } = await replaysOf(1, CALLS)
  const sum = (of: (report: (typeof reports)[number]) => number): number =>
    reports.reduce((all, one) => all + of(one), 0)
  const lines = sum(report => report.lines)
  const factor = sum(report => report.lengthMs) / replayMs
  const perSecond = Math.round((lines / replayMs) * 1_000)
  const decisions = sum(report => report.decisions)
  process.stdout.write(
    `${lines} lines, ${decisions} decisions: ${perSecond} lines/s, ${Math.round(factor)} × real time\n`,
  )
  expect(reports.filter(({ differences }) => differences.length > 0).map(({ callId }) => callId)).toEqual([])
  expect(factor).toBeGreaterThanOrEqual(TIMES_FASTER)
  const meeting = calls.filter(digitsCount).map(({ callId }) => callId)
  expect(meeting.length).toBeGreaterThan(CALLS / 100)
  expect(meeting.length).toBeLessThan(CALLS / 2)
  expect(differing(calls)).toEqual(meeting)
})
