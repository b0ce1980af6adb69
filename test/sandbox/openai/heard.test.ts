import { expect, test } from 'vitest'
import { type ModelMessage, SCRIPTED } from '../../../src/sandbox/openai/scripted-model.ts'
import { scriptedTaskAnswer } from '../../../src/sandbox/openai/task-model.ts'
import { HEARD_ORDERS } from './heard-orders.ts'
import { HEARD_TALK } from './heard-talk.ts'

const caller = (content: string): ModelMessage => ({ role: 'user', content })
const agent = (content: string): ModelMessage => ({ role: 'assistant', content })
const result = (tool: string, content: string): ModelMessage => ({ role: 'tool', tool, content })
const ADDED = [
  caller('Add buy milk on Friday.'),
  result('create_task', 'Result of create_task: Added: buy milk, due Friday.'),
  agent('Added: buy milk, due Friday.'),
]
const LISTED = [
  caller("What's on my list?"),
  result('list_tasks', 'Result of list_tasks: You have one pending: buy milk, due Friday.'),
  agent('You have one pending: buy milk, due Friday.'),
]
const answer = (...messages: readonly ModelMessage[]) => scriptedTaskAnswer(messages)
const says = (text: string) => ({ kind: 'say', text: expect.stringContaining(text) })

test.each(HEARD_ORDERS)('"$heard" is $tool', ({ heard, tool, given }) => {
  expect(answer(...ADDED, caller(heard))).toEqual({ kind: 'call', name: tool, arguments: given })
})

test.each(HEARD_TALK)('"%s" orders nothing', text => {
  expect(answer(caller(text))).toMatchObject({ kind: 'say' })
  expect(answer(...ADDED, caller(text))).toMatchObject({ kind: 'say' })
})

test.each<[string, string, Readonly<Record<string, string>>]>([
  ['What do I have due today?', 'list_tasks', { filter: 'due_today' }],
  ["What's next?", 'list_tasks', { filter: 'pending' }],
  ['Make a task to order printer paper.', 'create_task', { title: 'order printer paper' }],
  ['I already called Anna.', 'complete_task', { title: 'call Anna' }],
  ["I'm done with the report.", 'complete_task', { title: 'report' }],
  ["I've paid the rent.", 'complete_task', { title: 'pay the rent' }],
  ['Take the milk off my list.', 'delete_task', { title: 'milk' }],
  ['Tell me my tasks for today.', 'list_tasks', { filter: 'due_today' }],
  ['Set the due date to Monday.', 'update_task', { title: 'buy milk', due: 'Monday' }],
  ['Change the title to call Hannah.', 'update_task', { title: 'buy milk', new_title: 'call Hannah' }],
  [
    'Set a reminder to take my medicine at eight p m.',
    'create_task',
    { title: 'take my medicine', due: 'at eight p.m' },
  ],
  ['When do I have to pay the rent?', 'get_task_details', { title: 'pay the rent' }],
  ['Could you please add call the bank tomorrow?', 'create_task', { title: 'call the bank', due: 'tomorrow' }],
  ['Tomorrow at five.', 'update_task', { title: 'buy milk', due: 'Tomorrow at five' }],
  ['At five p m.', 'update_task', { title: 'buy milk', due: 'At five p.m' }],
  ['Do I have anything due today?', 'list_tasks', { filter: 'due_today' }],
  ['What did I finish today?', 'list_tasks', { filter: 'completed' }],
  ['What tasks are done?', 'list_tasks', { filter: 'completed' }],
  ["I've called the plumber.", 'complete_task', { title: 'call the plumber' }],
  ['I bought the stamps.', 'complete_task', { title: 'buy the stamps' }],
  ['Take the bread off my list.', 'delete_task', { title: 'bread' }],
  ['Set the due date to Friday.', 'update_task', { title: 'buy milk', due: 'Friday' }],
  ['When is my next task?', 'list_tasks', { filter: 'pending' }],
  ['When is lunch with Peter?', 'get_task_details', { title: 'lunch with Peter' }],
  ['Is the homework due tomorrow?', 'get_task_details', { title: 'homework' }],
  ['What about the contract?', 'get_task_details', { title: 'contract' }],
])('"%s" is %s', (text, tool, given) => {
  expect(answer(...ADDED, caller(text))).toEqual({ kind: 'call', name: tool, arguments: given })
})

test('"I knew that" takes something back only where something was just changed', () => {
  const undo = { kind: 'call', name: 'undo_last_change', arguments: {} }
  expect(answer(caller('I knew that.'))).toEqual(says(SCRIPTED))
  expect(answer(...ADDED, caller('I knew that.'))).toEqual(undo)
  expect(answer(...ADDED, ...LISTED, caller('I knew that.'))).toEqual(says('Shall I take back the last change?'))
  const asked = [...ADDED, ...LISTED, caller('I knew that.'), agent('Shall I take back the last change?')]
  expect(answer(...asked, caller('Yes.'))).toEqual(undo)
  expect(answer(...asked, caller('No.'))).toEqual(says('All right.'))
})

test('an answer to a question is no order, whatever it sounds like', () => {
  const asked = [
    ...ADDED,
    caller('Delete the call.'),
    result('delete_task', 'Result of delete_task: not done. Do you mean call Bob; or call Anna?'),
    agent('Do you mean call Bob; or call Anna?'),
  ]
  expect(answer(...asked, caller('And call Bob.'))).toEqual({
    kind: 'call',
    name: 'delete_task',
    arguments: { title: 'call Bob' },
  })
})

test.each([
  ['Help.', 'You can say: add buy milk on Friday'],
  ['What can you do?', 'You can say: add buy milk on Friday'],
  ['Real model.', 'set OPENAI_BASE_URL to its address'],
  ['How do I get a real model?', 'set OPENAI_BASE_URL to its address'],
  ['Are you a robot?', 'set OPENAI_BASE_URL to its address'],
  ['Set the priority to high.', 'I cannot change more'],
  ['Wake me at seven.', 'I cannot ring you'],
  ['Make it repeat every week.', 'I cannot repeat tasks'],
  ['Delete all my tasks.', 'one task at a time'],
  ['Send an email to Bob.', 'Shall I add it?'],
  ['Wait a second.', 'I am listening'],
  ['Can you hear me?', 'I hear you'],
])('"%s" is told plainly', (text, said) => {
  expect(answer(...ADDED, caller(text))).toEqual(says(said))
})

test('that a script answers is said once in a call', () => {
  const first = answer(caller('The weather is fine.'))
  expect(first).toEqual(says(SCRIPTED))
  const told = [caller('The weather is fine.'), agent(first.kind === 'say' ? first.text : '')]
  const between = [caller('Hello.'), agent('Hello! What can I do for you?')]
  expect(answer(...told, ...between, caller('It is fine.'))).toEqual(says('I did not understand that. Say help'))
})
