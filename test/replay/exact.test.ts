import { expect, test } from 'vitest'
import type { JournalLine, Line } from '../../src/conversation/lines.ts'
import { restore } from '../../src/conversation/restore.ts'
import { advance } from '../../src/conversation/state.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import { english } from '../../src/languages/english.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import { onTheLine, POLICY } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'
import { differing, digitsCount, replaysOf, SEEDS_AT_ONCE } from './simulated-calls.ts'

const rules = { languageOf }
const simulated = replaysOf(1, SEEDS_AT_ONCE)

/** A call with a tool, a barge-in, and a reply of several clauses. */
async function aCall(): Promise<readonly JournalLine[]> {
  let lines: readonly JournalLine[] = []
  await onTheLine({}, async call => {
    call.tools.add('look_up', false, async () => 'Seven is free.')
    call.model.scripts.push(
      ['I will look. ', { tool: toolCall('look_up') }],
      ['Seven is free. ', 'Shall I ', 'book it for you?'],
    )
    await call.greeted()
    await call.callerSays('is there a table at seven')
    await call.until('listening')
    call.model.scripts.push(['We open at nine in the morning, and close at ten in the evening. Ask me anything else.'])
    await call.callerSays('when do you open on a Friday')
    await call.until('replying')
    await call.pass(2_500)
    await call.callerSays('stop I meant Saturday')
    await call.until('listening')
    lines = call.journal.lines
  })
  return lines
}

/** The same lines with one of them otherwise. */
const changed = (lines: readonly JournalLine[], seq: number, line: Line): readonly JournalLine[] =>
  lines.map(other => (other.seq === seq ? { v: other.v, seq, atMs: other.atMs, ...line } : other))

const without = (lines: readonly JournalLine[], seq: number): readonly JournalLine[] =>
  lines.filter(line => line.seq !== seq).map((line, index) => ({ ...line, seq: index + 1 }))

const decisionIn = (lines: readonly JournalLine[], kind: string) => {
  const line = lines.find(some => 'decided' in some && some.decided.kind === kind)
  if (!line || !('decided' in line)) throw new Error(`no ${kind} was decided`)
  return line
}

test(`${SEEDS_AT_ONCE} simulated calls come out as they were recorded, decision by decision`, async () => {
  const { reports } = await simulated
  expect(reports.flatMap(({ callId, differences }) => (differences.length > 0 ? [callId] : []))).toEqual([])
  for (const { decisions, notes } of reports) {
    expect(decisions).toBeGreaterThan(0)
    expect(notes).toEqual([])
  }
})

test('a changed rule makes those calls differ that meet it, and no others', async () => {
  const { calls } = await simulated
  const meeting = calls.filter(digitsCount).map(({ callId }) => callId)
  expect(meeting.length).toBeGreaterThan(0)
  expect(meeting.length).toBeLessThan(SEEDS_AT_ONCE)
  expect(differing(calls)).toEqual(meeting)
})

test('every kind of decision is compared', async () => {
  const lines = await aCall()
  const { decisions, differences } = replayExactly(lines, rules)
  expect(differences).toEqual([])
  expect(decisions).toBe(lines.filter(line => 'decided' in line).length)
  for (const kind of ['turn', 'clause', 'model-asked']) expect(decisionIn(lines, kind)).toBeDefined()
})

test('a clause that is cut elsewhere now is a difference', async () => {
  const lines = await aCall()
  const { seq, atMs, decided } = decisionIn(lines, 'clause')
  const recorded = { ...decided, text: 'I will' } as typeof decided
  const report = replayExactly(changed(lines, seq, { decided: recorded }), rules)
  expect(report.differences).toEqual([{ seq, atMs, recorded, now: decided }])
})

test('a request with another number of messages is a difference', async () => {
  const lines = await aCall()
  const { seq, decided } = decisionIn(lines, 'model-asked')
  const recorded = { ...decided, messages: 40 } as typeof decided
  const report = replayExactly(changed(lines, seq, { decided: recorded }), rules)
  expect(report.differences).toMatchObject([{ seq, recorded: { messages: 40 }, now: { messages: 2 } }])
})

test.each(['turn', 'clause'])('a %s that is decided now and was not then is a difference', async kind => {
  const lines = await aCall()
  const { seq, decided } = decisionIn(lines, kind)
  const { differences } = replayExactly(without(lines, seq), rules)
  expect(differences[0]).toMatchObject({ recorded: undefined, now: JSON.parse(JSON.stringify(decided)) })
})

test('a journal that a crash cut off is no difference, wherever it ends', async () => {
  const lines = await aCall()
  for (let length = 1; length <= lines.length; length++)
    expect(replayExactly(lines.slice(0, length), rules).differences).toEqual([])
})

test('after lost lines nothing is compared, and the report says so', async () => {
  const lines = await aCall()
  const { differences, notes, decisions } = replayExactly([...lines.slice(0, 20), ...lines.slice(30)], rules)
  expect(differences).toEqual([])
  expect(notes).toEqual([expect.stringMatching(/^10 lines were lost after line 20/)])
  expect(decisions).toBe(lines.slice(0, 20).filter(line => 'decided' in line).length)
})

test('an older journal, which does not tell where an answer ends, replays too', async () => {
  const lines = await aCall()
  const older = lines
    .filter(line => !('input' in line && line.input.kind === 'model-answered'))
    .map((line, index) => ({ ...line, seq: index + 1 }))
  expect(replayExactly(older, rules).differences).toEqual([])
})

test('a call that comes back goes on with the history that its server had', async () => {
  const first = await aCall()
  const { turn, history } = restore(first, english)
  const state = { turn: begin(POLICY, 0, 'back', turn.context.ids), history }
  let lines: readonly JournalLine[] = []
  await onTheLine({ earlier: first, state }, async call => {
    await call.greeted()
    await call.callerSays('are you there')
    await call.until('listening')
    lines = call.journal.lines
  })
  const { differences, notes, lengthMs } = replayExactly(lines, rules)
  expect({ differences, notes }).toEqual({ differences: [], notes: [] })
  expect(lengthMs).toBe((first.at(-1)?.atMs ?? 0) + (lines.at(-1)?.atMs ?? 0))

  // Its server had lost the last lines, as the store had.
  const went = (afterSeq: number) =>
    lines.map(line => ('started' in line && line.seq > 1 ? { ...line, started: { ...line.started, afterSeq } } : line))
  expect(replayExactly(went(0), rules).differences[0]?.recorded).toMatchObject({ kind: 'model-asked' })

  // The first attempt was at another server: what was said there is not known.
  const alone = replayExactly(lines.slice(first.length), rules)
  expect(alone.differences).toEqual([])
  expect(alone.notes).toEqual([expect.stringContaining('what was said before is not in this journal')])
})

test('what cannot be replayed is refused in words', async () => {
  const lines = await aCall()
  const [start, ...rest] = lines
  if (!start || !('started' in start)) throw new Error('no start')
  expect(() => replayExactly([], rules)).toThrow('the journal has no start of a call')
  expect(() => replayExactly(rest, rules)).toThrow('journal line 2 comes before the start of the call')
  expect(() => replayExactly([start, start], rules)).toThrow(
    'journal line 1 comes after line 1: the lines are out of order',
  )
  expect(() => replayExactly([{ ...start, v: 1 as 2 }], rules)).toThrow(
    'journal line 1 is of version 1; this server reads version 2',
  )
  const foreign = { ...start, started: { ...start.started, language: 'tlh' } }
  expect(() => replayExactly([foreign], rules)).toThrow('the call was held in "tlh"; this server knows "en"')
})

test('another way to take an event is used where it is given', async () => {
  const lines = await aCall()
  const deaf: typeof advance = (state, event, by) => (event.kind === 'speech-start' ? state : advance(state, event, by))
  expect(replayExactly(lines, { languageOf: () => english, advance: deaf }).differences.length).toBeGreaterThan(0)
})
