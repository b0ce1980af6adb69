import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Clock } from '../../src/conversation/ports.ts'
import { ADDRESS, type FaultyCall, faultyCall, PARKING, phrases, told } from './calls.ts'
import { lateSounds } from './heard.ts'
import { openRelay } from './relay.ts'

const PARK = 'You can park for free behind the house, and there is always room in the evening.'
const HARBOR = 'We are at twelve Harbor Street, right beside the old lighthouse.'
const STORY = 'Please tell me the story of the restaurant.'
const ANSWERS = [phrases.greeting, PARK, HARBOR]

const HOUR_MS = 3_600_000
/** The calendar jumps by so much, ten seconds after the server's start and back after twenty. */
const jumping =
  (byMs: number) =>
  (clock: Clock): Clock => {
    const fromMs = clock.now()
    const isOff = (): boolean => clock.now() - fromMs > 10_000 && clock.now() - fromMs < 20_000
    return {
      now: () => clock.now(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
      wallTime: () => new Date(clock.wallTime().getTime() + (isOff() ? byMs : 0)),
    }
  }

test.each([
  ['ahead by an hour', HOUR_MS],
  ['back by an hour', -HOUR_MS],
  ['back by ten years', -10 * 365 * 24 * HOUR_MS],
])('fault 25: the calendar jumps %s in the middle of a call: nothing is heard of it', async (_, byMs) => {
  const [usual, call] = [await faultyCall(), await faultyCall({ serverClock: jumping(byMs) })]
  expect(call.outcome).toEqual(usual.outcome)
  expect(call.record.agentSpans).toEqual(usual.record.agentSpans)
  expect(call.record.endedBy).toBe('caller')
})

/** The server's timers do not fire while `isBlocked`. */
const blocked =
  (isBlocked: (sinceMs: number) => boolean) =>
  (clock: Clock): Clock => {
    const fromMs = clock.now()
    return {
      now: () => clock.now(),
      wallTime: () => clock.wallTime(),
      async sleep(ms, signal) {
        await clock.sleep(ms, signal)
        while (isBlocked(clock.now() - fromMs)) await clock.sleep(1, signal)
      },
    }
  }
const underruns = ({ record }: FaultyCall): number =>
  record.streams.reduce((sum, { arrivals }) => sum + arrivals.underruns, 0)
/** The lengths of what the agent said, sound by sound. */
const lengths = ({ record }: FaultyCall): readonly number[] =>
  record.agentSpans.map(({ startMs, endMs }) => Math.round((endMs - startMs) / 20))

test('fault 26: the loop is blocked for 150 ms every second: the lead covers it, and nothing is heard', async () => {
  const usual = await faultyCall()
  const call = await faultyCall({ serverClock: blocked(ms => ms % 1_000 < 150) })
  expect(underruns(call)).toBe(0)
  expect(lengths(call)).toEqual(lengths(usual))
  expect(call.outcome.agentReplies).toEqual(ANSWERS)
  expect(lateSounds(call.record)).toEqual([])
})

test('fault 26: the loop is blocked for a second while the agent speaks: no word is lost or said twice', async () => {
  let since = Number.POSITIVE_INFINITY
  const call = await faultyCall({
    serverClock: clock => {
      const fromMs = clock.now()
      return blocked(ms => ms + fromMs > since + 3_000 && ms + fromMs < since + 4_000)(clock)
    },
    onEvent(event, all) {
      if (event.kind === 'utterance' && event.index === 0) since = all.clock.now()
    },
  })
  expect(call.outcome.agentReplies).toEqual(ANSWERS)
  expect(told(call, 'frames-paced').at(-1)?.mostMs).toBeGreaterThan(500)
  expect(call.record.endedBy).toBe('caller')
})

test('fault 27: twenty barge-ins in a row: what waits to be played stays short, and nothing is left open', async () => {
  const says = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? STORY : PARKING))
  let mostOpen = 0
  const call = await faultyCall({
    says: [...says, ADDRESS],
    cues: says.map((_, i) => (i === 0 ? undefined : { after: 'agent-started', ms: 900 })),
    onEvent(event, all) {
      if (event.kind === 'utterance') mostOpen = Math.max(mostOpen, all.network.connections())
    },
  })
  expect(call.outcome.agentReplies.at(-1)).toBe(HARBOR)
  expect(call.outcome.bargeIns).toBeGreaterThanOrEqual(15)
  for (const { droppedMs } of call.record.clears) expect(droppedMs).toBeLessThan(400)
  // Both ends of the stream, of the ears', the voice's and the models' sockets, and those that have just been let go.
  expect(mostOpen).toBeLessThan(30)
  expect(call.leftOpen).toBe(0)
  expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false })
})

test('fault 28: the core is taken away for 60 of each 100 ms, as a quota does: the agent sounds as ever', async () => {
  const usual = await faultyCall()
  const call = await faultyCall({ serverClock: blocked(ms => ms % 100 < 60) })
  expect(underruns(call)).toBe(0)
  expect(lengths(call)).toEqual(lengths(usual))
  expect(call.outcome.agentReplies).toEqual(ANSWERS)
  expect(lateSounds(call.record)).toEqual([])
})

test('fault 28: the chart asks for as much core as it may use, and an alert tells of a loop that lags', async () => {
  const values = await readFile(new URL('../../helm/partyline/values.yaml', import.meta.url), 'utf8')
  const own = /^resources:\n((?: {2}.*\n)+)/m.exec(values)?.[1] ?? ''
  const [, requests, limits] = /requests:\n([\s\S]*?) {2}limits:\n([\s\S]*)/.exec(own) ?? []
  expect(requests?.trim()).not.toBe('')
  expect(requests?.trim()).toBe(limits?.trim())
  const rules = await readFile(new URL('../../helm/partyline/rules/partyline.yaml', import.meta.url), 'utf8')
  expect(rules).toMatch(/expr: [^\n]*partyline_(?:event_loop_lag|frame_late)_seconds/)
})

/** Both turns fail, so the agent says goodbye and hangs up. */
const goodbye = (up?: Parameters<typeof openRelay>[2]['up']) =>
  faultyCall({
    ...(up && { ring: all => ({ dialUrl: openRelay(all.url, all.network, { up }) }) }),
    onEvent(event, all) {
      if (event.kind === 'utterance') all.standIns.openai.faults.set([{ kind: 'status', status: 500, times: 99 }])
    },
  })

test('fault 29: the goodbye is heard to its last sound before the agent hangs up', async () => {
  const call = await goodbye()
  expect(call.outcome.agentReplies.at(-1)).toBe(phrases['give-up'])
  expect(call.record.endedBy).toBe('agent')
  expect(call.record.streams.at(-1)?.unheardMs).toBe(0)
})

test('fault 29: the same where the carrier returns no marks: a limit ends the wait, after the last sound', async () => {
  const usual = await goodbye()
  const call = await goodbye(message => (/"event":"mark"/.test(String(message)) ? [] : [message]))
  const lastMs = ({ record }: FaultyCall): number => {
    const [, second] = record.utterances
    const heard = record.agentSpans.filter(({ startMs }) => startMs > (second?.lastVoicedMs ?? 0))
    return Math.round(((heard.at(-1)?.endMs ?? 0) - (heard[0]?.startMs ?? 0)) / 100)
  }
  expect(lastMs(call)).toBe(lastMs(usual))
  expect(call.record).toMatchObject({ endedBy: 'agent' })
  expect(call.record.streams.at(-1)?.unheardMs).toBe(0)
})
