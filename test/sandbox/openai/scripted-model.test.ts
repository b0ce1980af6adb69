import { expect, test } from 'vitest'
import { type ModelMessage, scriptedAnswer } from '../../../src/sandbox/openai/scripted-model.ts'
import { TOPICS } from '../../../src/sandbox/openai/topics.ts'

const TOOLS = ['look_up', 'book']
const caller = (content: string): ModelMessage => ({ role: 'user', content })
const agent = (content: string): ModelMessage => ({ role: 'assistant', content })
const result = (tool: string, content: string): ModelMessage => ({ role: 'tool', tool, content })
const make = (what: string, when: string) => ({ kind: 'call', name: 'book', arguments: { action: 'make', what, when } })
const UNDO = { kind: 'call', name: 'book', arguments: { action: 'undo' } }
const wordsIn = (text: string): number => text.split(/\s+/).length

test.each([
  ['What time do you open?', /noon/],
  ['Hi, what time do you open on Friday?', /noon/],
  ['What time do you close on Sunday?', /ten in the evening/],
  ['Where are you?', /Harbor Street/],
  ['And I wanted to ask, well do you have parking?', /park for free/],
  ['So, I was wondering if if I can bring my dog?', /Dogs are welcome/],
  ['Do you take credit cards?', /any card/],
  ['Can I pay by check?', /pay/],
  ['Do you have vegetarian food?', /vegetarian/],
  ['Can you tell me about the menu?', /bass/],
  ['And what else is on the menu?', /bass/],
  ['Is there wifi?', /wifi/],
  ['Do you deliver?', /deliver/],
  ['Is there live music?', /pianist/],
  ['How are you?', /very well/],
  ['What is your name?', /receptionist/],
  ['Tell me about the restaurant.', /grandmother/],
  ['What is your story?', /grandmother/],
  ['Tell me about the chef.', /on a ship/],
  ['What is in the tasting menu?', /oysters/],
  ['Hello.', /^Hello!/],
  ['Thank you, that is all. Goodbye.', /Goodbye!/],
  ['Thank you. Goodbye.', /Goodbye!/],
  ['No, thanks.', /Goodbye!/],
  ['Thanks.', /anything else\?/],
  ['Yes.', /\?$/],
  ['No.', /\?$/],
  ['pressed 4 2', /pressed 4 2/],
  ['Zanzibar umbrella.', /\?$/],
])('"%s" is answered without a tool', (said, answer) => {
  expect(scriptedAnswer([caller(said)], TOOLS)).toEqual({ kind: 'say', text: expect.stringMatching(answer) })
})

test.each([
  ['Great, please book a table for four on Friday at seven.', 'table for four', 'Friday at seven'],
  ['Please book a table for two on Friday at seven.', 'table for two', 'Friday at seven'],
  ['Actually, wait. Book a table for two on Friday instead.', 'table for two', 'Friday'],
  [
    "I'd like to book a table for, um, let me think four people on Friday at seven.",
    'table for four',
    'Friday at seven',
  ],
  [
    'Could you reserve a table for six people tomorrow at half past eight?',
    'table for six',
    'Tomorrow at half past eight',
  ],
  ['Make a reservation for tonight at nine, we are three people.', 'table for three', 'Tonight at nine'],
  ['I would like a table for five on Sunday at noon.', 'table for five', 'Sunday at noon'],
])('"%s" is booked', (said, what, when) => {
  expect(scriptedAnswer([caller(said)], TOOLS)).toEqual(make(what, when))
})

test.each([
  'Do you have a table for four on Friday at seven?',
  'Do you have a table for four on Saturday at eight?',
  'Is there a table for six on Sunday at noon?',
  'Can you look up the wine list?',
  'Could you check whether the bread is without gluten?',
  'Please find out if the kitchen uses nuts.',
])('"%s" is looked up', said => {
  expect(scriptedAnswer([caller(said)], TOOLS)).toMatchObject({
    kind: 'call',
    name: 'look_up',
    arguments: { subject: expect.any(String) },
  })
})

test('a booking without a day asks for it, and the answer completes the request', () => {
  const history = [caller('Book a table for two.')]
  expect(scriptedAnswer(history, TOOLS)).toEqual({ kind: 'say', text: expect.stringMatching(/For which day\?/) })
  const answered = [...history, agent('Gladly. For which day?'), caller('Friday at seven.')]
  expect(scriptedAnswer(answered, TOOLS)).toEqual(make('table for two', 'Friday at seven'))
})

test('a correction after a booking first undoes it, then books the new one', () => {
  const booked = [
    caller('Book a table for four on Friday at seven.'),
    agent(''),
    result('book', 'Booked: table for four, Friday at seven.'),
    agent('That is booked: table for four, Friday at seven.'),
  ]
  const corrected = [...booked, caller('Actually, I meant Saturday at eight.')]
  expect(scriptedAnswer(corrected, TOOLS)).toEqual(UNDO)
  const undone = [...corrected, agent(''), result('book', 'Taken back: table for four, Friday at seven.')]
  expect(scriptedAnswer(undone, TOOLS)).toEqual(make('table for four', 'Saturday at eight'))
  const made = [...undone, agent(''), result('book', 'Booked: table for four, Saturday at eight.')]
  expect(scriptedAnswer(made, TOOLS)).toEqual({
    kind: 'say',
    text: expect.stringMatching(/^All right, Saturday then\. That is booked: table for four, Saturday at eight/),
  })
})

test('a booking that is not a correction is confirmed without an acknowledgement', () => {
  const messages = [
    caller('Cancel my booking.'),
    agent(''),
    result('book', 'Taken back: table for two, Friday.'),
    agent('That is taken back.'),
    caller('Book a table for four on Sunday.'),
    agent(''),
    result('book', 'Booked: table for four, Sunday.'),
  ]
  expect(scriptedAnswer(messages, TOOLS)).toEqual({ kind: 'say', text: expect.stringMatching(/^That is booked/) })
})

test.each(['Cancel my booking, please.', 'Please undo that.'])('"%s" undoes the booking', said => {
  expect(scriptedAnswer([caller(said)], TOOLS)).toEqual(UNDO)
})

test('the result of look_up is said', () => {
  const messages = [caller('Do you have a table?'), agent(''), result('look_up', 'There are tables free on Friday.')]
  expect(scriptedAnswer(messages, TOOLS)).toEqual({
    kind: 'say',
    text: expect.stringContaining('There are tables free on Friday.'),
  })
})

test('without tools there are no tool calls', () => {
  for (const said of ['Book a table for two on Friday.', 'Look up the wine list.', 'Cancel that.']) {
    expect(scriptedAnswer([caller(said)], [])).toMatchObject({ kind: 'say' })
  }
})

test('the same conversation gives the same answer', () => {
  const messages = [caller('Book a table for two on Friday.')]
  expect(scriptedAnswer(messages, TOOLS)).toEqual(scriptedAnswer(messages, TOOLS))
})

test('there are at least fifteen topics, three of them long, all in spoken words', () => {
  const lengths = TOPICS.map(({ answer }) => wordsIn(answer))
  expect(TOPICS.length).toBeGreaterThanOrEqual(15)
  expect(lengths.filter(length => length >= 60 && length <= 80)).toHaveLength(3)
  expect(lengths.filter(length => length < 8 || length > 25)).toHaveLength(3)
  expect(TOPICS.filter(({ answer }) => /[\d*#_[\]]/.test(answer))).toEqual([])
})

test('asked what it does not know, it says that it is a script, and what to set', () => {
  const answer = scriptedAnswer([{ role: 'user', content: 'What is the capital of France?' }], ['book'])
  expect(answer).toMatchObject({ kind: 'say', text: expect.stringMatching(/scripted model.*OPENAI_API_KEY/) })
})

test('what a foreign tool says is told without the name of the tool', () => {
  const tool = { role: 'tool', content: 'Result of get_weather: It is sunny.', tool: 'get_weather' }
  expect(scriptedAnswer([{ role: 'user', content: 'Get weather.' }, tool], ['get_weather'])).toEqual({
    kind: 'say',
    text: 'It is sunny. Is there anything else?',
  })
})
