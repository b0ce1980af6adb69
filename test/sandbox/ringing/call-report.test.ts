import { expect, test } from 'vitest'
import type { CallRecord } from '../../../src/sandbox/ringing/call-record.ts'
import { conversationLines, shortcomings } from '../../../src/sandbox/ringing/call-report.ts'

const turn = { startMs: 2000, endMs: 3500, utterances: [0] }
const record: CallRecord = {
  ...{ callSid: 'CA0', script: 'test', status: 'completed', endedBy: 'caller', why: 'hung up', gaveUp: false },
  ...{ legs: { caller: new Uint8Array(), agent: new Uint8Array() }, streams: [], events: [], said: [], warnings: [] },
  ...{ unplayed: 0, callerSpans: [], clears: [{ atMs: 5510, droppedMs: 900 }], greetingAfterMs: 40 },
  utterances: [
    { index: 0, say: 'Hi.', kind: 'speech', startMs: 1940, endMs: 3560, firstVoicedMs: 2000, lastVoicedMs: 3500 },
    { index: 1, say: '', kind: 'noise', startMs: 5200, endMs: 5500, firstVoicedMs: 5200, lastVoicedMs: 5500 },
  ],
  agentSpans: [
    { startMs: 100, endMs: 800 },
    { startMs: 1010, endMs: 1500 },
    { startMs: 4012, endMs: 5500 },
  ],
  gaps: [{ turn, kind: 'answered', gapMs: 512, agentStartMs: 4012 }],
}

test('the conversation is listed in the order it was heard, with the response times', () => {
  expect(conversationLines(record).map(line => line.trim())).toEqual([
    '0.1 s  agent   speaks  1.4 s',
    '2.0 s  caller  "Hi."  1.5 s',
    '4.0 s  agent   answers after 512 ms  1.5 s, cut off',
    '5.2 s  caller  (a noise)  0.3 s',
  ])
})

test('a call in which every turn was answered has no shortcomings', () => {
  expect(shortcomings(record, {})).toEqual([])
})

test.each([
  [{ gaps: [{ turn, kind: 'unanswered' as const }] }, 'no reply to "Hi."'],
  [{ gaps: [{ turn, kind: 'spoken-over' as const }] }, 'the agent spoke over the end of "Hi."'],
  [{ agentSpans: [] }, 'the agent was never heard'],
  [{ unplayed: 2 }, 'the call ended (hung up) with 2 utterances not spoken'],
  [{ gaveUp: true, why: 'nobody answered' }, 'the call failed: nobody answered'],
])('%j is a shortcoming', (changed, sentence) => {
  expect(shortcomings({ ...record, ...changed }, {})).toEqual([sentence])
})
