import { expect, test } from 'vitest'
import { forCaller, likelihoodOf, patienceFor, spells, trailsOff } from '../../../src/conversation/turn/patience.ts'
import { emptyUtterance } from '../../../src/conversation/turn/utterance.ts'
import { wantedBy } from '../../../src/conversation/turn/wanted.ts'
import { english } from '../../../src/languages/english.ts'
import { onTheLine, type TestCall } from '../../fakes/call.ts'

const WINDOW = { shortMs: 500, middleMs: 1_000, longMs: 2_500, finalMs: 700 }
const ANYTHING = wantedBy('', english)

test.each([
  'I would like to',
  'and then, um',
  'Well, uh...',
  'remind me at',
  'because',
  'let me think',
  'Hold on.',
  'give me a second',
  'my name is',
  "I'm",
  'I’m',
  'What do I need to',
  'What are you going to',
  'What do you want me to',
  'What is the price of',
  'What is the number for',
  'Who is the manager of',
  'When is the meeting with',
  'How do I get to',
  'Where is my',
  'can you tell me about',
  'I hope so and',
  'Is it the',
  'my balance is',
])('"%s" trails off', text => {
  expect(trailsOff(text, english)).toBe(true)
})

test.each([
  '',
  'yes',
  'no.',
  'move it to Friday',
  'I want to go home',
  'hold on to that thought please',
  'let me think about dinner',
  'the human',
  'Cancel that.',
  'Turn it on.',
  'Yes, it is.',
  'go ahead and call Anna',
  'What do I need to do?',
  'what can you do',
  'Who is it for?',
  'who is the cake for',
  'Where are you from?',
  'okay, and where does it come from',
  'What is it about?',
  'what was the meeting about',
  'What are you looking for?',
  'Who am I speaking with?',
  'who should I talk to',
  'who does it belong to',
  "What's it made of?",
  'which list is it on',
  'What time is it at?',
  'who is she',
  'Can I?',
  'do you know what my balance is',
  'tell me where the office is',
  'I hope so',
  'add eggs as well',
  'remind me to call her',
])('"%s" does not trail off', text => {
  expect(trailsOff(text, english)).toBe(false)
})

test.each([
  ['my number is five five five', true],
  ['5 5 5 0 1', true],
  ['oh one double', true],
  ['a table for two at seven', false],
  ['two thirty', false],
])('"%s" spells a number: %s', (text, expected) => {
  expect(spells(text, english)).toBe(expected)
})

test.each([
  { utterance: {}, patience: { ms: 3_000, why: 'no words yet' } },
  { utterance: { finalWords: 'call Anna' }, patience: { ms: 500, why: 'complete' } },
  { utterance: { finalWords: 'five five five' }, patience: { ms: 1_500, why: 'spelling' } },
  { utterance: { finalWords: 'call Anna', complete: 0.9 }, patience: { ms: 500, why: 'complete' } },
  { utterance: { finalWords: 'call Anna', complete: 0.3 }, patience: { ms: 1_000, why: 'uncertain' } },
  { utterance: { finalWords: 'call Anna', complete: 0.05 }, patience: { ms: 2_500, why: 'trails off' } },
  { utterance: { finalWords: 'call Anna and', complete: 0.9 }, patience: { ms: 2_500, why: 'trails off' } },
  { utterance: { interimWords: 'call Anna and' }, patience: { ms: 2_500, why: 'trails off' } },
  { utterance: { finalWords: 'call Anna', interimWords: 'and' }, patience: { ms: 2_500, why: 'trails off' } },
  { utterance: { finalWords: 'call Anna and', digits: '4' }, patience: { ms: 2_000, why: 'keys' } },
])('patience after $utterance is $patience', ({ utterance, patience }) => {
  expect(patienceFor({ ...emptyUtterance(0), ...utterance }, WINDOW, ANYTHING, english)).toEqual(patience)
})

test.each([
  ['Is that right?', { finalWords: 'yes it is', complete: 0.3 }, { ms: 500, why: 'complete' }],
  ['Is that right?', { finalWords: 'yes but the one on', complete: 0.3 }, { ms: 1_000, why: 'uncertain' }],
  ['Is that right?', { finalWords: 'well um', complete: 0.3 }, { ms: 2_500, why: 'trails off' }],
  ['What is your name?', { finalWords: 'Anna', complete: 0.9 }, { ms: 1_000, why: 'uncertain' }],
  ['What is your phone number?', { finalWords: 'five five', complete: 0.9 }, { ms: 2_500, why: 'spelling' }],
  ['What is your phone number?', { finalWords: '555 0123' }, { ms: 1_500, why: 'spelling' }],
  ['What is your phone number?', { finalWords: '555 010 0123', complete: 0.2 }, { ms: 500, why: 'complete' }],
  ['Tell me the six digit code.', { finalWords: 'one two three', complete: 0.9 }, { ms: 2_500, why: 'spelling' }],
  ['Tell me the six digit code.', { finalWords: 'one two three double four nine' }, { ms: 500, why: 'complete' }],
  ['Tell me the six digit code.', { finalWords: 'where do I find it', complete: 0.9 }, { ms: 500, why: 'complete' }],
  ['Which account number?', { finalWords: 'forty two', complete: 0.9 }, { ms: 1_500, why: 'spelling' }],
  ['Please key in your four digit PIN.', { digits: '123' }, { ms: 2_000, why: 'keys' }],
  ['Please key in your four digit PIN.', { digits: '1234' }, { ms: 500, why: 'complete' }],
])('after "%s" the patience with %j is %j', (asked, utterance, patience) => {
  expect(patienceFor({ ...emptyUtterance(0), ...utterance }, WINDOW, wantedBy(asked, english), english)).toEqual(
    patience,
  )
})

test('a caller who pauses long after complete words gets more time, but never more than after uncertain ones', () => {
  expect([0, 300, 400, 600, 2_000].map(pauseMs => forCaller(WINDOW, pauseMs).shortMs)).toEqual([
    500, 500, 550, 750, 1_000,
  ])
})

test.each([
  [0.4, undefined, false, 0.4],
  [undefined, 0.3, false, 0.3],
  [undefined, undefined, false, undefined],
  [0.9, 0.1, false, 0.5],
  [0.3, 0.9, true, 0.9],
  [0.05, 0.75, true, 0.4],
])('our %s and the provider’s %s (final: %s) make %s', (ours, endOfTurn, final, likely) => {
  const words = { text: 'so be it', final, ended: final, ...(endOfTurn !== undefined && { endOfTurn }) }
  expect(likelihoodOf(ours, words)).toBe(likely)
})

test.each([
  ['What is the status of?', 'complete'],
  ['Could you do that for me?', 'complete'],
  ['Could you do that for me', 'trails off'],
  ['Can you change the?', 'trails off'],
  ['Um?', 'trails off'],
])('of a question mark in final words the provider is believed: "%s" is %s', (finalWords, why) => {
  const utterance = { ...emptyUtterance(0), finalWords, complete: 0.05 }
  expect(patienceFor(utterance, WINDOW, ANYTHING, english).why).toBe(why)
  expect(patienceFor({ ...utterance, interimWords: 'and' }, WINDOW, ANYTHING, english).why).toBe('trails off')
})

test.each([
  ['Two margheritas,', ANYTHING, 'uncertain'],
  ['Two margheritas', ANYTHING, 'complete'],
  ['Two margheritas.', ANYTHING, 'complete'],
  ['是的，', ANYTHING, 'uncertain'],
  ['The one with,', ANYTHING, 'trails off'],
  ['Yes,', { kind: 'yes or no' } as const, 'complete'],
])('a comma at the end of final words says that the voice goes on: "%s" is %s', (finalWords, wanted, why) => {
  const utterance = { ...emptyUtterance(0), finalWords, complete: 0.6 }
  expect(patienceFor(utterance, WINDOW, wanted, english).why).toBe(why)
})

test('a comma with more words behind it says nothing', () => {
  const utterance = { ...emptyUtterance(0), finalWords: 'Two margheritas,', interimWords: 'please', complete: 0.6 }
  expect(patienceFor(utterance, WINDOW, ANYTHING, english).why).toBe('complete')
})

/** How far behind the detector is. */
const BEHIND_MS = 4_000

const lateEnd = (call: TestCall): Promise<void> => {
  call.voiceActivity.events.push({ kind: 'speech-end', lastVoicedMs: call.clock.now() - BEHIND_MS })
  return call.pass(0)
}
const lateStart = (call: TestCall): Promise<void> => {
  call.voiceActivity.events.push({ kind: 'speech-start', firstVoicedMs: call.clock.now() - BEHIND_MS })
  return call.pass(0)
}

/** The next words, each eight tenths of a second after the one before, then their final transcript. */
async function saysNext(call: TestCall, text: string, after: Record<string, () => Promise<void>> = {}): Promise<void> {
  const all = text.split(' ')
  for (const [at, word] of all.entries()) {
    await call.words(all.slice(0, at + 1).join(' '))
    await call.pass(100)
    await after[word]?.()
    await call.pass(700)
  }
  await call.words(text, { final: true, ended: true })
}

const turnsOf = (call: TestCall): readonly string[] => call.told().filter(line => line.startsWith('caller:'))

test('the late end of earlier speech does not end what the caller says now', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('What is on the menu?', { final: true, ended: true })
    await call.until('replying')
    await call.until('listening')
    await saysNext(call, 'two margheritas please', { two: () => lateEnd(call) })
    await call.until('replying')
    expect(turnsOf(call)).toEqual(['caller: What is on the menu?', 'caller: two margheritas please'])
  }))

test('nor what they say over the agent', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    call.model.scripts.push(['One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve.'])
    await call.words('What is on the menu?', { final: true, ended: true })
    await call.until('replying')
    await call.pass(1_500)
    await saysNext(call, 'two margheritas please', { two: () => lateEnd(call) })
    await call.until('replying')
    expect(turnsOf(call)).toEqual(['caller: What is on the menu?', 'caller: two margheritas please'])
  }))

test('a caller who says no more is answered as if they had ended when it was told', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('call my mother', { final: true })
    await lateEnd(call)
    const toldMs = call.clock.now()
    await call.until('replying')
    expect((call.model.askedMs[0] ?? 0) - toldMs).toBe(500)
  }))

test('the late start of what is being answered neither takes the answer back nor stops it', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve.'])
    await call.words('What is on the menu?', { final: true, ended: true })
    await call.until('replying')
    await lateStart(call)
    expect(call.turn().kind).toBe('replying')
    await call.pass(1_500)
    await lateStart(call)
    expect(call.turn().kind).toBe('replying')
    await lateEnd(call)
    await call.until('listening')
    expect(turnsOf(call)).toEqual(['caller: What is on the menu?'])
  }))
