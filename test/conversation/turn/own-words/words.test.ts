import { expect, test } from 'vitest'
import { begin } from '../../../../src/conversation/turn/enter.ts'
import { withAllOwn, withoutOwnWords } from '../../../../src/conversation/turn/own-words.ts'
import type { TurnContext } from '../../../../src/conversation/turn/turn.ts'
import { POLICY } from '../../../fakes/call.ts'

const SPOKEN = 'Shall I book the table for Friday at seven?'

interface Told {
  readonly text: string
  readonly own?: number
  readonly ownEach?: readonly (number | null)[]
  /** What the agent is just saying. */
  readonly aloud?: string
  readonly final?: boolean
  readonly atMs?: number
}

/** What is left of each transcript, one after the other, a moment after the agent's question. */
function left(echoes: boolean, ...all: readonly Told[]): readonly string[] {
  let context: TurnContext = { ...begin(POLICY, 0).context, echoes, spoken: { text: SPOKEN, atMs: 1_000 } }
  return all.map(({ text, final = false, ...sound }, index) => {
    const atMs = sound.atMs ?? 1_200 + 100 * index
    const event = { kind: 'words', text, final, ended: false, ...sound, atMs } as const
    const next = withoutOwnWords(context, event)
    context = next.context
    return next.event.text
  })
}

test.each<[string, boolean, readonly Told[], readonly string[]]>([
  ['misheard, with the agent’s sound', false, [{ text: 'shell eye', own: 1 }], ['']],
  ['with the caller’s sound', false, [{ text: 'Friday at seven', own: 0 }], ['Friday at seven']],
  ['with a mixed sound, on a clear line', false, [{ text: 'at seven', own: 0.6 }], ['at seven']],
  ['with a mixed sound, on a line that echoes', true, [{ text: 'shell eye', own: 0.6 }], ['']],
  ['other ones over an echo', true, [{ text: 'no Saturday', own: 0.2 }], ['no Saturday']],
  ['after the agent’s', true, [{ text: 'at seven yes please', own: 0.3 }], ['yes please']],
  ['after one that may be anybody’s', true, [{ text: 'the other one', own: 0.3 }], ['the other one']],
  ['of long ago, with the caller’s sound', true, [{ text: 'book', own: 0 }], ['book']],
  ['of long ago, with hardly any of the agent’s', true, [{ text: 'book', own: 0.09 }], ['book']],
  ['where nothing is known of the sound', true, [{ text: 'book' }], ['']],
  ['where nothing is known of the sound, a second later', true, [{ text: 'book', atMs: 2_200 }], ['book']],
  [
    'that are dated, each by its own sound',
    false,
    [{ text: 'for no Saturday', own: 0.4, ownEach: [0.9, 0.1, 0] }],
    ['no Saturday'],
  ],
  [
    'of the caller that repeat the question, dated, in a sound that is mostly the agent’s',
    true,
    [{ text: 'Friday at seven', own: 0.9, ownEach: [0.1, 0.15, 0] }],
    ['Friday at seven'],
  ],
  ['one of an unknown sound', true, [{ text: 'shell the table', own: 0.7, ownEach: [0.9, null, 0.1] }], ['table']],
  [
    'of an unknown sound that the agent says soon after one of its own',
    true,
    [{ text: 'book Friday', own: 0.25, ownEach: [0.9, null] }],
    [''],
  ],
  [
    'of an unknown sound between two of the agent’s',
    true,
    [{ text: 'book twelve dollars and no', own: 0.25, ownEach: [0.9, null, null, 0.8, 0.1] }],
    ['no'],
  ],
  [
    'of an unknown sound that the agent does not say there',
    true,
    [{ text: 'Friday book', own: 0.25, ownEach: [0.9, null] }],
    ['book'],
  ],
  [
    'that the agent has not said, when the newest sound of their last form is not the agent’s',
    true,
    [
      { text: 'what', own: 1 },
      { text: 'what', own: 0.25, final: true },
    ],
    ['', 'what'],
  ],
  [
    'of which one is like the agent’s, but the agent has not said it, on a clear line',
    false,
    [
      { text: 'two', own: 0, ownEach: [0.56] },
      { text: 'two margheritas', own: 0, ownEach: [0.56, null] },
      { text: 'two margheritas, please', final: true, own: 0, ownEach: [0.56, 0.1, 0.2] },
    ],
    ['two', 'two margheritas', 'two margheritas, please'],
  ],
  [
    'of which one is like the agent’s by chance, and has just been said, on a clear line',
    false,
    [{ text: 'seven', own: 0, ownEach: [0.6] }],
    ['seven'],
  ],
  [
    'of which one is like the agent’s, but the agent has not said it, on a line that echoes',
    true,
    [{ text: 'shell', own: 0.3, ownEach: [0.56] }],
    [''],
  ],
  [
    'misheard, two of them with the agent’s sound',
    false,
    [
      { text: 'shell', ownEach: [0.7] },
      { text: 'shell eye', ownEach: [0.7, 0.8] },
    ],
    ['shell', ''],
  ],
  [
    'of an unknown sound between the caller’s and the agent’s, in a sound that is the agent’s by now',
    true,
    [{ text: 'is there parking near Friday', own: 1, ownEach: [0.03, 0, null, null, 0.7] }],
    ['is there parking near'],
  ],
  ['that the agent is about to say', true, [{ text: 'One moment', own: 0, aloud: 'One moment please.' }], ['']],
  [
    'that it is just saying, some of which count as heard',
    true,
    [{ text: 'seven one', own: 0, aloud: 'One moment please.' }],
    [''],
  ],
  [
    'one that it is about to say, in the caller’s sound',
    true,
    [{ text: 'one', own: 0, aloud: 'One moment.' }],
    ['one'],
  ],
  ['one that it is about to say, in any other', true, [{ text: 'one', own: 0.1, aloud: 'One moment.' }], ['']],
  [
    'that it is about to say, where their own sound is the caller’s',
    true,
    [{ text: 'one moment', own: 0.3, ownEach: [0.1, null], aloud: 'One moment please.' }],
    ['one moment'],
  ],
  [
    'that were the caller’s, and are about to be said by the agent when they become final',
    true,
    [
      { text: 'no day', own: 0, aloud: 'Shall I' },
      { text: 'no day', own: 0, final: true, aloud: 'no day this week' },
    ],
    ['no day', 'no day'],
  ],
  [
    'that it was just saying, when it has long fallen silent',
    true,
    [
      { text: 'wait', own: 0, aloud: 'One moment please.' },
      { text: 'one moment', atMs: 3_000 },
    ],
    ['wait', 'one moment'],
  ],
  [
    'of long ago, while it says something else',
    true,
    [{ text: 'Friday at seven', own: 0.3, atMs: 9_000, aloud: 'Let me see.' }],
    ['Friday at seven'],
  ],
  [
    'that are three and unsure, when their last form has the agent’s sound',
    true,
    [
      { text: 'cancel my order', own: 0.4 },
      { text: 'cancel my order', own: 0.9, final: true, atMs: 2_600 },
    ],
    ['cancel my order', 'cancel my order'],
  ],
  ['that it says later on', true, [{ text: 'please', own: 0, aloud: 'I am sorry, please wait.' }], ['please']],
  ['of which it says the first', true, [{ text: 'one pizza', own: 0, aloud: 'One moment please.' }], ['one pizza']],
  [
    'that it is just saying, however long it has been heard of',
    true,
    [{ text: 'moment', own: 0.3, atMs: 9_000, aloud: 'One moment please.' }],
    [''],
  ],
  [
    'misheard among the agent’s, once its sound is all that was heard',
    true,
    [
      { text: 'shell', own: 0.3, aloud: 'One moment please.' },
      { text: 'shell moment', own: 1, aloud: 'please.' },
      { text: 'shell moment', own: 1, final: true },
    ],
    ['shell', 'shell', ''],
  ],
  [
    'that come together with their last form',
    true,
    [
      { text: 'shell', own: 1, final: true, atMs: 5_000 },
      { text: 'Saturday', atMs: 5_000 },
      { text: 'Saturday', own: 1, final: true, atMs: 5_000 },
    ],
    ['', 'Saturday', ''],
  ],
  [
    'of the caller’s that are told late, in a sound that is the agent’s by now',
    true,
    [
      { text: 'my name is', own: 0, atMs: 5_000 },
      { text: 'my name is lima', own: 1, final: true, aloud: 'One moment please.', atMs: 8_000 },
    ],
    ['my name is', 'my name is lima'],
  ],
  [
    'with a sound that is rather like the agent’s, after one of its own',
    true,
    [{ text: 'Friday closed no', own: 0.25, ownEach: [0.9, 0.45, 0.1] }],
    ['no'],
  ],
  [
    'before those that show that the line echoes',
    false,
    [{ text: 'Shall I book', own: 0.5, ownEach: [0.4, 0.7, 0.8] }],
    [''],
  ],
  ['that are dated otherwise than they are written', true, [{ text: 'shell eye', own: 0.6, ownEach: [0] }], ['']],
  ['with a sign of its own between them', false, [{ text: 'for – no', own: 0.3, ownEach: [0.9, null, 0.1] }], ['no']],
])('words %s', (_, echoes, told, expected) => {
  expect(left(echoes, ...told)).toEqual(expected)
})

test('words keep what they were judged to be, up to their last form and its repetition', () => {
  const told = [
    { text: 'Shell', own: 1 },
    { text: 'Shell no', own: 0 },
    { text: 'Shell, no Saturday.', own: 1, final: true },
    { text: 'Shell, no Saturday.', final: true },
    { text: 'Shell', atMs: 5_000 },
  ]
  expect(left(false, ...told)).toEqual(['', 'no', 'no Saturday.', 'no Saturday.', 'Shell'])
})

test('a form that is told together with another one, and in another sound, was held up', () => {
  const late = { text: 'no wait', own: 1, atMs: 1_200 }
  expect(left(true, late, { ...late, own: 0.1, final: true, atMs: 1_240 })).toEqual(['', 'no wait'])
  expect(left(true, late, { ...late, own: 0.1, atMs: 1_500 })).toEqual(['', ''])
  // What comes together in one sound is what it was, and the agent's own words are still known.
  expect(left(true, late, { ...late, final: true, atMs: 1_240 })).toEqual(['', ''])
  const callers = { text: 'seven', own: 0, atMs: 1_200 }
  expect(left(true, callers, { ...callers, final: true, atMs: 1_240 })).toEqual(['seven', 'seven'])
  const own = { text: 'book the table', own: 1, atMs: 1_200 }
  expect(left(true, own, { ...own, own: 0.1, final: true, atMs: 1_240 })).toEqual(['', ''])
})

test('of new words with the agent’s sound after the caller’s those before its last word are the caller’s', () => {
  const told = [
    { text: 'my name', own: 0 },
    { text: 'my name is lima Friday at', own: 1 },
    { text: 'my name is lima Friday at shell', own: 1 },
  ]
  expect(left(true, ...told)).toEqual(['my name', 'my name is lima', 'my name is lima'])
})

test('the last form of the answered turn is the caller’s, but for words that the agent has just said', () => {
  const answered = { atMs: 1_000, words: 'cancel my order', late: 'cancel my order' }
  const event = { kind: 'words', ended: false, own: 1, atMs: 2_000, text: 'Cancel my order zulu Friday' } as const
  const context = { ...begin(POLICY, 0).context, echoes: true, spoken: { text: SPOKEN, atMs: 1_900 }, answered }
  expect(withoutOwnWords(context, { ...event, final: true }).event.text).toBe('Cancel my order zulu')
  expect(withoutOwnWords(context, { ...event, final: false }).event.text).toBe('')
  expect(withoutOwnWords(context, { ...event, final: true, atMs: 6_001 }).event.text).toBe('')
  // A word of it that the agent repeats at once is the caller's still, also on a line that was not known to echo.
  const repeated = { ...context, echoes: false, spoken: { text: 'Your order', atMs: 1_900 } }
  expect(withoutOwnWords(repeated, { ...event, text: 'Cancel my order.', final: true }).event.text).toBe(
    'Cancel my order.',
  )
})

test('an answer with the words of the question is the caller’s once the agent’s last words are over', () => {
  expect(left(true, { text: 'Friday at seven', own: 0, atMs: 1_900 })).toEqual(['Friday at seven'])
})

test.each<[string, readonly Told[], readonly string[]]>([
  [
    'a transcript that was taken back is forgotten: the same word later is the caller’s',
    [
      { text: 'Shell', own: 1 },
      { text: '', final: true },
      { text: 'Shell', own: 0, atMs: 1_300 },
    ],
    ['', '', 'Shell'],
  ],
  [
    'so is one that never became final',
    [
      { text: 'Shell', own: 1 },
      { text: 'Shell', atMs: 9_000 },
    ],
    ['', 'Shell'],
  ],
  [
    'one word of the question is the answer where the sound is the caller’s, also in its last form',
    [
      { text: 'seven', own: 0 },
      { text: 'Seven.', own: 0, final: true },
    ],
    ['seven', 'Seven.'],
  ],
  [
    'a number that the agent has said is confirmed, and its last figure corrected',
    [
      { text: 'Friday', own: 0 },
      { text: 'Friday at seven', own: 0.1 },
      { text: 'Friday at seven no eight', own: 0, final: true },
    ],
    ['Friday', 'Friday at seven', 'Friday at seven no eight'],
  ],
  [
    'a final form of the agent’s does not take a caller’s same word with it',
    [
      { text: 'Shall I', own: 0.9, final: true },
      { text: 'shall', own: 0.15, atMs: 2_100 },
    ],
    ['', 'shall'],
  ],
])('%s', (_, told, expected) => {
  expect(left(true, ...told)).toEqual(expected)
})

test('where no transcript is open none of its words can be the agent’s', () => {
  const { context } = begin(POLICY, 0)
  expect(withAllOwn(context)).toEqual(context)
})

test('an echo that is known by its words’ own sound makes the line one that echoes', () => {
  const { context } = begin(POLICY, 0)
  const told = { kind: 'words', text: 'shall I', final: false, ended: false, atMs: 900, own: 0.3 } as const
  expect(withoutOwnWords(context, told).context.echoes).toBe(false)
  expect(withoutOwnWords(context, { ...told, ownEach: [0.8, 0.7] }).context.echoes).toBe(true)
})

test('a word is judged again when its own sound is known', () => {
  const told = [
    { text: 'anything', own: 0.25, ownEach: [null] },
    { text: 'anything for', own: 0.6, ownEach: [0.8, 0.9] },
  ]
  expect(left(true, ...told)).toEqual(['anything', ''])
})
