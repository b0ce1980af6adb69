import { expect, test } from 'vitest'
import { carriedOn, waitedForFrom } from '../../src/conversation/carried-on.ts'
import type { Entry } from '../../src/conversation/history.ts'
import type { Message } from '../../src/conversation/ports.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import type { Pending, Reply, Turn, TurnContext } from '../../src/conversation/turn/turn.ts'
import { emptyUtterance } from '../../src/conversation/turn/utterance.ts'
import { POLICY } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'

const AT_MS = -5_000
const wait = { id: 1, dueMs: 0, why: 'a test' }
const first = begin(POLICY, 0)
const context: TurnContext = { ...first.context, ids: 40, pauseMs: 700, asked: 'All right.' }
const pending: Pending = { call: toolCall('erase', 'e'), question: 'Erase it?', again: false }
const reply = (content: Reply['content'], more: Partial<Reply> = {}): Reply => ({
  ...{ id: 30, content, sounding: true, heard: 'You have', acted: true, running: 1, afterwards: 'listen' },
  ...more,
})
const replying = (one: Reply, own: Partial<TurnContext> = {}): Turn => ({
  ...{ kind: 'replying', context: { ...context, ...own }, reply: one, deadAir: undefined },
})
const listening = (own: Partial<TurnContext> = {}): Turn => ({
  ...{ kind: 'listening', context: { ...context, ...own }, idle: wait, prompted: false },
})
const utterance = emptyUtterance(0)
const answer = reply({ kind: 'answer', to: utterance })
const ended = (next: 'hang-up' | 'transfer' | 'unavailable' | 'goodbye'): Turn => ({
  kind: 'ended',
  context,
  next,
  why: 'a test',
})

/** What the first turn of the stream that follows says, in short, and what comes after it. */
function next(turn: Turn, history: readonly Entry[] = [], budget?: 'little' | 'none') {
  const after = carriedOn({ turn, history }, POLICY, AT_MS, budget)
  if (after.kind !== 'replying') throw new Error(`it is ${after.kind}`)
  const { content, afterwards } = after.reply
  switch (content.kind) {
    case 'phrase':
      return `${content.phrase}, ${afterwards}`
    case 'question':
      return `asks ${content.pending.question}, ${afterwards}`
    case 'repeat':
      return `repeats ${content.text}, ${afterwards}`
    case 'relay':
      return `relays ${content.text}, ${afterwards}`
    case 'answer':
      return `answers, ${afterwards}`
  }
}

test.each<[string, string, Turn]>([
  ['who listened', 'go-on, listen', listening()],
  [
    'who listened after a question',
    'repeats What is it called?, listen',
    listening({ asked: 'I see. What is it called?' }),
  ],
  ['who had to agree', 'asks Erase it?, listen', listening({ pending: { ...pending, heardOutMs: 5 } })],
  ['whose words had begun', 'go-on, listen', { kind: 'hearing', context, utterance, draft: undefined, lull: wait }],
  [
    'whose words were over',
    'go-on, listen',
    { kind: 'settling', context, utterance, draft: undefined, patience: wait },
  ],
  ['who was asked', 'asks Erase it?, listen', replying(reply({ kind: 'question', pending }))],
  ['who was asked at the end of an answer', 'asks Erase it?, listen', replying({ ...answer, asks: pending })],
  ['who heard a question again', 'repeats Which one?, listen', replying(reply({ kind: 'repeat', text: 'Which one?' }))],
  ['who heard an answer', 'answers, listen', replying(answer)],
  ['who heard the greeting', 'greeting, listen', replying(reply({ kind: 'phrase', phrase: 'greeting' }))],
  [
    'who heard the notice',
    'notice, greet',
    replying(reply({ kind: 'phrase', phrase: 'notice' }, { afterwards: 'greet' })),
  ],
  [
    'who was put through',
    'transfer, transfer',
    replying(reply({ kind: 'phrase', phrase: 'transfer' }, { afterwards: 'transfer' })),
  ],
  [
    'who was told goodbye',
    'goodbye, hang-up',
    replying(reply({ kind: 'phrase', phrase: 'goodbye' }, { afterwards: 'hang-up' })),
  ],
  ['who heard another phrase', 'go-on, listen', replying(reply({ kind: 'phrase', phrase: 'pardon' }))],
  [
    'who heard another phrase after a question',
    'repeats Which one?, listen',
    replying(reply({ kind: 'phrase', phrase: 'pardon' }), { asked: 'Which one?' }),
  ],
  ['who was put through and comes back', 'back, listen', ended('transfer')],
  ['who hung up, and calls this one again', 'goodbye, hang-up', ended('hang-up')],
  ['who was told goodbye before', 'goodbye, hang-up', ended('goodbye')],
  ['of whom nobody knew what comes next', 'go-on, listen', ended('unavailable')],
])('%s: %s', (_, wanted, turn) => {
  expect(next(turn)).toBe(wanted)
})

test('a spent budget ends an answer, and nothing that was asked or is being done', () => {
  expect(next(replying(answer), [], 'none')).toBe('budget-spent, hang-up')
  expect(next(replying(answer), [], 'little')).toBe('answers, listen')
  expect(next(replying({ ...answer, asks: pending }), [], 'none')).toBe('asks Erase it?, listen')
  expect(next(replying(answer), [entry(0, tool('a'))], 'none')).toBe('answers, listen')
  expect(next(replying(answer), [entry(0, tool('a', 'done'))], 'none')).toBe('budget-spent, hang-up')
})

const tool = (id: string, result?: string): Message => ({ role: 'tool', call: toolCall(id, id), result })
const agent = (text: string): Message => ({ role: 'agent', text, interrupted: false })
const entry = (part: number, message: Message, exchange = 30): Entry => ({ exchange, part, message })

function resumed(...history: readonly Entry[]) {
  const after = carriedOn({ turn: replying(answer), history }, POLICY, AT_MS, undefined)
  return after.kind === 'replying' ? after.reply.resumed : undefined
}

test('an answer goes on after what was heard of it, and of nothing else', () => {
  expect(resumed()).toEqual({ part: 0, said: '', tools: [] })
  const others = [
    entry(0, agent('Before.'), 20),
    entry(3, tool('z', 'x'), 20),
    entry(0, { role: 'caller', text: 'hello' }),
  ]
  expect(resumed(...others, entry(0, agent('You have')))).toEqual({ part: 1, said: 'You have', tools: [] })
  expect(resumed(entry(0, agent('You')), entry(1, agent('have two.')))).toEqual({
    part: 2,
    said: 'You have two.',
    tools: [],
  })
})

test('a filler is no part of an answer', () => {
  expect(resumed(entry(0.5, agent('One moment.')))).toEqual({ part: 0, said: '', tools: [] })
})

test('tools that are over stay over: it goes on after them, and after what was heard since', () => {
  const before = [entry(0, agent('I look.')), entry(0, tool('a', 'two')), entry(0, tool('b', 'three'))]
  expect(resumed(...before)).toEqual({ part: 1, said: '', tools: [] })
  expect(resumed(...before, entry(1, agent('You have')))).toEqual({ part: 2, said: 'You have', tools: [] })
})

test('of the last tools all run again where one has no result', () => {
  const [a, b, c] = [tool('a', 'one'), tool('b'), tool('c', 'three')]
  expect(resumed(entry(0, a), entry(1, agent('And')), entry(1, b), entry(1, c))).toEqual({
    part: 1,
    said: '',
    tools: [b, c],
  })
})

test('the answer is told as one that nobody has heard, with what was before, and is waited for', () => {
  const turn = replying({ ...answer, short: true }, { failures: 2 })
  const after = carriedOn({ turn, history: [] }, POLICY, AT_MS, 'little')
  expect(after).toMatchObject({
    kind: 'replying',
    context: { ids: 44, pauseMs: 700, asked: 'All right.', failures: 0, budget: 'little' },
    reply: { id: 30, sounding: false, heard: '', running: 0, acted: true, short: true, content: { kind: 'answer' } },
    deadAir: { id: 44, dueMs: POLICY.deadAirMs },
  })
})

test('whatever is said first has the words before it that the line broke', () => {
  for (const turn of [listening(), listening({ pending: { ...pending, heardOutMs: 5 } }), ended('hang-up')])
    expect(carriedOn({ turn, history: [] }, POLICY, AT_MS, undefined)).toMatchObject({
      reply: { resumed: { part: 0 } },
    })
})

test('a question that was asked elsewhere is known to be so, and may be answered unclearly once more', () => {
  const asked = carriedOn(
    { turn: replying({ ...answer, asks: { ...pending, again: true } }), history: [] },
    POLICY,
    AT_MS,
    undefined,
  )
  expect(asked).toMatchObject({ reply: { asks: { ...pending, again: false, elsewhere: true } } })
})

test('an answer is waited for from when its stream is open, and what is not waited for is as it was', () => {
  const turn = carriedOn({ turn: replying(answer), history: [] }, POLICY, AT_MS, undefined)
  expect(waitedForFrom({ turn, history: [] }, 900).turn).toMatchObject({ deadAir: { dueMs: POLICY.deadAirMs + 900 } })
  for (const other of [listening(), replying(answer)]) {
    const state = { turn: other, history: [] }
    expect(waitedForFrom(state, 900)).toBe(state)
  }
})
