import { expect, test } from 'vitest'
import type { JournalLine } from '../../src/conversation/lines.ts'
import type { Phrase, Turn } from '../../src/conversation/turn/turn.ts'
import { pricesFor } from '../../src/costs/prices.ts'
import { english } from '../../src/languages/english.ts'
import { summaryOf } from '../../src/records/summary.ts'
import { onTheLine } from '../fakes/call.ts'

const PRICES = pricesFor({ speechToText: 'nova-3', model: 'gpt-4o-mini', sight: 'gemini-2.5-flash' })
const told = (lines: readonly JournalLine[]) => summaryOf(lines, english, PRICES)

/** A call of two turns that is still going on. */
async function journal(): Promise<readonly JournalLine[]> {
  const lines: JournalLine[] = []
  await onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('what is next')
    await call.until('replying')
    await call.until('listening')
    lines.push(...call.journal.lines)
  })
  return lines
}

test('a call is summed up: its turns, its answers, how quick they were, and all words', async () => {
  const lines = await journal()
  const found = told(lines)
  expect(found?.summary).toMatchObject({ agent: 'Paula', turns: 1, interruptions: 0, errors: 0, outcome: 'killed' })
  expect(found?.summary.latencyP50Ms).toBeGreaterThan(500)
  expect(found?.summary.latencyP95Ms).toBe(found?.summary.latencyP50Ms)
  expect(found?.summary.lengthMs).toBe(Math.round(lines.at(-1)?.atMs ?? 0))
  expect(found?.words).toBe('Hello, this is Paula.\nwhat is next\nOkay.')
  expect(found?.isCut).toBe(true)
})

test('who has made a call is told', async () => {
  const lines = await journal()
  const rung: JournalLine = { v: 2, seq: 0, atMs: 0, noted: { kind: 'rung-by-us', ring: 'r1' } }
  expect([told(lines)?.summary.direction, told([rung, ...lines])?.summary.direction]).toEqual(['inbound', 'outbound'])
})

test('journals that hold no call say nothing of one', () => {
  expect(told([])).toBeUndefined()
  expect(told([{ v: 2, seq: 1, atMs: 0, noted: { kind: 'odd' } }])).toBeUndefined()
})

test.each([
  ['hang-up', 'the caller hung up', undefined, 'hung-up'],
  ['hang-up', 'agent', 'goodbye', 'goodbye'],
  ['hang-up', 'agent', 'give-up', 'failed'],
  ['hang-up', 'the PIN was wrong', undefined, 'goodbye'],
  ['goodbye', 'the server stops', undefined, 'goodbye'],
  ['transfer', 'agent', 'transfer', 'transferred'],
  ['unavailable', 'the line closed', undefined, 'failed'],
] as const)('a call that ended with %s because of "%s" after the phrase %s: %s', async (next, why, said, outcome) => {
  const lines = await journal()
  const decide = (turn: object): JournalLine => ({
    ...{ v: 2, seq: 9_000, atMs: lines.at(-1)?.atMs ?? 0 },
    decided: { kind: 'turn', turn: { context: {}, ...turn } as Turn },
  })
  const saying = (phrase: Phrase) =>
    decide({ kind: 'replying', reply: { id: 99, content: { kind: 'phrase', phrase } } })
  const ended = decide({ kind: 'ended', next, why })
  expect(told([...lines, ...(said ? [saying(said)] : []), ended])?.summary.outcome).toBe(outcome)
})

test('the streams of a call that came back are one call; what failed in them is counted', async () => {
  const lines = await journal()
  const lastMs = lines.at(-1)?.atMs ?? 0
  const back: readonly JournalLine[] = [
    { v: 2, seq: 9_000, atMs: 10, noted: { kind: 'tool-failed', tool: 'a' } },
    { v: 2, seq: 9_001, atMs: 900, noted: { kind: 'lines-lost', lines: 3 } },
    { v: 2, seq: 9_002, atMs: 1_000, used: { kind: 'carrier-seconds', seconds: 1 } },
    { v: 2, seq: 9_003, atMs: 1_000, noted: { kind: 'frames-paced' } },
  ]
  const onThePhone = lines.map(line =>
    'started' in line ? { ...line, started: { ...line.started, channel: 'phone' } } : line,
  )
  const found = told([...onThePhone, ...back])
  expect(found?.summary.lengthMs).toBe(Math.round(lastMs + 1_000))
  expect(found?.summary.errors).toBe(2)
  expect(found?.isCut).toBe(false)
  // Two media streams of a begun minute each, and one line.
  expect(found?.summary.costUsd).toBeGreaterThanOrEqual(0.0085 + 2 * 0.004)
})

test('the line is as it was at its worst, of both legs and all streams; of what nobody measured nothing is known', async () => {
  const lines = await journal()
  expect(told(lines)?.summary).toMatchObject({ mos: null, lossPercent: null, jitterMs: null })
  const legs = [
    { leg: 'caller', mos: 4.1, lossPercent: 0.2, jitterMs: 12 },
    { leg: 'agent', mos: 4.41, lossPercent: 0, jitterMs: null },
    { leg: 'caller', mos: 3.7, lossPercent: 1.5, jitterMs: 3 },
    { leg: 'agent', mos: null, lossPercent: 0, jitterMs: null },
  ]
  const measured = legs.map(
    (leg, i): JournalLine => ({ v: 2, seq: 9_000 + i, atMs: 90_000, noted: { kind: 'line-quality', ...leg } }),
  )
  expect(told([...lines, ...measured])?.summary).toMatchObject({ mos: 3.7, lossPercent: 1.5, jitterMs: 12 })
  const agentOnly = told([...lines, ...measured.slice(1, 2)])?.summary
  expect(agentOnly).toMatchObject({ mos: 4.41, lossPercent: 0, jitterMs: null })
})
