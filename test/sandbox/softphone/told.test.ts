import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JournalLine, Line } from '../../../src/conversation/lines.ts'
import type { Turn } from '../../../src/conversation/turn/turn.ts'
import { emptyUtterance } from '../../../src/conversation/turn/utterance.ts'
import { readJournal } from '../../../src/journal/outcome.ts'
import { FIXTURES_DIR } from '../../../src/sandbox/caller/fixture.ts'
import type { Told } from '../../../src/sandbox/softphone/messages.ts'
import { type ToldAt, ToldCall } from '../../../src/sandbox/softphone/told.ts'

async function toldOf(name: string): Promise<readonly ToldAt[]> {
  const call = new ToldCall()
  return (await readJournal(join(FIXTURES_DIR, name, 'journal.jsonl'))).flatMap(line => call.take(line))
}
/** One line each: what is told, without the words on the way. */
const storyOf = (all: readonly ToldAt[]): readonly string[] => all.map(lineOf).filter(line => line !== undefined)

function lineOf({ told }: ToldAt): string | undefined {
  switch (told.kind) {
    case 'interim':
    case 'speaking':
      return undefined
    case 'caller':
      return `caller: ${told.text}`
    case 'agent':
      return `agent: ${told.text}${told.interrupted ? ' —' : ''}`
    case 'turn':
      return `${told.state}: ${told.why}`
    case 'overlap':
      return `${told.judged}: ${told.words}`
    case 'tool':
      return `${told.name} → ${told.result}`
    case 'trouble':
      return `! ${told.what}`
    case 'ended':
      return `ended: ${told.why}`
  }
}

test('a call with an interruption is told as it went: words, whose turn it is and why, and what the sound was taken for', async () => {
  const all = await toldOf('recorded-talks-over')
  expect(storyOf(all).slice(0, 18)).toEqual([
    'replying: The agent says the greeting.',
    'agent: Hello, this is the Partyline. How can I help you?',
    'listening: The agent was heard to its end.',
    'hearing: The caller speaks.',
    'settling: It waits 0.5 s from the last sound: the words sound complete.',
    'caller: Can you tell me about the restaurant?',
    'replying: The wait is over: the words sound complete. Its answer was begun meanwhile.',
    'yielding: A sound over the agent: it waits for words.',
    'yielding: A voice without words so far: the agent is silent.',
    'interruption: Actually',
    'hearing: The caller interrupts the agent.',
    'agent: Gladly. My grandmother —',
    'settling: It waits 0.5 s from the last sound: the words sound complete.',
    'caller: Actually, wait. Book a table for two on Friday instead.',
    'replying: The wait is over: the words sound complete. Its answer was begun meanwhile.',
    'book → Booked: table for two, Friday.',
    'agent: That is booked: table for two, Friday. Is there anything else?',
    'listening: The agent was heard to its end.',
  ])
  expect(storyOf(all).slice(-2)).toEqual([
    'ended: the agent has said goodbye',
    'ended: The call is over: the agent has said goodbye.',
  ])
  expect(all.map(({ atMs }) => atMs)).toEqual(all.map(({ atMs }) => atMs).toSorted((a, b) => a - b))
})

test('words come as they are understood and as they are heard, each time all of them, and are replaced by the whole', async () => {
  const all = (await toldOf('recorded-thinks-aloud')).map(({ told }) => told)
  const before = (kind: Told['kind'], index: number): readonly Told[] =>
    all.slice(0, index).filter(told => told.kind === kind)
  const caller = all.findIndex(told => told.kind === 'caller')
  expect(before('interim', caller).at(-1)).toEqual({
    kind: 'interim',
    text: "I'd like to book a table for, um, let me think four people on Friday at seven.",
  })
  const agent = all.findIndex(told => told.kind === 'agent')
  expect(before('speaking', agent).at(-1)).toMatchObject({ text: 'Hello, this is the Partyline. How can I help you?' })
  // The next turn begins with nothing of this one.
  expect(all.slice(caller).find(told => told.kind === 'interim')).toEqual({ kind: 'interim', text: 'Thank' })
})

test('a caller who thinks aloud is waited for, and that is told', async () => {
  expect(storyOf(await toldOf('recorded-thinks-aloud'))).toEqual(
    expect.arrayContaining([
      'settling: It waits 3 s from the last sound: the words trail off.',
      'hearing: The caller goes on.',
    ]),
  )
})

test('an answer has its latency with the parts that make it up', async () => {
  const answers = (await toldOf('recorded-tasks')).flatMap(({ told }) =>
    told.kind === 'agent' && told.latency ? [told.latency] : [],
  )
  expect(answers.length).toBeGreaterThan(5)
  for (const { turnEndMs, firstTokenMs, firstAudioMs, totalMs } of answers)
    expect(turnEndMs + firstTokenMs + firstAudioMs).toBeLessThanOrEqual(totalMs + 1)
})

const WALL = '2025-01-15T09:00:00.000Z'
const CONTEXT = { ids: 1, spoken: { text: '', atMs: 0 }, echoes: false } as Turn['context']
const WAIT = { id: 9, dueMs: 9_000, why: 'barge-in' }
const reply = {
  id: 2,
  content: { kind: 'phrase', phrase: 'still-there' },
  heard: 'the report is due on Friday',
  afterwards: 'listen',
}
const turnOf = (kind: Turn['kind'], more: object = {}): Turn => ({ kind, context: CONTEXT, ...more }) as Turn
const yielding = (words: string): Turn =>
  turnOf('yielding', { reply, utterance: { ...emptyUtterance(1_000), finalWords: words }, judging: WAIT })
const replying = turnOf('replying', { reply })

/** What is told of these lines, beside the turns. */
function told(...lines: readonly Line[]): readonly Told[] {
  const call = new ToldCall()
  const started: Line = {
    started: {
      kind: 'call-started',
      callId: 'CA1',
      agent: 'x',
      channel: 'phone',
      language: 'en',
      wallTime: WALL,
      turn: replying,
    } as never,
  }
  return [started, ...lines]
    .flatMap((line, i) => call.take({ ...line, v: 2, seq: i + 1, atMs: i * 100 } as JournalLine))
    .map(one => one.told)
    .filter(({ kind }) => kind !== 'turn')
}
const decided = (turn: Turn): Line => ({ decided: { kind: 'turn', turn } })
const waitOver = (own?: number): Line => ({
  input: { kind: 'wait-over', atMs: 1, wait: 9, ...(own !== undefined && { own }) },
})
const words = (text: string, final = true): Line => ({ input: { kind: 'words', atMs: 1, text, final, ended: false } })

test.each([
  ['mm-hm', undefined, replying, 'back-channel'],
  ['report is due', undefined, replying, 'echo'],
  ['', 0.8, replying, 'echo'],
  ['', 0.1, replying, 'no-words'],
  ['stop', undefined, turnOf('hearing', { utterance: { ...emptyUtterance(1), finalWords: 'stop' } }), 'interruption'],
  ['and', undefined, turnOf('listening'), 'too-late'],
])('%j over the agent: %#', (said, own, after, judged) => {
  expect(told(decided(yielding(said)), waitOver(own), decided(after))).toEqual([
    { kind: 'overlap', judged, words: said },
  ])
})

test('words that were answered already are not told again when they become final', () => {
  const to = { ...emptyUtterance(0), late: 'what is due today' }
  const answering = turnOf('replying', { reply: { ...reply, id: 3, content: { kind: 'answer', to } } })
  expect(
    told(
      decided(turnOf('hearing', { utterance: emptyUtterance(0) })),
      words('what is due today', false),
      decided(answering),
      words('What is due today?'),
    ),
  ).toEqual([
    { kind: 'interim', text: 'what is due today' },
    { kind: 'caller', text: 'what is due today' },
  ])
})

test('a call that goes on after a transfer keeps its time', () => {
  const call = new ToldCall()
  const begin = (wallTime: string, seq: number): JournalLine =>
    ({
      v: 2,
      seq,
      atMs: 0,
      started: { kind: 'call-started', language: 'en', wallTime, turn: turnOf('listening') },
    }) as never
  call.take(begin(WALL, 1))
  const later = call.take({ ...begin('2025-01-15T09:01:00.000Z', 2), atMs: 10 })
  expect(later).toEqual([])
  const failed = {
    v: 2,
    seq: 3,
    atMs: 20,
    input: { kind: 'stt-failed', atMs: 20, session: 1, why: 'away', retryable: true },
  }
  expect(call.take(failed as JournalLine)).toEqual([
    { atMs: 60_020, told: { kind: 'trouble', what: 'speech-to-text failed: away' } },
  ])
})
