import { expect, test } from 'vitest'
import { type Caller, type CallerDoes, openCaller, type SpeechUtterance } from '../../../src/sandbox/caller/caller.ts'
import type { Cue, EchoPath, Script, Utterance } from '../../../src/sandbox/caller/fixture.ts'
import { isVoicedMulaw } from '../../../src/sandbox/ringing/mulaw-loudness.ts'
import { joined, mulaw, silence, tone } from './sounds.ts'

const QUIET = mulaw(silence(20))
const VOICE = mulaw(tone(20))
const cue = (after: Cue['after'], ms: number): Cue => ({ after, ms })

interface Speech {
  readonly ms?: number
  readonly noise?: boolean
  readonly aside?: boolean
}

function speech(when: Cue, { ms = 400, noise = false, aside }: Speech = {}): Utterance {
  const words = noise ? [] : [{ text: 'hello', startMs: 0, endMs: ms }]
  return { kind: 'speech', say: noise ? '' : 'hello', words, pcm: tone(ms, 300), cue: when, aside }
}

function open(
  utterances: readonly Utterance[],
  announce?: (utterance: SpeechUtterance) => Promise<void>,
  echo?: EchoPath,
): Caller {
  const script: Script = {
    ...{ name: 'test', about: '', from: '', voice: '', echo, utterances, expect: {} },
    hangUp: { ...cue('agent-stopped', 700), withStop: false },
  }
  return openCaller(
    {
      script,
      idle: () => QUIET,
      patienceMs: 3000,
      onUtterance: () => undefined,
      announce: announce ?? (() => Promise.resolve()),
    },
    new AbortController().signal,
  )
}

type Spans = readonly (readonly [number, number])[]

/** Plays an agent that speaks in the given spans (ms) until the caller hangs up; returns what the caller did and when. */
async function play(caller: Caller, agent: Spans, { listening = true, untilMs = 20_000, queuedUntilMs = 0 } = {}) {
  const keys: [string, number][] = []
  let hangUp: (CallerDoes['hangUp'] & object) | undefined
  let atMs = 0
  for (; atMs < untilMs && !hangUp; atMs += 20) {
    const voiced = agent.some(([from, to]) => atMs >= from && atMs < to)
    const queuedMs = Math.max(0, queuedUntilMs - atMs)
    const does = caller.slot({ atMs, agent: voiced ? VOICE : QUIET, queuedMs, listening })
    if (does.key !== undefined) keys.push([does.key, atMs])
    hangUp = does.hangUp
    await Promise.resolve()
  }
  return { starts: caller.played.map(({ startMs }) => startMs), keys, hangUp, atMs: atMs - 20 }
}

test('with agent-stopped the caller speaks that long after the last voiced sample', async () => {
  const { starts } = await play(open([speech(cue('agent-stopped', 600))]), [[200, 1000]])
  expect(starts).toEqual([1600])
})

test('pauses under half a second between the agent’s sentences do not count as stopped', async () => {
  const agent: Spans = [
    [200, 1000],
    [1480, 2000],
    [2480, 3000],
  ]
  const { starts } = await play(open([speech(cue('agent-stopped', 0))]), agent)
  expect(starts).toEqual([3500])
})

test('the agent has not stopped while audio is still queued for playout', async () => {
  const { starts } = await play(open([speech(cue('agent-stopped', 600))]), [[200, 1000]], { queuedUntilMs: 1800 })
  expect(starts).toEqual([1800])
})

test('with agent-started the caller speaks that long into the reply', async () => {
  const { starts } = await play(open([speech(cue('agent-started', 1200))]), [[300, 5000]])
  expect(starts).toEqual([1500])
})

test('own-utterance and answered do not depend on the agent', async () => {
  const utterances = [speech(cue('answered', 100)), speech(cue('own-utterance', 1800))]
  const { starts } = await play(open(utterances), [[0, 10_000]])
  expect(starts).toEqual([100, 2300])
})

test('a new utterance waits for a reply to the last one: the rest of the old reply does not count', async () => {
  const utterances = [speech(cue('agent-started', 500)), speech(cue('agent-stopped', 600))]
  const { starts } = await play(open(utterances), [
    [100, 1200],
    [2500, 3000],
  ])
  expect(starts).toEqual([600, 3600])
})

test('a reply that continues through a cough is heard to its end', async () => {
  const utterances = [speech(cue('agent-started', 500), { ms: 200, noise: true }), speech(cue('agent-stopped', 600))]
  const { starts } = await play(open(utterances), [[100, 1500]])
  expect(starts).toEqual([600, 2100])
})

test('a reply that continues through a backchannel is heard to its end', async () => {
  const utterances = [speech(cue('agent-started', 500), { ms: 200, aside: true }), speech(cue('agent-stopped', 600))]
  const caller = open(utterances)
  const { starts } = await play(caller, [[100, 1500]])
  expect(starts).toEqual([600, 2100])
  expect(caller.played.map(({ kind }) => kind)).toEqual(['noise', 'speech'])
})

test('unintelligible speech that is not an aside needs an answer', async () => {
  const caller = open([speech(cue('answered', 0), { noise: true, aside: false })])
  await play(caller, [])
  expect(caller.played.map(({ kind }) => kind)).toEqual(['speech'])
})

test('keys are pressed one after the other', async () => {
  const { keys } = await play(open([{ kind: 'keys', press: '4#', cue: cue('answered', 200) }]), [])
  expect(keys).toEqual([
    ['4', 200],
    ['#', 360],
  ])
})

test('after the last reply the caller hangs up as the script says', async () => {
  const agent: Spans = [
    [100, 500],
    [2000, 2500],
  ]
  const { hangUp, atMs } = await play(open([speech(cue('agent-stopped', 600))]), agent)
  expect(hangUp).toEqual({ withStop: false, why: 'hung up', gaveUp: false })
  expect(atMs).toBe(3200)
})

test('no frame of an utterance is sent before its words are announced', async () => {
  const announced = Promise.withResolvers<void>()
  const caller = open([speech(cue('answered', 0))], () => announced.promise)
  expect((await play(caller, [], { untilMs: 1000 })).starts).toEqual([])
  announced.resolve()
  await announced.promise
  const frame = caller.slot({ atMs: 1000, agent: QUIET, queuedMs: 0, listening: true }).frame
  expect(frame).toEqual(mulaw(tone(400, 300)).subarray(0, 160))
})

test('the call ends with the reason when the words are refused', async () => {
  const caller = open([speech(cue('answered', 0))], () => Promise.reject(new Error('no such call')))
  const { hangUp } = await play(caller, [])
  expect(hangUp?.why).toBe('the words of utterance 0 ("hello") could not be announced: no such call')
})

const ECHO: EchoPath = { delayMs: 20, levelDb: -6 }

test('on a line with an echo words are announced with their first voiced sample, and noises are not announced', async () => {
  const announced: string[] = []
  const quietFirst = { ...speech(cue('answered', 0)), pcm: joined(silence(60), tone(340)) }
  const utterances = [quietFirst, speech(cue('own-utterance', 400), { noise: true })]
  const caller = open(utterances, ({ say }) => Promise.resolve(void announced.push(say)), ECHO)
  const slot = (atMs: number) => caller.slot({ atMs, agent: QUIET, queuedMs: 0, listening: true })
  for (const atMs of [0, 20, 40]) slot(atMs)
  expect(announced).toEqual([])
  slot(60)
  expect(announced).toEqual(['hello'])
  for (let atMs = 80; atMs < 2_000; atMs += 20) slot(atMs)
  expect(caller.played).toHaveLength(2)
  expect(announced).toEqual(['hello'])
})

test('the call ends with the reason when the words are refused on a line with an echo', async () => {
  const utterances = [speech(cue('answered', 0)), speech(cue('answered', 0))]
  const { hangUp } = await play(
    open(utterances, () => Promise.reject(new Error('no such call')), ECHO),
    [],
  )
  expect(hangUp?.why).toBe('the words of utterance 0 ("hello") could not be announced: no such call')
})

test('the echo of the agent is mixed into what the caller says', () => {
  const caller = open([speech(cue('agent-stopped', 600))], undefined, ECHO)
  const frames = [0, 20, 40].map(atMs => caller.slot({ atMs, agent: VOICE, queuedMs: 0, listening: true }).frame)
  expect(frames[0]).toBe(QUIET)
  expect(isVoicedMulaw(frames[2] ?? QUIET)).toBe(true)
})

test.each([
  { agent: [] as Spans, listening: true, why: 'the agent was not heard at all' },
  { agent: [] as Spans, listening: false, why: 'no stream was open' },
])('a caller whose cue never comes gives up after their patience: $why', async ({ agent, listening, why }) => {
  const { hangUp, atMs } = await play(open([speech(cue('agent-stopped', 600))]), agent, { listening })
  expect(hangUp).toEqual({ withStop: true, why: `3 s went by before utterance 0 ("hello"): ${why}`, gaveUp: true })
  expect(atMs).toBe(3000)
})

test('a caller does not give up while the agent speaks', async () => {
  const { starts } = await play(open([speech(cue('agent-stopped', 600))]), [[100, 9000]])
  expect(starts).toEqual([9600])
})
