import { expect, onTestFinished, test } from 'vitest'
import { outcomeOf, readJournal } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { caller, memoryRooms } from '../browser/memory-rooms.ts'
import { callInRoom } from '../browser/room-caller.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'
import { ADDRESS, callerWho, faultyCall, PARKING, phrases, told } from './calls.ts'
import { lateSounds } from './heard.ts'

const HARBOR = 'We are at twelve Harbor Street, right beside the old lighthouse.'
const PARK = 'You can park for free behind the house, and there is always room in the evening.'

test('fault 21: the session of speech to speech breaks off and is opened anew: nothing is said twice', async () => {
  const call = await faultyCall({
    env: { LLM: 'openai-realtime' },
    says: [PARKING, ADDRESS, PARKING],
    onEvent(event, all) {
      if (event.kind !== 'utterance' || event.index !== 1) return
      // Once the caller has been answered for the first time, before they have said all of the second.
      all.standIns['openai-realtime'].faults.set([{ kind: 'drop', afterMs: 300 }])
    },
  })
  const said = call.outcome.agentReplies
  expect(said.filter(text => text.includes(phrases.greeting))).toHaveLength(1)
  // Each answer is heard for its own question alone.
  const asked = call.outcome.callerTurns.filter(turn => /parking/i.test(turn)).length
  expect(said.filter(text => /park for free/.test(text)).length).toBeLessThanOrEqual(asked)
  expect(said.at(-1)).toMatch(/park for free/)
  expect(lateSounds(call.record)).toEqual([])
  expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false, unplayed: 0 })
  expect(told(call, 'stt-failed').length + told(call, 'reply-failed').length).toBeGreaterThan(0)
})

test('fault 24: a person whose connection to the room breaks comes back, and goes on with the same conversation', async () => {
  const { rooms, join } = memoryRooms()
  const all = await openWholeCalls({ env: { RECORDING: 'off' }, joinRoom: join })
  onTestFinished(() => all.close())
  const { signal } = new AbortController()
  const asked = await all.network.fetch(`${all.url}/api/room`, { method: 'POST', headers: { origin: all.url } })
  expect(asked.ok).toBe(true)
  const [[callId, room] = []] = [...rooms]
  if (callId === undefined || room === undefined) throw new Error('there is no room')
  const script = await callerWho([PARKING])
  const stay = (says: typeof script, seed: number) =>
    callInRoom(
      {
        ...{ script: says, callId, ticker: all.ticker, seed, network: all.network },
        announceUrl: all.standIns.deepgram.url,
        hear: () => room.hear(),
        queuedMs: () => room.queue.length * 20,
        speak: pcm => room.listener.sound('caller', pcm),
        press: key => room.listener.key('caller', key),
      },
      signal,
    )
  const heardMs: number[] = []
  async function twice(): Promise<void> {
    // The sentences that must not fail are rendered at the first visit.
    await all.clock.sleep(20_000, signal)
    room?.listener.arrived(caller())
    await stay(script, 1)
    room?.listener.left('caller', 'signal connection lost')
    await all.clock.sleep(3_000, signal)
    room?.listener.arrived(caller())
    const backMs = all.clock.now()
    while (room?.queue.length === 0 && all.clock.now() - backMs < 10_000) await all.clock.sleep(20, signal)
    heardMs.push(all.clock.now() - backMs)
    await stay(await callerWho([ADDRESS]), 2)
    room?.listener.asked('caller', 'leave', '')
    await all.partyline.calls.empty(signal)
  }
  await all.passing(twice())
  const lines = await readJournal(`${all.dataDir}/calls/${callId}/journal.jsonl`)
  const { agentReplies } = outcomeOf(lines, english)
  expect(heardMs[0]).toBeLessThan(5_000)
  expect(agentReplies.filter(text => text.includes(phrases.greeting))).toHaveLength(1)
  expect(agentReplies.some(text => text.includes('Welcome back.'))).toBe(true)
  expect(agentReplies).toContain(PARK)
  expect(agentReplies.at(-1)).toBe(HARBOR)
  expect(lines.some(line => 'input' in line && /^(?:lost|gone)$/.test(line.input.kind))).toBe(true)
  expect(room.told.at(-1)).toMatchObject({ topic: 'partyline.ended' })
})

test('fault 24: a person who cannot receive the voice, and never comes back, does not hold the room for ever', async () => {
  const { rooms, join } = memoryRooms()
  const all = await openWholeCalls({ env: { RECORDING: 'off' }, joinRoom: join })
  onTestFinished(() => all.close())
  const { signal } = new AbortController()
  await all.network.fetch(`${all.url}/api/room`, { method: 'POST', headers: { origin: all.url } })
  const [room] = rooms.values()
  async function leaves(): Promise<void> {
    await all.clock.sleep(20_000, signal)
    if (room) room.receives = new Promise(() => undefined)
    room?.listener.arrived(caller())
    await all.clock.sleep(6_000, signal)
    expect(room?.queue.length).toBeGreaterThan(0)
    room?.listener.left('caller', 'subscriber stuck')
    await all.clock.sleep(60_000, signal)
  }
  await all.passing(leaves())
  expect(room?.isLeft).toBe(true)
  expect(all.partyline.calls.live()).toBe(0)
})
