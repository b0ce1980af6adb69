import { JOURNAL_VERSION, type JournalLine, type Line } from '../../src/conversation/lines.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import type { Turn } from '../../src/conversation/turn/turn.ts'
import { emptyUtterance } from '../../src/conversation/turn/utterance.ts'
import { POLICY } from '../fakes/call.ts'
import type { MemoryCall } from './memory-records.ts'

export const CALL_ID = `CA${'1a'.repeat(16)}`
export const CALLER = '+15551230123'
/** Ways in which the caller's number, or another, may stand in a journal. */
export const SAID_NUMBERS = [
  CALLER,
  '555 123 0123',
  '(555) 123-0123',
  '1-555-123-0123',
  '5 5 5 1 2 3 0 1 2 3',
  '+442071838750',
  'five five five, one two three, oh one two three',
] as const

const turn: Turn = begin(POLICY, 0)

/** Two attempts: a question about milk with a tool and a barge-in, and a minute later somebody who comes back. */
const CONTENT: readonly (readonly [atMs: number, line: Line])[] = [
  [0, started('2026-11-27T12:00:00.000Z')],
  [300, { input: { kind: 'reply-sounding', atMs: 300, reply: 3, part: 0 } }],
  [900, { input: { kind: 'heard', atMs: 900, reply: 3, part: 0, text: 'Hello <there> & welcome.', cut: false } }],
  [4_000, answering(9, `Call me at ${SAID_NUMBERS.join(' or ')}`, 2_000, 3_500)],
  [
    4_100,
    {
      input: {
        ...{ kind: 'tool-called', atMs: 4_100, reply: 9, part: 0 },
        call: { id: 't1', name: 'find_caller', arguments: `{"number":"${CALLER}"}` },
      },
    },
  ],
  [4_600, { input: { kind: 'tool-result', atMs: 4_600, reply: 9, part: 0, callId: 't1', result: `Found ${CALLER}.` } }],
  [5_000, { input: { kind: 'reply-sounding', atMs: 5_000, reply: 9, part: 1 } }],
  [6_000, { input: { kind: 'heard', atMs: 6_000, reply: 9, part: 1, text: 'I will call you --> at', cut: true } }],
  [6_500, { input: { kind: 'gone', atMs: 6_500, why: 'the caller hung up' } }],
  [0, started('2026-11-27T12:01:00.000Z')],
  [200, { input: { kind: 'reply-sounding', atMs: 200, reply: 21, part: 0 } }],
  [700, { input: { kind: 'heard', atMs: 700, reply: 21, part: 0, text: 'You are back.', cut: false } }],
]

function started(wallTime: string): Line {
  const about = { callId: CALL_ID, agent: 'Robin', channel: 'phone', language: 'en', policy: POLICY }
  return { started: { kind: 'call-started', ...about, wallTime, turn } }
}

function answering(id: number, text: string, firstVoicedMs: number, lastVoicedMs: number): Line {
  const to = { ...emptyUtterance(firstVoicedMs), finalWords: text, lastVoicedMs }
  const content = { kind: 'answer', to } as const
  const reply = {
    ...{ id, content, sounding: false, heard: '', acted: false, running: 0 },
    afterwards: 'listen',
  } as const
  return { decided: { kind: 'turn', turn: { context: turn.context, kind: 'replying', reply, deadAir: undefined } } }
}

const lines: readonly JournalLine[] = CONTENT.map(([atMs, line], index) => ({
  ...{ v: JOURNAL_VERSION, seq: index + 1, atMs },
  ...line,
}))

export const WAV: Uint8Array = Uint8Array.from({ length: 5_000 }, (_, index) => index % 251)

export const oneCall = (): MemoryCall => ({
  summary: {
    ...{ callId: CALL_ID, agent: 'Robin', channel: 'phone', startedAt: '2026-11-27T12:00:00.000Z', lengthMs: 60_700 },
    direction: 'inbound',
    ...{ outcome: 'hung-up', turns: 1, latencyP50Ms: 900, latencyP95Ms: 1_200, interruptions: 1, errors: 0 },
    ...{ costUsd: 0.02, mos: 4.2, lossPercent: 0.4, jitterMs: 6, tags: ['milk'], caller: CALLER },
  },
  lines,
  audio: new Map([[1, WAV]]),
  cost: {
    usd: 0.02,
    parts: [{ what: 'language model, input', vendor: 'OpenAI', amount: 900, unit: 'token', usd: 0.02 }],
    pricesOf: '2026-11-01',
    wasted: { draftsUsd: 0.001, unheardUsd: 0 },
  },
})
