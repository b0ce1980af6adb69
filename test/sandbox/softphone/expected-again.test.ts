import { expect, test } from 'vitest'
import { type Done, expectedOf, placeOf, tasksExpected } from '../../../src/sandbox/softphone/expected-again.ts'
import type { HistoryTurn, JournalSide } from '../../../src/sandbox/softphone/journal-side.ts'

const turn = (startMs: number, endMs: number, text: string, keys = ''): HistoryTurn => ({ startMs, endMs, text, keys })
const speech = (startMs: number, endMs: number, understood: string, say = understood): Done => ({
  ...{ kind: 'speech', startMs, endMs, lastVoicedMs: endMs, wantsAnswer: say !== '', say, understood },
  sound: new Uint8Array(),
})
const keys = (startMs: number, press: string): Done => ({
  ...{ kind: 'keys', press, startMs, endMs: startMs, lastVoicedMs: startMs, wantsAnswer: true },
})

function expected(turns: readonly HistoryTurn[], done: readonly Done[]) {
  const journal: JournalSide = {
    ...{ agent: 'receptionist', turns, words: [], voice: [], keys: [], replies: [], toolsCalledMs: [] },
    ...{ tools: ['book'], bargeIns: 1, isFarewell: false, isWithheld: false },
  }
  const places = done.map(act => placeOf(act, journal))
  return { ...expectedOf(journal, done, places), places: places.map(({ kind }) => kind) }
}

test('the utterances of one turn are joined, as they were corrected', () => {
  const turns = [turn(1_000, 5_000, 'let me think four')]
  const done = [speech(1_050, 2_000, 'let me think', 'Let me think.'), speech(4_000, 5_020, 'four', 'For four.')]
  expect(expected(turns, done)).toMatchObject({
    callerTurns: ['Let me think. For four.'],
    tools: ['book'],
    bargeIns: 1,
  })
})

test('keys are told as the server tells them, behind the words of the same turn', () => {
  const turns = [turn(1_000, 3_000, 'my number pressed 4 2', 'pressed 4 2')]
  expect(expected(turns, [speech(1_000, 2_000, 'my number'), keys(2_500, '42#')]).callerTurns).toEqual([
    'my number pressed 4 2',
  ])
})

test('words that were understood and answered by nothing are an aside', () => {
  const { callerTurns, places } = expected(
    [turn(1_000, 2_000, 'hello')],
    [speech(1_000, 2_000, 'hello'), speech(4_000, 4_400, 'mm-hm')],
  )
  expect(callerTurns).toEqual(['hello'])
  expect(places).toEqual(['turn', 'aside'])
})

test('words that came late begin their turn when they come, and are no aside', () => {
  const turns = [turn(1_000, 2_000, 'hello'), turn(6_900, 6_900, 'No, wait, I meant Monday.')]
  const done = [
    speech(1_000, 2_000, 'hello'),
    speech(4_600, 6_200, 'no wait I meant Monday', 'No wait, I meant Monday!'),
  ]
  const { callerTurns, places } = expected(turns, done)
  expect(callerTurns).toEqual(['hello', 'No wait, I meant Monday!'])
  expect(places).toEqual(['turn', 'turn'])
})

test('words that the server never heard are a turn that it should have, in their place', () => {
  const turns = [turn(1_000, 2_000, 'hello'), turn(9_000, 9_900, 'goodbye')]
  const done = [speech(1_000, 2_000, 'hello'), speech(5_000, 5_300, '', 'Yes.'), speech(9_000, 9_900, 'goodbye')]
  expect(expected(turns, done).callerTurns).toEqual(['hello', 'Yes.', 'goodbye'])
})

test('a turn without a sound of its own keeps its words', () => {
  expect(expected([turn(1_000, 2_000, 'hello')], []).callerTurns).toEqual(['hello'])
})

test('titles are patterns by the letter; those that came of misheard words are not expected', () => {
  const tasks = [{ title: 'buy milk (2 l)?', status: 'pending' }]
  expect(tasksExpected(tasks, [speech(0, 1, 'Buy milk, 2 l')])).toEqual(['^pending: buy milk \\(2 l\\)\\?'])
  expect(tasksExpected(tasks, [speech(0, 1, 'by milk', 'buy milk')])).toEqual(['^pending: '])
})
