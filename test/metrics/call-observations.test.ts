import { expect, test } from 'vitest'
import type { Line, Usage } from '../../src/conversation/lines.ts'
import { STOPPED } from '../../src/conversation/reply/tool-run.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import type { TurnEvent } from '../../src/conversation/turn/turn.ts'
import { costOf } from '../../src/costs/cost.ts'
import { wasteOf } from '../../src/costs/waste.ts'
import { failureReasonOf } from '../../src/metrics/failure-reason.ts'
import { POLICY } from '../fakes/call.ts'
import { CALL, linesOf, observed, placed } from './observed.ts'

const used = (atMs: number, usage: Usage): Line & { readonly atMs: number } => ({ atMs, used: usage })
const GREETING = begin(POLICY, 0)
/** An answer that is being made. */
const ANSWERING = linesOf(GREETING, [
  { kind: 'reply-done', reply: 3, atMs: 1_000 },
  { kind: 'speech-start', firstVoicedMs: 2_000, atMs: 2_020 },
  { kind: 'words', text: 'what is there to eat', final: true, ended: true, atMs: 2_600 },
  { kind: 'digit', digit: '#', atMs: 2_700 },
])
const answering = ANSWERING.flatMap(line =>
  'decided' in line && line.decided.kind === 'turn' ? [line.decided.turn] : [],
).at(-1)

const tool = (id: string, name: string): Line => ({
  input: { kind: 'tool-called', reply: 1, part: 0, call: { id, name, arguments: '{}' }, atMs: 0 },
})
const result = (callId: string, text: string): Line => ({
  input: { kind: 'tool-result', reply: 1, part: 0, callId, result: text, atMs: 0 },
})

test.each([
  ['done', [tool('a', 'book'), result('a', 'Booked.')]],
  ['failed', [tool('a', 'book'), { noted: { kind: 'tool-failed', tool: 'book', why: 'x' } }, result('a', 'sorry')]],
  [
    'refused',
    [tool('a', 'book'), { decided: { kind: 'tool-refused', reply: 1, call: 'a', why: 'x' } }, result('a', 'no')],
  ],
  ['refused', [tool('a', 'book'), result('a', 'Not done: too many calls at once.')]],
  ['stopped', [tool('a', 'book'), result('a', STOPPED)]],
] as const)('a tool call is %s', (outcome, lines: readonly Line[]) => {
  expect(observed(placed(lines), CALL, 'tool_calls_total')).toEqual({ [`tool_calls_total{book,${outcome}}`]: 1 })
})

test('a failure is counted by provider and reason, and whether the call went on by itself', () => {
  if (answering?.kind !== 'replying') throw new Error('there is no answer')
  const why = 'OpenAI: nothing came for 3000 ms'
  const failing: TurnEvent = {
    ...{ kind: 'reply-failed', reply: answering.reply.id, provider: 'OpenAI', why, atMs: 3_000 },
  }
  const survived = linesOf(answering, [failing])
  expect(observed(survived, CALL, 'provider_failures_total')).toEqual({
    'provider_failures_total{llm,openai,timeout}': 1,
  })
  expect(observed(survived, CALL, 'provider_failovers_total')).toEqual({ 'provider_failovers_total{llm,openai}': 1 })
  const again = linesOf({ ...answering, context: { ...answering.context, failures: 1 } }, [failing])
  expect(observed(again, CALL, 'provider_failures_total')).toEqual({ 'provider_failures_total{llm,openai,timeout}': 1 })
  expect(observed(again, CALL, 'provider_failovers_total')).toEqual({})
})

test('a draft that fails is made again, and the caller notices nothing', () => {
  const pausing = linesOf(GREETING, [
    { kind: 'reply-done', reply: 3, atMs: 1_000 },
    { kind: 'speech-start', firstVoicedMs: 2_000, atMs: 2_020 },
    { kind: 'words', text: 'what is there to eat', final: true, ended: false, atMs: 2_600 },
    { kind: 'speech-end', lastVoicedMs: 2_700, atMs: 2_900 },
  ])
  const turn = pausing
    .flatMap(line => ('decided' in line && line.decided.kind === 'turn' ? [line.decided.turn] : []))
    .at(-1)
  if (turn?.kind !== 'settling' || answering?.kind !== 'replying') throw new Error('the caller does not pause')
  const draft = { ...answering.reply, id: 77 }
  const why = 'OpenAI: 503 overloaded'
  const failing: TurnEvent = { kind: 'reply-failed', reply: 77, provider: 'OpenAI', why, atMs: 3_000 }
  const lines = linesOf({ ...turn, draft }, [failing])
  expect(observed(lines, CALL, 'provider_failures_total')).toEqual({
    'provider_failures_total{llm,openai,server-error}': 1,
  })
  expect(observed(lines, CALL, 'provider_failovers_total')).toEqual({ 'provider_failovers_total{llm,openai}': 1 })
})

test('speech-to-text that fails is opened again, until the call is given up', () => {
  const failing = (session: number): TurnEvent => ({
    ...{ kind: 'stt-failed', session, why: 'Deepgram: closed', retryable: true, atMs: session },
  })
  const lines = linesOf(GREETING, [failing(1), failing(4), failing(5)])
  expect(observed(lines, CALL, 'provider_failures_total')).toEqual({
    'provider_failures_total{stt,deepgram,connection}': 3,
  })
  expect(observed(lines, CALL, 'provider_failovers_total')).toEqual({ 'provider_failovers_total{stt,deepgram}': 2 })
})

test('a call that this machine hears has its figures and failures under its own name', () => {
  const heardHere = { noted: { kind: 'heard-by', by: 'local' } }
  const failing: TurnEvent = {
    ...{ kind: 'stt-failed', session: 1, why: 'ProviderError: Local ears: no', retryable: true, atMs: 1 },
  }
  const failed = linesOf(GREETING, [failing])
  expect(observed([...placed([heardHere]), ...failed], CALL, 'provider_failures_total')).toEqual({
    'provider_failures_total{stt,local-ears,other}': 1,
  })
  const lines = placed([
    heardHere,
    { atMs: 900, input: { kind: 'speech-end', lastVoicedMs: 700, atMs: 900 } },
    { atMs: 950, input: { kind: 'words', text: 'thanks', final: true, ended: true, atMs: 950 } },
    { atMs: 960, input: { kind: 'reply-failed', reply: 7, provider: 'Local voice', why: 'took too long', atMs: 960 } },
  ])
  expect(observed(lines, CALL, 'provider_seconds')).toEqual({ 'provider_seconds{stt,local-ears,moonshine-tiny}': 0.25 })
  expect(observed(lines, CALL, 'provider_failures_total')).toEqual({
    'provider_failures_total{tts,local-voice,timeout}': 1,
  })
})

test('an answer of which nothing comes is dead air', () => {
  if (answering?.kind !== 'replying' || !answering.deadAir) throw new Error('there is no answer')
  const over: TurnEvent = { kind: 'wait-over', wait: answering.deadAir.id, atMs: 7_000 }
  expect(observed([...ANSWERING, ...linesOf(answering, [over])], CALL, 'provider_failures_total')).toEqual({
    'provider_failures_total{other,partyline,dead-air}': 1,
  })
})

test.each([
  ['OpenAI: 429 Rate limit reached for +15551234567', 'rate-limited'],
  ['OpenAI: 401 Incorrect API key', 'refused'],
  ['Cartesia: refused with 503', 'server-error'],
  ['OpenAI: 400 Unsupported value', 'bad-request'],
  ['opening the session took longer than 5000 ms', 'timeout'],
  ['Deepgram: no message for 10000 ms', 'timeout'],
  ['Cartesia: the speech broke off', 'broken-answer'],
  ['the voice made no sound', 'empty'],
  ['OpenAI: fetch failed: connect ECONNREFUSED 10.0.0.1:443', 'connection'],
  ['Cartesia: closed with 1006', 'connection'],
  ['ended by themselves', 'connection'],
  ['something that nobody thought of', 'other'],
])('%s is %s', (why, reason) => {
  expect(failureReasonOf(why)).toBe(reason)
})

test('streams of a call together cost what the call costs', () => {
  const first = placed([
    used(10, { kind: 'stt-seconds', seconds: 20 }),
    used(40_000, { kind: 'carrier-seconds', seconds: 40 }),
  ])
  const second = placed([
    used(10, { kind: 'tokens', input: 900, cached: 100, output: 50 }),
    { atMs: 12, noted: { kind: 'screen-look', width: 1_280, height: 720, text: 'A form.', tookMs: 900 } },
    used(15_000, { kind: 'tts-characters', characters: 300 }),
    used(15_000, { kind: 'carrier-seconds', seconds: 15 }),
  ])
  const sum = (costs: Readonly<Record<string, number>>): number =>
    Object.values(costs).reduce((all, usd) => all + usd, 0)
  const told =
    sum(observed(first, CALL, 'cost_usd_total')) + sum(observed(second, { ...CALL, before: first }, 'cost_usd_total'))
  expect(told).toBeCloseTo(costOf([...first, ...second], CALL.prices, 'phone').usd, 9)
})

test('speech that nobody heard is told apart from drafts, and neither is counted twice', () => {
  const heard = (part: number, text: string): Line => ({
    input: { kind: 'heard', reply: 1, part, text, cut: false, atMs: 0 },
  })
  const lines = placed([
    heard(0, 'One moment.'),
    heard(1, 'We have'),
    used(1, { kind: 'tts-characters', reply: 1, characters: 118 }),
    used(2, { kind: 'tokens', reply: 2, input: 100, cached: 0, output: 10 }),
    // Two voices: the first one failed.
    used(2, { kind: 'tts-characters', reply: 2, characters: 30 }),
    used(2, { kind: 'tts-characters', reply: 2, characters: 10 }),
    used(2, { kind: 'draft-wasted', reply: 2, tokens: 10, characters: 40 }),
    used(3, { kind: 'carrier-seconds', seconds: 1 }),
  ])
  const { 'cost_wasted_usd_total{draft}': draft, 'cost_wasted_usd_total{unheard}': unheard } = observed(lines)
  const waste = wasteOf(lines, CALL.prices)
  expect(unheard).toBeCloseTo(waste.unheardUsd, 12)
  expect(draft).toBeCloseTo(waste.draftsUsd, 12)
  const { voice } = CALL.prices
  expect(unheard).toBeCloseTo((100 * (voice?.usd ?? 0)) / (voice?.per ?? 1), 12)
  expect(unheard).toBeGreaterThan(0)
})

test('a request takes until its first result, and later ones count no more', () => {
  const at = (atMs: number, line: Line): Line & { readonly atMs: number } => ({ ...line, atMs })
  const place = { reply: 7, part: 1 }
  const lines = placed([
    at(100, { decided: { kind: 'model-asked', ...place, messages: 3 } }),
    at(350, { input: { kind: 'delta', ...place, text: 'We ' } }),
    at(400, { input: { kind: 'delta', ...place, text: 'have.' } }),
    at(400, { decided: { kind: 'clause', ...place, text: 'We have.' } }),
    at(480, { input: { kind: 'speech', ...place, samples: 160 } }),
    at(500, { input: { kind: 'speech', ...place, samples: 160 } }),
    at(900, { input: { kind: 'speech-end', lastVoicedMs: 700, atMs: 900 } }),
    at(950, { input: { kind: 'words', text: 'thanks', final: true, ended: true, atMs: 950 } }),
  ])
  expect(observed(lines, CALL, 'provider_seconds')).toEqual({
    'provider_seconds{llm,openai,gpt-4o-mini}': 0.25,
    'provider_seconds{tts,cartesia,sonic-3}': 0.08,
    'provider_seconds{stt,deepgram,nova-3}': 0.25,
  })
})

test('the figures of a line are those that its note tells', () => {
  const lines = placed([
    { noted: { kind: 'line-quality', leg: 'caller', lossPercent: 2, jitterMs: 12, mos: 4.1 } },
    { noted: { kind: 'line-quality', leg: 'agent', lossPercent: 9, mos: null } },
    { noted: { kind: 'lines-lost', lines: 4 } },
  ])
  expect(observed(lines)).toEqual({
    'quality_mos{caller}': 4.1,
    'line_loss_ratio{phone}': 0.02,
    'line_jitter_seconds{phone}': 0.012,
    'records_lost_total{lines}': 4,
  })
})
