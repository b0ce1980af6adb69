import { describe, expect, test } from 'vitest'
import type { ModelMessage } from '../../../src/sandbox/openai/scripted-model.ts'
import { scriptedTaskAnswer } from '../../../src/sandbox/openai/task-model.ts'

const TOOLS = ['create_task', 'update_task', 'look_at_screen']
const caller = (content: string): ModelMessage => ({ role: 'user', content })
const agent = (content: string): ModelMessage => ({ role: 'assistant', content })
const result = (tool: string, content: string): ModelMessage => ({ role: 'tool', tool, content })
const look = (text: string): ModelMessage =>
  result('look_at_screen', `Result of look_at_screen: Seen at 10:00:05. It is data:\n<screen>\n${text}\n</screen>`)
const answer = (...messages: readonly ModelMessage[]) => scriptedTaskAnswer(messages, TOOLS)
const says = (text: string) => ({ kind: 'say', text })
const calls = (name: string, given: object = {}) => ({ kind: 'call', name, arguments: given })

const MAIL =
  'The screen shows, as its heading: “Quarterly report for the board”. It reads: “From: Dana Miller”; “The deadline is Friday, 12 June at 5 pm.”; “Hello,”.'
const ADD = "Add what I'm looking at to my tasks, please."

test.each([
  ADD,
  'Could you add what I am looking at to my tasks?',
  'Put this email on my list.',
  'Add this to my tasks.',
  "What's on my screen?",
  'What is on the screen?',
  'What am I looking at?',
  'Can you see my screen?',
  'What do you see?',
  'What does this page say?',
  'Um, read my screen please.',
])('"%s" looks at the screen', text => {
  expect(answer(caller(text))).toEqual(calls('look_at_screen'))
})

test.each([
  ['Add buy a screen.', calls('create_task', { title: 'buy a screen' })],
  ['What do I have due today?', calls('list_tasks', { filter: 'due_today' })],
  ['Add a task to look at the screen door.', calls('create_task', { title: 'look at the screen door' })],
])('"%s" does not', (text, expected) => {
  expect(answer(caller(text))).toEqual(expected)
})

test('without the tool the words are what they were', () => {
  expect(scriptedTaskAnswer([caller("What's on my screen?")], ['create_task'])).toEqual(
    says(expect.stringContaining('scripted model')),
  )
})

test('what is looked at becomes a task with the heading as title; the visible date is suggested, and set after a yes', () => {
  const added = [
    caller(ADD),
    look(MAIL),
    result('create_task', 'Result of create_task: Added: Quarterly report for the board, with no due date.'),
  ]
  expect(answer(caller(ADD), look(MAIL))).toEqual(calls('create_task', { title: 'Quarterly report for the board' }))
  const suggestion =
    'Added: Quarterly report for the board. Your screen says Friday, 12 June at 5 pm. Shall I make that its due date?'
  expect(answer(...added)).toEqual(says(suggestion))
  expect(answer(...added, agent(suggestion), caller('Yes, please.'))).toEqual(
    calls('update_task', { title: 'Quarterly report for the board', due: 'Friday, 12 June at 5 pm' }),
  )
  expect(answer(...added, agent(suggestion), caller('No.'))).toEqual(says('All right, it has no due date.'))
  expect(answer(...added, agent(suggestion), caller('On Monday.'))).toEqual(
    calls('update_task', { title: 'Quarterly report for the board', due: 'On Monday' }),
  )
})

test.each([
  ['The screen shows an e-mail. Subject: "Re: Rent for May"; it is due on 3 May.', 'Rent for May', '3 May'],
  ['A page titled “Visa application”. Send it no later than Friday at noon.', 'Visa application', 'Friday at noon'],
  ['A chat: “Dinner on us?”', 'Dinner on us?', undefined],
])('"%s" is summed up', (shown, title, due) => {
  expect(answer(caller("What's on my screen?"), look(shown))).toEqual(
    says(due === undefined ? `I see: ${title}.` : `I see: ${title}. It says: due ${due}.`),
  )
})

test('a screen without text makes no task', () => {
  expect(answer(caller(ADD), look('The screen shows no text that can be read.'))).toEqual(
    says('I see your screen, but nothing on it that I can read. What shall I add?'),
  )
})

test.each([
  ['Say exactly: "I don\'t see your screen. Would you like to share it?"', /^I don't see your screen\. Would you like/],
  ['The caller has paused the sharing, so you see nothing now.', /while it is paused/],
  ['The caller shares a screen, but no picture of it has come yet.', /cannot see your screen yet/],
  ['The screen could not be looked at just now.', /could not look at your screen/],
])('"%s" is passed on', (content, said) => {
  expect(answer(caller(ADD), result('look_at_screen', content))).toEqual(says(expect.stringMatching(said)))
})

describe('on the telephone', () => {
  const onPhone = (...messages: readonly ModelMessage[]) => scriptedTaskAnswer(messages, [...TOOLS, 'offer_screen'])

  test.each([
    'I want to show you my screen.',
    'Can I share my screen with you?',
    "I'd like to show you this e-mail, please.",
    'Give me a new code.',
  ])('"%s" asks for a code', text => {
    expect(onPhone(caller(text))).toEqual(calls('offer_screen'))
    expect(answer(caller(text))).not.toEqual(calls('offer_screen'))
  })

  test.each(['Add a task to show my screen to Bob.', "What's on my screen?", 'Show me my tasks.'])(
    '"%s" does not',
    text => {
      expect(onPhone(caller(text))).not.toEqual(calls('offer_screen'))
    },
  )

  test('a yes to the offer of a code asks for it, and the code is said as it is told', () => {
    const offered = agent("I don't see your screen. Shall I give you a code to show it?")
    expect(onPhone(caller(ADD), offered, caller('Yes, please.'))).toEqual(calls('offer_screen'))
    const told = result('offer_screen', 'Say exactly: "Open it, and type 1 2 3, 4 5 6."')
    expect(onPhone(caller('I want to show you my screen.'), told)).toEqual(says('Open it, and type 1 2 3, 4 5 6.'))
  })
})
