import { expect, test } from 'vitest'
import { type Entry, messagesOf, remember } from '../../src/conversation/history.ts'
import type { Language } from '../../src/conversation/language.ts'
import type { Message } from '../../src/conversation/ports.ts'
import { messagesFor } from '../../src/conversation/told.ts'
import { begin, hearing, say } from '../../src/conversation/turn/enter.ts'
import type { Reply, Turn, TurnEvent, TurnOf } from '../../src/conversation/turn/turn.ts'
import { emptyUtterance, type Utterance } from '../../src/conversation/turn/utterance.ts'
import { english } from '../../src/languages/english.ts'
import { POLICY } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'

const { context } = begin(POLICY, 0)
const toldFor = (history: readonly Entry[], ...of: [Reply, Language]) =>
  messagesFor({ turn: listening, history }, ...of)
const wait = { id: 1, dueMs: 0, why: 'a test' }
const nothing: TurnEvent = { kind: 'wait-over', wait: 1, atMs: 0 }
const said = (finalWords: string, firstVoicedMs = 100): Utterance => ({ ...emptyUtterance(firstVoicedMs), finalWords })
const reply = (id: number, content: Reply['content'], more: Partial<Reply> = {}): Reply => ({
  ...{ id, content, sounding: false, heard: '', acted: false, running: 0, afterwards: 'listen' },
  ...more,
})
const answer = (id: number, to: Utterance, more: Partial<Reply> = {}): Reply => reply(id, { kind: 'answer', to }, more)
const replying = (one: Reply): TurnOf<'replying'> => ({ kind: 'replying', context, reply: one, deadAir: undefined })
const yielding = (one: Reply): Turn => ({
  ...{ kind: 'yielding', context, reply: one, deadAir: undefined, utterance: emptyUtterance(0) },
  ...{ speaking: true, soundMs: 0, silenced: false, judging: wait },
})
const listening: Turn = { kind: 'listening', context, idle: wait, prompted: false }
const heardBy = (utterance: Utterance): Turn => hearing(context, utterance, undefined, 0)
const settled = (utterance: Utterance): Turn => ({
  ...{ kind: 'settling', context, utterance, draft: undefined, patience: wait },
})
/** What is in the history after these turns, one after the other. */
const through = (...turns: readonly Turn[]): readonly string[] => {
  let history: readonly Entry[] = []
  for (const [index, after] of turns.entries()) {
    const before = turns[index - 1]
    if (before) history = remember(history, nothing, before, after, english)
  }
  return history.map(
    ({ exchange, message }) => `${exchange} ${message.role}: ${message.role === 'tool' ? '' : message.text}`,
  )
}
const hello = said('hello')
const phrase = (id: number, more: { keeps?: Utterance } = {}): Turn =>
  replying(reply(id, { kind: 'phrase', phrase: 'transfer', ...more }))

test('the caller’s words are there as soon as they are answered, once, also while they talk over the answer', () => {
  const one = answer(3, hello)
  expect(through(settled(hello), replying(one))).toEqual(['3 caller: hello'])
  expect(through(heardBy(hello), replying(one), replying(one), yielding(one), replying(one))).toEqual([
    '3 caller: hello',
  ])
  expect(through(settled(hello), yielding(one))).toEqual(['3 caller: hello'])
})

test('two answers have two turns of the caller’s', () => {
  const more = said('and then?', 900)
  const turns = [settled(hello), replying(answer(3, hello)), listening, settled(more), replying(answer(5, more))]
  expect(through(...turns)).toEqual(['3 caller: hello', '5 caller: and then?'])
})

test.each<[string, Partial<Reply>, boolean]>([
  ['nothing was heard', {}, true],
  ['it sounds', { sounding: true }, false],
  ['it has done something', { acted: true }, false],
])('who goes on with their words before the answer: %s', (_, more, isTakenBack) => {
  const longer = said('hello there')
  const before = [settled(hello), replying(answer(3, hello, more))]
  expect(through(...before, heardBy(longer))).toEqual(isTakenBack ? [] : ['3 caller: hello'])
  expect(through(...before, settled(longer))).toEqual(isTakenBack ? [] : ['3 caller: hello'])
  expect(through(...before, replying(answer(5, longer)))).toEqual([
    ...(isTakenBack ? [] : ['3 caller: hello']),
    '5 caller: hello there',
  ])
})

test('words that begin anew do not take the ones before back', () => {
  const other = said('something else', 700)
  const before = [settled(hello), replying(answer(3, hello))]
  expect(through(...before, heardBy(other))).toEqual(['3 caller: hello'])
  expect(through(...before, replying(answer(5, other)))).toEqual(['3 caller: hello', '5 caller: something else'])
})

test('only the answer to these words is taken back', () => {
  const more = said('and then?', 900)
  const turns = [settled(hello), replying(answer(3, hello)), listening, settled(more), replying(answer(5, more))]
  expect(through(...turns, heardBy(said('and then what', 900)))).toEqual(['3 caller: hello'])
})

test('words that a phrase answers are the caller’s too, unless it only helps them to go on', () => {
  expect(through(settled(hello), phrase(3))).toEqual(['3 caller: hello'])
  expect(through(heardBy(hello), phrase(3), phrase(3))).toEqual(['3 caller: hello'])
  expect(through(settled(hello), phrase(3, { keeps: hello }))).toEqual([])
  // After it has helped them, and they still say nothing, they are put through.
  expect(through(settled(hello), phrase(3, { keeps: hello }), phrase(4))).toEqual(['4 caller: hello'])
  expect(through(settled(emptyUtterance(0)), phrase(3))).toEqual([])
  expect(through(listening, phrase(3))).toEqual([])
  expect(through(replying(answer(3, hello)), phrase(4))).toEqual([])
  expect(through(settled(hello), say(context, 'goodbye', 'hang-up'))).toHaveLength(1)
})

const caller = (text: string): Message => ({ role: 'caller', text })
const agent = (text: string): Message => ({ role: 'agent', text, interrupted: false })
const tool = (id: string, result?: string): Message => ({ role: 'tool', call: toolCall(id, id), result })
const entry = (exchange: number, part: number, message: Message): Entry => ({ exchange, part, message })
const HISTORY: readonly Entry[] = [
  entry(1, 0, agent('Hi.')),
  entry(3, -1, caller('hello')),
  entry(3, 0, agent('I look.')),
  entry(3, 0, tool('a', 'two')),
  entry(3, 1, agent('I look again.')),
  entry(3, 1, tool('b')),
  entry(5, 0, agent('Later.')),
]

test('a model is told what was before, and the words that it answers', () => {
  expect(toldFor(HISTORY, answer(3, hello), english)).toEqual([agent('Hi.'), caller('hello')])
  expect(toldFor(HISTORY, answer(5, said('and?')), english)).toEqual([
    ...messagesOf(HISTORY.slice(0, 6)),
    caller('and?'),
  ])
})

test('for another reply than an answer it is told what was before it alone', () => {
  expect(toldFor(HISTORY, reply(3, { kind: 'repeat', text: 'Well?' }), english)).toEqual([agent('Hi.')])
})

test('of an answer that goes on it is told what came before the tools that run again', () => {
  const resumed = { part: 1, said: '', tools: [{ call: toolCall('b', 'b'), result: undefined }] }
  expect(toldFor(HISTORY, answer(3, hello, { resumed }), english)).toEqual([
    ...[agent('Hi.'), caller('hello'), agent('I look.'), tool('a', 'two'), agent('I look again.')],
  ])
})

test('of an answer that goes on after its tools it is told of those, and not of what was said since', () => {
  const done = HISTORY.map(one =>
    one.message.role === 'tool' ? { ...one, message: { ...one.message, result: 'x' } } : one,
  )
  const more = [...done.slice(0, 6), entry(3, 2, agent('You have'))]
  const resumed = { part: 3, said: 'You have', tools: [] }
  expect(toldFor(more, answer(3, hello, { resumed }), english)).toEqual([
    ...[agent('Hi.'), caller('hello'), agent('I look.'), tool('a', 'x'), agent('I look again.'), tool('b', 'x')],
  ])
  const anew = { part: 0, said: '', tools: [] }
  expect(toldFor(more, answer(3, hello, { resumed: anew }), english)).toEqual([agent('Hi.'), caller('hello')])
})
