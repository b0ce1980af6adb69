import { afterAll, beforeAll, expect, test } from 'vitest'
import { restore } from '../../../src/conversation/restore.ts'
import { costOf } from '../../../src/costs/cost.ts'
import { pricesFor } from '../../../src/costs/prices.ts'
import { english } from '../../../src/languages/english.ts'
import { languageOf } from '../../../src/languages/languages.ts'
import { replayExactly } from '../../../src/replay/exact.ts'
import { loadNamedFixture, type Script } from '../../../src/sandbox/caller/fixture.ts'
import { openWholeCalls, type WholeCall, type WholeCalls } from '../whole-calls.ts'

const TRANSFER_NUMBER = '+15557654321'
const PRICES = pricesFor({ speechToText: 'nova-3', model: 'gpt-4o-mini', sight: 'gemini-2.5-flash' })
const FAREWELL = 'I am sorry, I have to end this call here.'

const asked: string[] = []
let all: WholeCalls
let first: WholeCall
let second: WholeCall
let operator: WholeCall

/** Presses 0 as soon as the agent speaks. */
const pressing = (script: Script): Script => ({
  ...script,
  utterances: [{ kind: 'keys', press: '0', cue: { after: 'agent-started', ms: 300 } }],
})

beforeAll(async () => {
  const env = { BUDGET_CALLER_DAY_USD: '0.036', TRANSFER_NUMBER, RECORDING: 'off' }
  all = await openWholeCalls({ env, onAsked: body => void asked.push(body) })
  const [long, short] = [await loadNamedFixture('bench'), await loadNamedFixture('plain')]
  const ring = (script: Script, seed: number): Promise<WholeCall> =>
    all.passing(all.ring({ ...script, from: long.from }, { seed }))
  first = await ring(long, 1)
  second = await ring(short, 2)
  operator = await ring(pressing(short), 3)
})
afterAll(() => all.close())

const budgetsIn = ({ lines }: WholeCall) =>
  lines.flatMap(line => ('input' in line && line.input.kind === 'budget' ? [line.input] : []))
const usdOf = ({ lines }: WholeCall): number => costOf(lines, PRICES, 'phone').usd
const askedIn = ({ lines }: WholeCall): number =>
  lines.filter(line => 'decided' in line && line.decided.kind === 'model-asked').length

test("a call that comes to the end of its caller's day is ended with words, after what was being said", () => {
  expect(budgetsIn(first)).toMatchObject([
    { left: 'little', of: 'caller' },
    { left: 'none', of: 'caller' },
  ])
  expect(first.transcript.trim().split('\n').at(-1)).toContain(FAREWELL)
  expect(restore(first.lines, english).turn).toMatchObject({ kind: 'ended', next: 'hang-up' })
  // No answer was cut for it.
  expect(first.lines.some(line => 'input' in line && line.input.kind === 'heard' && line.input.cut)).toBe(false)
  expect(usdOf(first)).toBeLessThan(0.05)
})

test('the model is told to be brief from then on, and not before', () => {
  const prompts = asked.filter(body => body.includes('"messages"'))
  const isBrief = prompts.map(body => body.includes('Answer in one short sentence'))
  expect(isBrief[0]).toBe(false)
  expect(isBrief.at(-1)).toBe(true)
  expect(isBrief).toEqual(isBrief.toSorted((one, other) => Number(one) - Number(other)))
})

test('the next call of the same caller is told so at once, asks no model, and costs little more than its minute of line', () => {
  expect(second.transcript).toContain(FAREWELL)
  expect(askedIn(second)).toBe(0)
  expect(usdOf(second)).toBeGreaterThan(0.0129)
  expect(usdOf(second)).toBeLessThan(0.015)
})

test('who presses 0 then is put through to a person', () => {
  expect(
    operator.lines.some(
      line =>
        'decided' in line &&
        line.decided.kind === 'turn' &&
        line.decided.turn.kind === 'ended' &&
        line.decided.turn.next === 'transfer',
    ),
  ).toBe(true)
})

test('the calls replay exactly', () => {
  for (const { lines } of [first, second, operator])
    expect(replayExactly(lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
})
