import { expect, test } from 'vitest'
import type { PlayedUtterance } from '../../../src/sandbox/caller/caller.ts'
import { type Heard, mismatches, plainWords } from '../../../src/sandbox/ringing/expectations.ts'

const utterance: PlayedUtterance = {
  ...{ index: 0, say: 'hello', kind: 'speech', startMs: 1000, endMs: 4000 },
  ...{ firstVoicedMs: 1060, lastVoicedMs: 3940 },
}
const turn = { startMs: 1060, endMs: 3940, utterances: [0] }
const heard: Heard = {
  ...{ utterances: [utterance], endedBy: 'caller', gaveUp: false, why: 'hung up' },
  agentSpans: [{ startMs: 4400, endMs: 6000 }],
  gaps: [{ turn, kind: 'answered', gapMs: 460, agentStartMs: 4400 }],
}
const server = {
  ...{ callerTurns: ['Hello there'], agentReplies: ['Good day!', 'We open at five.'] },
  ...{ bargeIns: 1, tools: ['look_up'] },
}
const met = {
  ...{ callerTurns: ['hello, there.'], agentSays: ['good', 'open at (five|six)'], bargeIns: 1, tools: ['look_up'] },
  ...{ agentSilentDuring: [0], answeredTurns: 1, endedBy: 'caller' as const },
}

test('a call that went as expected has no mismatches', () => {
  expect(mismatches(met, heard, server)).toEqual([])
})

test('turns are compared by their words only', () => {
  expect(plainWords('I’d like—well, “four”!')).toBe(plainWords('id like well FOUR'))
})

test.each([
  [{ callerTurns: ['bye'] }, 'the caller\'s turns are "Hello there", not "bye"'],
  [
    { agentSays: ['five', 'good'] },
    'no reply says /good/ in its turn; the replies are "Good day!", "We open at five."',
  ],
  [{ bargeIns: 0 }, '1 barge-ins, not 0'],
  [{ tools: [] }, 'the tools ran as "look_up", not none'],
  [{ agentSilentDuring: [1] }, 'utterance 1 was never spoken'],
  [{ answeredTurns: 2 }, '1 turns were answered, not 2'],
  [{ endedBy: 'transfer' as const }, 'the call was ended by the caller, not by the transfer'],
])('%j is a mismatch', (expected, sentence) => {
  expect(mismatches(expected, heard, server)).toEqual([sentence])
})

test('an agent that speaks in a pause of the caller is a mismatch', () => {
  const cutIn = { ...heard, agentSpans: [{ startMs: 2500, endMs: 2900 }, ...heard.agentSpans] }
  expect(mismatches({ agentSilentDuring: [0] }, cutIn, server)).toEqual([
    'the agent was heard from 2500 ms to 2900 ms, during utterance 0',
  ])
})

test('a caller who gave up is a mismatch whatever was expected', () => {
  expect(mismatches({}, { ...heard, gaveUp: true, why: 'nobody spoke' }, server)).toEqual([
    'the call failed: nobody spoke',
  ])
})
