import { expect, test } from 'vitest'
import type { ModelMessage } from '../../../src/sandbox/openai/scripted-model.ts'
import { scriptedTaskAnswer } from '../../../src/sandbox/openai/task-model.ts'

const caller = (content: string): ModelMessage => ({ role: 'user', content })
const agent = (content: string): ModelMessage => ({ role: 'assistant', content })
const result = (tool: string, content: string): ModelMessage => ({ role: 'tool', tool, content })
const ADDED = [
  caller('Add call the vendor on Monday.'),
  result('create_task', 'Result of create_task: Added: call the vendor, due Monday.'),
  agent('Added: call the vendor, due Monday.'),
]

test.each([
  ['What do I have due today?', 'list_tasks', { filter: 'due_today' }],
  ["What's on my list?", 'list_tasks', { filter: 'pending' }],
  ['What is overdue?', 'list_tasks', { filter: 'overdue' }],
  ['Which tasks have I completed?', 'list_tasks', { filter: 'completed' }],
  ['Read me all my tasks.', 'list_tasks', { filter: 'all' }],
  [
    'Add: review the quarterly report by Friday.',
    'create_task',
    { title: 'review the quarterly report', due: 'by Friday' },
  ],
  [
    'Please remind me to call the dentist tomorrow at five.',
    'create_task',
    { title: 'call the dentist', due: 'tomorrow at five' },
  ],
  ['Add a task to buy milk', 'create_task', { title: 'buy milk' }],
  [
    'I need to pay the rent by the end of the month.',
    'create_task',
    { title: 'pay the rent', due: 'by the end of the month' },
  ],
  ['Mark the proposal one as done.', 'complete_task', { title: 'proposal one' }],
  ['I have finished the report', 'complete_task', { title: 'report' }],
  ['The report is done.', 'complete_task', { title: 'report' }],
  ['Delete the vendor call, please.', 'delete_task', { title: 'vendor call' }],
  ['Undo that, please.', 'undo_last_change', {}],
  ['Move the report to next Monday.', 'update_task', { title: 'report', due: 'next Monday' }],
  ['Rename the report to summary', 'update_task', { title: 'report', new_title: 'summary' }],
  ['When is the report due?', 'get_task_details', { title: 'report' }],
  ['Is the report done yet?', 'get_task_details', { title: 'report' }],
  ['Could you tell me what I have to do today?', 'list_tasks', { filter: 'due_today' }],
  ['Mark the reading list as done.', 'complete_task', { title: 'reading list' }],
  ['Add read the to do list.', 'create_task', { title: 'read the to do list' }],
  ['Add cancel the gym by the 5th of May.', 'create_task', { title: 'cancel the gym', due: 'by the 5th of May' }],
  ['Add pick up the kids at three thirty.', 'create_task', { title: 'pick up the kids', due: 'at three thirty' }],
  ['Add buy a table for two.', 'create_task', { title: 'buy a table for two' }],
  ['Remind me on Friday to call Bob.', 'create_task', { title: 'call Bob', due: 'on Friday' }],
  ['By Friday I need to call Bob.', 'create_task', { title: 'call Bob', due: 'By Friday' }],
  ['Um, I need to delete the report.', 'delete_task', { title: 'report' }],
  ['Change the due date of the report to Friday.', 'update_task', { title: 'report', due: 'Friday' }],
  ['Take the date off the report.', 'update_task', { title: 'report', due: 'none' }],
  ['Reopen the report.', 'update_task', { title: 'report', status: 'pending' }],
])('"%s" calls %s', (text, name, given) => {
  expect(scriptedTaskAnswer([caller(text)])).toEqual({ kind: 'call', name, arguments: given })
})

test.each([
  ['No wait, I meant Thursday.', { title: 'call the vendor', due: 'Thursday' }],
  ['Actually, make it tomorrow at five.', { title: 'call the vendor', due: 'tomorrow at five' }],
  ['No, Thursday.', { title: 'call the vendor', due: 'Thursday' }],
  ['Not Monday, Thursday.', { title: 'call the vendor', due: 'Thursday' }],
  ['Sorry, Thursday at noon, I meant.', { title: 'call the vendor', due: 'Thursday at noon' }],
  ['Move it to Thursday.', { title: 'call the vendor', due: 'Thursday' }],
  ['No, wait, I meant call the printer.', { title: 'call the vendor', new_title: 'call the printer' }],
])('"%s" changes the task that was changed last', (text, given) => {
  expect(scriptedTaskAnswer([...ADDED, caller(text)])).toEqual({ kind: 'call', name: 'update_task', arguments: given })
})

test('a correction without anything to correct calls no tool', () => {
  expect(scriptedTaskAnswer([caller('No wait, I meant Thursday.')])).toMatchObject({ kind: 'say' })
})

test.each([
  ['Result of create_task: Added: buy milk, with no due date.', 'Added: buy milk. Is it due some day?'],
  ['Result of complete_task: not done. I found no task like unicorn.', 'I found no task like unicorn.'],
  [
    'It is not known whether create_task was done. Do not try it again.',
    'I am sorry, I could not find out whether that was done.',
  ],
  [
    'The arguments are not right: title must be string. Call the tool again with right ones.',
    'I am sorry, I did not understand that. Could you say it again?',
  ],
  [
    'This was done a moment ago, and was not done again. Result of create_task: Added: buy milk, with no due date.',
    'I have that already. Added: buy milk.',
  ],
  ['It does not work just now. Say so.', 'I am sorry, I cannot get at your tasks just now.'],
])('after a tool: %s', (content, text) => {
  expect(scriptedTaskAnswer([caller('Add buy milk.'), result('create_task', content)])).toEqual({ kind: 'say', text })
})

test('whether a task is due is asked once, and the answer becomes its due date', () => {
  const asked = [
    caller('Add buy milk.'),
    result('create_task', 'Result of create_task: Added: buy milk, with no due date.'),
    agent('Added: buy milk. Is it due some day?'),
  ]
  expect(scriptedTaskAnswer([...asked, caller('On Monday.')])).toEqual({
    kind: 'call',
    name: 'update_task',
    arguments: { title: 'buy milk', due: 'On Monday' },
  })
  const again = [...asked, caller('Add buy eggs.')]
  const toolResult = result('create_task', 'Result of create_task: Added: buy eggs, with no due date.')
  expect(scriptedTaskAnswer([...again, toolResult])).toEqual({ kind: 'say', text: 'Added: buy eggs.' })
})

test.each([
  [
    'No.',
    [
      caller('Delete it.'),
      result('delete_task', 'Not done yet: the caller was asked "Delete call the vendor, due Monday?" first.'),
      agent('Delete call the vendor, due Monday?'),
    ],
    'All right, nothing was deleted.',
  ],
  ['Pardon?', [caller('Hello'), agent('Hello! What can I do for you?')], 'Hello! What can I do for you?'],
  ['Thank you. Goodbye.', [], "You're welcome. Goodbye!"],
  ['Thanks', [], "You're welcome. Is there anything else?"],
  ['No', [], 'All right. Is there anything else?'],
  ['Hello', [], 'Hello! What can I do for you?'],
  [
    'The weather is fine',
    [],
    "I am the sandbox's scripted model, and do not know that. Set OPENAI_API_KEY for a real one. I can add, change, complete or delete your tasks, and tell you what is due. What shall I do?",
  ],
])('"%s" is answered', (text, before, said) => {
  expect(scriptedTaskAnswer([...before, caller(text)])).toEqual({ kind: 'say', text: said })
})
