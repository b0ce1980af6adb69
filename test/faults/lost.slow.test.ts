import { expect, test } from 'vitest'
import type { WholeCalls } from '../whole-call/whole-calls.ts'
import { ADDRESS, type FaultyCall, faultyCall, PARKING, phrases, told } from './calls.ts'
import { openRelay, type RelayedSocket } from './relay.ts'

const HARBOR = 'We are at twelve Harbor Street, right beside the old lighthouse.'
const STORY = 'Please tell me the story of the restaurant.'
const CUT_OFF = phrases['cut-off']

/** A call whose line breaks so long after the beginning of each of these utterances. */
function brokenCall(says: readonly string[], breaks: Readonly<Record<number, readonly number[]>>) {
  const streams: RelayedSocket[] = []
  const sleeping = (all: WholeCalls, ms: number): Promise<void> => all.clock.sleep(ms, new AbortController().signal)
  const cut: number[] = []
  const call = faultyCall({
    says,
    ring: all => ({ dialUrl: openRelay(all.url, all.network, { opened: stream => streams.push(stream) }) }),
    onEvent(event, all) {
      if (event.kind !== 'utterance') return
      for (const ms of breaks[event.index] ?? [])
        sleeping(all, ms).then(() => {
          cut.push(event.atMs + ms)
          streams.at(-1)?.close(1011, 'broke')
        })
    },
  })
  return call.then(over => ({ call: over, cut }))
}

/** How long after each cut the agent was heard again. */
const heardAfter = ({ record }: FaultyCall, cut: readonly number[]): readonly number[] =>
  cut.map(cutMs => (record.agentSpans.find(({ startMs }) => startMs > cutMs + 40)?.startMs ?? Infinity) - cutMs)

test('fault 19: the line breaks in the middle of an answer: "we were cut off" within four seconds, and the rest of the answer', async () => {
  const { call, cut } = await brokenCall([STORY, ADDRESS], { 0: [7_000] })
  for (const ms of heardAfter(call, cut)) expect(ms).toBeLessThan(4_000)
  const said = call.outcome.agentReplies.join(' ')
  expect(said).toContain(CUT_OFF)
  // It goes on after the last heard word: what was told is not told again.
  expect(said.match(/opened this house/g)).toHaveLength(1)
  expect(said).toContain('the same harbor.')
  expect(said.match(/How can I help you/g)).toHaveLength(1)
  expect(call.outcome.agentReplies.at(-1)).toBe(HARBOR)
  expect(call.record.streams).toHaveLength(2)
  expect(call.record.said).toEqual([])
  expect(told(call, 'lost')).toHaveLength(1)
  expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false, unplayed: 0 })
})

test('fault 19: the line breaks while the caller speaks: they are asked to go on', async () => {
  const { call, cut } = await brokenCall([PARKING, ADDRESS], { 0: [500] })
  for (const ms of heardAfter(call, cut)) expect(ms).toBeLessThan(4_000)
  expect(call.outcome.agentReplies.join(' ')).toContain(CUT_OFF)
  expect(call.outcome.agentReplies.at(-1)).toBe(HARBOR)
  expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false, said: [] })
})

test('fault 19: the line breaks again and again: three times it goes on, then the carrier says goodbye', async () => {
  const { call } = await brokenCall([PARKING], { 0: [2_600, 9_600, 16_600, 23_600] })
  expect(call.record.streams.length).toBe(4)
  expect(call.record.said.join(' ')).toMatch(/sorry|goodbye|again later/i)
  expect(told(call, 'lost').length).toBe(4)
})
