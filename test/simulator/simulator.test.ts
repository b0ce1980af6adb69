import { expect, test } from 'vitest'
import { oneCall, reportOf } from './one-call.ts'

const CALLS = 50
/** Fixed, so that each test run simulates the same calls. */
const FIRST = 1
/** Two servers are killed or hand the call over, and the store fails. */
const BROKEN = 1229

test(`${CALLS} random calls break no invariant, and the same seed gives the same journal to the byte`, async () => {
  const again = new Map<number, readonly string[]>()
  const reports: string[] = []
  let bargeIns = 0
  again.set(BROKEN, (await oneCall(BROKEN)).journal)
  for (let seed = FIRST; seed < FIRST + CALLS; seed++) {
    const outcome = await oneCall(seed)
    if (outcome.breaches.length > 0) reports.push(reportOf(outcome))
    if (seed % 50 === 0) again.set(seed, outcome.journal)
    // There are some in thousands of calls; in these there is none.
    expect(outcome.counters.get('echoing line: answers to the own echo') ?? 0, `seed ${seed}`).toBe(0)
    bargeIns += outcome.counters.get('barge-ins') ?? 0
  }
  expect(reports.slice(0, 3).join('\n')).toBe('')
  expect(bargeIns).toBeGreaterThan(CALLS / 10)
  for (const [seed, journal] of again)
    expect((await oneCall(seed)).journal.join('\n') === journal.join('\n'), `seed ${seed}`).toBe(true)
})
