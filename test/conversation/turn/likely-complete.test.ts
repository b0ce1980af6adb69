import { expect, test } from 'vitest'
import type { Transcript } from '../../../src/conversation/ports.ts'
import { begin, hearing } from '../../../src/conversation/turn/enter.ts'
import { likelyComplete } from '../../../src/conversation/turn/likely-complete.ts'
import { emptyUtterance } from '../../../src/conversation/turn/utterance.ts'
import { english } from '../../../src/languages/english.ts'
import { POLICY } from '../../fakes/call.ts'

const { context } = begin(POLICY, 0)
const words = (text: string, more: Partial<Transcript> = {}): Transcript => ({
  text,
  final: true,
  ended: false,
  ...more,
})

/** How likely these words are a whole turn, and what the judge was asked. */
function judged(
  of: Transcript,
  { said = '', asked = '', likely = 0.4, language = undefined as string | undefined } = {},
) {
  const asks: unknown[] = []
  const turn = hearing({ ...context, asked }, { ...emptyUtterance(0), finalWords: said }, undefined, 0)
  const turnEnd = {
    ...(language !== undefined && { language }),
    judge: (...given: unknown[]) => {
      asks.push(given)
      return likely
    },
  }
  return { ...likelyComplete(of, turn, { turnEnd, language: english, nowMs: 0 } as never), asks }
}

test('the judge hears all words of the turn, and what was asked before them', () => {
  expect(judged(words('and eggs'), { said: 'add milk', asked: 'What is missing?' })).toEqual({
    complete: 0.4,
    asks: [['add milk and eggs', 'What is missing?']],
  })
  expect(judged(words('hello')).asks).toEqual([['hello', undefined]])
})

test.each(['', ' ', '…', '♪'])(
  'words that are none (%j) are not judged, whatever the provider thinks of them',
  text => {
    expect(judged(words(text, { endOfTurn: 0.9 }), { said: 'add milk' })).toEqual({ asks: [] })
  },
)

test('a judge of another language is not asked, one of this language or of all is', () => {
  expect(judged(words('hello'), { language: 'de' })).toEqual({ asks: [] })
  expect(judged(words('hello'), { language: 'en' }).complete).toBe(0.4)
  expect(judged(words('hello', { endOfTurn: 0.7 }), { language: 'de' })).toEqual({ complete: 0.7, asks: [] })
})

test('where both judge it is the mean, in thousandths', () => {
  expect(judged(words('hello', { endOfTurn: 0.60001, final: false })).complete).toBe(0.5)
  expect(judged(words('hello', { endOfTurn: 0.12345, final: false }), { likely: 0 }).complete).toBe(0.062)
})

test('words that begin a turn are judged by themselves, and without any judge nothing is told', () => {
  const parts = { turnEnd: { judge: (said: string) => said.length / 10 }, language: english, nowMs: 0 }
  expect(likelyComplete(words('hello'), begin(POLICY, 0), parts as never)).toEqual({ complete: 0.5 })
  expect(likelyComplete(words('hello'), begin(POLICY, 0), { language: english, nowMs: 0 })).toEqual({})
})
