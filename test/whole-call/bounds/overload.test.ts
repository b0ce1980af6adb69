import { expect, onTestFinished, test } from 'vitest'
import type { Script } from '../../../src/sandbox/caller/fixture.ts'
import { openWholeCalls } from '../whole-calls.ts'

/** A caller who says nothing and hangs up so long after having been answered, by whomever. */
function silent(hangUpAfterMs: number, from: string): Script {
  const hangUp = { after: 'answered', ms: hangUpAfterMs, withStop: true } as const
  return { name: 'silent', about: '', from, voice: 'none', utterances: [], hangUp, expect: {} }
}

test('of five callers for two places two talk at once, two wait and are answered in their order, one hears that lines are busy', async () => {
  const all = await openWholeCalls({ env: { MAX_CALLS: '2', QUEUE_CALLS: '2' } })
  onTestFinished(() => all.close())
  const answered: string[] = []
  let most = 0
  const ring = async (name: string, afterMs: number, hangUpAfterMs: number) => {
    await all.clock.sleep(afterMs, new AbortController().signal)
    const seed = answered.length + afterMs
    return all.rung(silent(hangUpAfterMs, `+1555010${afterMs}`), {
      ...{ seed, patienceMs: 120_000 },
      onEvent: event => {
        if (event.kind !== 'stream-started') return
        answered.push(name)
        most = Math.max(most, all.partyline.calls.live())
      },
    })
  }
  const records = await all.passing(
    Promise.all([
      ring('first', 1_001, 6_000),
      ring('second', 1_002, 14_000),
      ring('third', 1_003, 22_000),
      ring('fourth', 1_004, 30_000),
      ring('fifth', 1_005, 20_000),
    ]),
  )
  expect(answered).toEqual(['first', 'second', 'third', 'fourth'])
  expect(most).toBeLessThanOrEqual(2)
  const [, , third, fourth, fifth] = records.map(({ said }) => said.join(' '))
  expect(third).toMatch(/number 1 in the queue/)
  expect(fourth).toMatch(/number 2 in the queue.*now number 1 in the queue/)
  expect([fifth, records[4]?.streams.length]).toEqual([expect.stringContaining('call again in a few minutes'), 0])
  expect(records.flatMap(({ warnings }) => warnings)).toEqual([])
  expect(all.partyline.calls.live()).toBe(0)
})
