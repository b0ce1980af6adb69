import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { WholeCalls } from '../whole-call/whole-calls.ts'
import { ADDRESS, callerWho, faultyCall, PARKING, phrases, told } from './calls.ts'
import { lateSounds } from './heard.ts'

const ANSWERS = [
  phrases.greeting,
  'You can park for free behind the house, and there is always room in the evening.',
  'We are at twelve Harbor Street, right beside the old lighthouse.',
]

const moved = (all: WholeCalls, isAway: boolean): Promise<void> => {
  const file = join(all.dataDir, 'partyline.sqlite')
  return isAway ? rename(file, `${file}.away`) : rename(`${file}.away`, file)
}

test('fault 22: the database goes away in the middle of a call: nothing is heard of it', async () => {
  let away: Promise<void> | undefined
  const ready: unknown[] = []
  const isReady = async (all: WholeCalls): Promise<void> => {
    ready.push(await (await all.network.fetch(`${all.url}/readyz`)).json())
  }
  const call = await faultyCall({
    onEvent(event, all) {
      if (event.kind === 'utterance' && event.index === 0) away = all.outside.during(moved(all, true))
      if (event.kind === 'utterance' && event.index === 1) isReady(all)
    },
    async after(all) {
      await all.passing(moved(all, false))
      await all.passing(all.clock.sleep(60_000, new AbortController().signal))
      await all.passing(isReady(all))
    },
  })
  await away
  // With all servers on one database nobody would be answered otherwise.
  const degraded = [expect.stringContaining('database')]
  expect(ready).toEqual([
    { ready: true, reasons: [], degraded },
    { ready: true, reasons: [] },
  ])
  expect(call.outcome.agentReplies).toEqual(ANSWERS)
  expect(lateSounds(call.record)).toEqual([])
  expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false, said: [], warnings: [] })
})

test('fault 23: a server that is taken down lets all its calls end by themselves, and takes no new one', async () => {
  const second = await callerWho([PARKING])
  const third = await callerWho([PARKING])
  const others: Promise<unknown>[] = []
  let refused: readonly string[] = []
  const call = await faultyCall({
    says: [PARKING, ADDRESS],
    onEvent(event, all) {
      if (event.kind !== 'utterance') return
      // The first of two calls ends long before the other: that must not end it.
      if (event.index === 0) {
        const ring = (script: typeof second, seed: number) => all.rung(script, { seed })
        others.push(ring(second, 2))
        all.clock.sleep(1_500, new AbortController().signal).then(() => {
          all.partyline.calls.stop()
          others.push(
            ring(third, 3).then(
              record => (refused = record.events.flatMap(some => (some.kind === 'document' ? [...some.verbs] : []))),
            ),
          )
        })
      }
    },
    after: async all => {
      await all.passing(Promise.all(others))
    },
  })
  expect(call.outcome.agentReplies).toEqual(ANSWERS)
  expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false, said: [] })
  expect(await others[0]).toMatchObject({ endedBy: 'caller', gaveUp: false, unplayed: 0, said: [] })
  // It was sent back until another server would have answered, and no stream was opened for it here.
  expect(refused).not.toContain('Connect')
  expect(refused.length).toBeGreaterThan(0)
  expect(told(call, 'gone')).toHaveLength(1)
})
