import { expect, test } from 'vitest'
import { type Act, cuesOf } from '../../../src/sandbox/softphone/cues.ts'
import { mulaw, silence, tone } from '../caller/sounds.ts'

const act = (startMs: number, endMs: number, wantsAnswer = true): Act => ({
  ...{ startMs, endMs, lastVoicedMs: endMs, wantsAnswer },
})

test('who speaks after the agent waits for its silence, as long as they did then', () => {
  const agent = mulaw(silence(500), tone(2_000), silence(3_000))
  expect(cuesOf(agent, [act(3_300, 4_000)])).toEqual([{ after: 'agent-stopped', ms: 800 }])
})

test('who answers at once waits for the shortest silence that is no pause', () => {
  const agent = mulaw(silence(500), tone(2_000), silence(3_000))
  expect(cuesOf(agent, [act(2_700, 4_000)])).toEqual([{ after: 'agent-stopped', ms: 500 }])
})

test('who talks over the agent does so at the same place of its reply', () => {
  const agent = mulaw(silence(500), tone(3_000), silence(2_000))
  expect(cuesOf(agent, [act(1_700, 3_000)])).toEqual([{ after: 'agent-started', ms: 1_200 }])
})

test('who begins in a short pause of the agent’s talks over it', () => {
  const agent = mulaw(tone(1_000), silence(400), tone(1_000), silence(1_000))
  expect(cuesOf(agent, [act(1_200, 1_900)])).toEqual([{ after: 'agent-started', ms: 1_200 }])
})

test('who waited through a pause of the agent’s waits longer than that pause', () => {
  const agent = mulaw(tone(1_000), silence(1_200), tone(1_000), silence(3_000))
  expect(cuesOf(agent, [act(3_800, 4_500)])).toEqual([{ after: 'agent-stopped', ms: 1_500 }])
})

test('a silence after which the agent spoke by itself is not waited for', () => {
  const agent = mulaw(tone(1_000), silence(9_000), tone(1_000), silence(3_000))
  expect(cuesOf(agent, [act(11_700, 12_500)])).toEqual([{ after: 'agent-stopped', ms: 700 }])
})

test('after a tool the answer is waited for, however short this call’s pause was', () => {
  const agent = mulaw(silence(2_000), tone(1_000), silence(3_000))
  const acts = [act(500, 1_000), act(3_700, 4_000)]
  expect(cuesOf(agent, acts, { replies: [], toolsCalledMs: [1_800] }).at(1)).toEqual({
    after: 'agent-stopped',
    ms: 1_500,
  })
  expect(cuesOf(agent, acts, { replies: [], toolsCalledMs: [4_500] }).at(1)).toEqual({
    after: 'agent-stopped',
    ms: 700,
  })
})

test('who goes on before the agent has answered counts from their own last sound', () => {
  const agent = mulaw(silence(6_000))
  expect(cuesOf(agent, [act(700, 2_000), act(3_100, 4_000)])).toEqual([
    { after: 'answered', ms: 700 },
    { after: 'own-utterance', ms: 1_100 },
  ])
})

test('after an "mm-hm" over the agent’s voice the rest of it is what was heard since', () => {
  const agent = mulaw(silence(1_000), tone(4_000), silence(3_000))
  const acts = [act(2_000, 2_400, false), act(5_900, 6_500)]
  expect(cuesOf(agent, acts)).toEqual([
    { after: 'agent-started', ms: 1_000 },
    { after: 'agent-stopped', ms: 900 },
  ])
})

test('who speaks where the agent’s next words are late talks over its reply', () => {
  const agent = mulaw(silence(500), tone(500), silence(4_000))
  const replies = [{ startMs: 520, endMs: 2_600 }]
  expect(cuesOf(agent, [act(2_000, 3_500)], { replies, toolsCalledMs: [] })).toEqual([
    { after: 'agent-started', ms: 1_500 },
  ])
  // A server learns a moment later that a reply was heard to its end.
  expect(cuesOf(agent, [act(2_400, 3_500)], { replies, toolsCalledMs: [] })).toEqual([
    { after: 'agent-stopped', ms: 1_400 },
  ])
})
