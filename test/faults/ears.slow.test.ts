import { expect, test } from 'vitest'
import { bareText } from '../../src/conversation/turn/utterance.ts'
import { atUtterance, callerWho, faultyCall, PARKING, phrases, told } from './calls.ts'
import { lateSounds, silences } from './heard.ts'
import { openRelay, type RelayedSocket } from './relay.ts'

const PARK = 'You can park for free behind the house, and there is always room in the evening.'
const HARBOR = 'We are at twelve Harbor Street, right beside the old lighthouse.'
const { pardon } = phrases

test('fault 1: speech-to-text drops in the middle of a sentence: one "say it again", and the call goes on', async () => {
  const call = await faultyCall({
    onEvent: atUtterance(0, all => all.standIns.deepgram.faults.set([{ kind: 'drop', afterMs: 400 }])),
  })
  expect(call.outcome.agentReplies.slice(1)).toEqual([pardon, HARBOR])
  expect(lateSounds(call.record)).toEqual([])
  expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false, warnings: [] })
  expect(told(call, 'stt-failed')).toHaveLength(1)
})

test('fault 1: with a second vendor the caller notices nothing of it', async () => {
  const call = await faultyCall({
    env: { STT: 'deepgram,assemblyai', ASSEMBLYAI_API_KEY: 'key' },
    more: ['assemblyai'],
    onEvent: atUtterance(0, all => all.standIns.deepgram.faults.set([{ kind: 'drop', afterMs: 400 }])),
  })
  expect(bareText(call.outcome.callerTurns[0] ?? '')).toBe(bareText(PARKING))
  expect(call.outcome.agentReplies.slice(1)).toEqual([PARK, HARBOR])
  expect(lateSounds(call.record)).toEqual([])
  expect(told(call, 'provider-switched')).toMatchObject([{ port: 'STT', from: 'deepgram', to: 'assemblyai' }])
})

test('fault 2: no sound comes from the carrier for almost five seconds: speech-to-text is kept open, and nothing is heard of it', async () => {
  let isHeldUp = false
  const call = await faultyCall({
    ring: all => ({
      dialUrl: openRelay(all.url, all.network, {
        up: message => (isHeldUp && String(message).includes('"media"') ? [] : [message]),
      }),
    }),
    onEvent(event, all) {
      if (event.kind !== 'utterance' || event.index !== 0) return
      const { signal } = new AbortController()
      const held = (ms: number, is: boolean) =>
        all.clock.sleep(ms, signal).then(() => {
          isHeldUp = is
        })
      held(4_000, true).then(() => held(4_700, false))
    },
  })
  expect(told(call, 'caller-gap')).toMatchObject([{ gapMs: expect.closeTo(4_700, -2) }])
  expect(told(call, 'stt-failed')).toEqual([])
  expect(call.outcome.agentReplies.slice(1)).toEqual([PARK, HARBOR])
  expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false })
})

test('fault 2: speech-to-text closes for idleness (1011) while the agent speaks: the answer goes on, the next turn is heard', async () => {
  const sessions: RelayedSocket[] = []
  const call = await faultyCall({
    between: { deepgram: (url, network) => openRelay(url, network, { opened: socket => sessions.push(socket) }) },
    onEvent(event, all) {
      if (event.kind !== 'utterance' || event.index !== 0) return
      const { signal } = new AbortController()
      all.clock.sleep(3_500, signal).then(() => sessions.at(-1)?.close(1011, 'NET-0001'))
    },
  })
  expect(told(call, 'stt-failed')).toMatchObject([{ why: expect.stringContaining('1011') }])
  expect(sessions).toHaveLength(2)
  expect(call.outcome.agentReplies.slice(1)).toEqual([PARK, HARBOR])
  expect(lateSounds(call.record)).toEqual([])
})

interface Results {
  readonly type: string
  readonly is_final?: boolean
  readonly channel?: { readonly alternatives?: readonly { readonly transcript: string }[] }
}

/** Deepgram, but with other results; undefined for none. */
const changedResults = (change: (results: Results) => Results | undefined) => ({
  deepgram: (url: string, network: Parameters<typeof openRelay>[1]) =>
    openRelay(url, network, {
      down(message) {
        const results = JSON.parse(message) as Results
        const changed = results.type === 'Results' ? change(results) : results
        return changed ? [JSON.stringify(changed)] : []
      },
    }),
})

test('fault 3: words are told and never final: they are answered as they are', async () => {
  const call = await faultyCall({ between: changedResults(results => (results.is_final ? undefined : results)) })
  expect(call.outcome.agentReplies.slice(1)).toEqual([PARK, HARBOR])
  expect(lateSounds(call.record)).toEqual([])
  expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false })
})

/** Both were seen of a real service: words are told, and then results without words take their place. */
test.each([
  ['with an empty final result', true],
  ['with empty results, none of them final', false],
])(
  'fault 3: words are told and then taken back %s: an answer or "I did not catch that", within five seconds',
  async (_, final) => {
    let isFirst = true
    const emptied = (results: Results): Results =>
      isFirst && results.is_final
        ? { ...results, is_final: final, channel: { alternatives: [{ transcript: '' }] } }
        : results
    const call = await faultyCall({
      between: changedResults(emptied),
      onEvent: atUtterance(1, () => {
        isFirst = false
      }),
    })
    expect([PARK, pardon]).toContain(call.outcome.agentReplies[1])
    expect(silences(call.record)[0]?.ms).toBeLessThan(5_000)
    expect(call.outcome.agentReplies.at(-1)).toBe(HARBOR)
  },
)

test('fault 3: the caller is heard, and no words come: "I did not catch that" within five seconds, and a cough gets none', async () => {
  let isDeaf = true
  const wordless = (results: Results): Results =>
    isDeaf ? { ...results, channel: { alternatives: [{ transcript: '' }] } } : results
  const call = await faultyCall({
    between: changedResults(wordless),
    onEvent: atUtterance(1, () => {
      isDeaf = false
    }),
  })
  expect(call.outcome.agentReplies.slice(1)).toEqual([pardon, HARBOR])
  expect(silences(call.record)[0]?.ms).toBeLessThan(5_000)
})

test.each([
  ['before its first word', 0],
  ['after its first word', 400],
])(
  'fault 4: speech-to-text falls silent %s, though frames go on: the caller is asked again, and is heard',
  async (_, afterMs) => {
    const call = await faultyCall({
      says: [PARKING, PARKING, PARKING],
      onEvent: atUtterance(0, all => all.standIns.deepgram.faults.set([{ kind: 'stall', afterMs }])),
    })
    expect(silences(call.record)[0]?.ms).toBeLessThan(5_000)
    expect(call.outcome.agentReplies).not.toContain(phrases['still-there'])
    expect(call.outcome.agentReplies.at(-1)).toBe(PARK)
    expect(told(call, 'stt-failed')).toHaveLength(1)
    expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false, unplayed: 0 })
  },
)

test('the callers of these tests are not taken for noise', async () => {
  const { utterances } = await callerWho([PARKING])
  expect(utterances.every(some => some.kind === 'speech' && some.words.length > 0)).toBe(true)
})
