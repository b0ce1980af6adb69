import { expect, test } from 'vitest'
import { converse, type Turn } from './converse.ts'

const REPORT: Turn = ['And review the report by Friday.', 'Added: review the report, due Friday.']
const VENDOR: Turn = ['At call the vendor on Monday.', 'Added: call the vendor, due Monday.']
const LISTED: Turn = [
  "What's on my list?",
  'You have two pending: call the vendor, due Monday; and review the report, due Friday.',
]
const BOTH = ['pending, call the vendor, 2026-11-23', 'pending, review the report, 2026-11-27']

test.each<readonly [string, readonly Turn[], readonly string[]]>([
  [
    'orders as ears really hear them',
    [
      REPORT,
      VENDOR,
      ['What do I have you to-day?', 'Nothing is due today.'],
      ['Mark the report has done.', 'Done: review the report.'],
      ['I knew that.', 'Taken back: review the report is pending again.'],
      ['Deleted the reporter.', 'Delete review the report, due Friday?'],
      ['Yes, deleted.', 'Deleted: review the report.'],
      ['And do that, please.', 'Taken back: review the report is on your list again.'],
      ['Thank you, good-by.', "You're welcome. Goodbye!"],
    ],
    BOTH,
  ],
  [
    'a title that the tool does not know is found by its sound',
    [
      REPORT,
      VENDOR,
      ['Delete the vendor column.', 'Delete call the vendor, due Monday?'],
      ['Yes, deleted.', 'Deleted: call the vendor.'],
    ],
    ['pending, review the report, 2026-11-27'],
  ],
  [
    'a title that sounds quite alike is not asked about',
    [
      ['Add buy oat milk.', 'Added: buy oat milk. Is it due some day?'],
      ['Mark by old milk as done.', 'Done: buy oat milk.'],
    ],
    ['completed, buy oat milk'],
  ],
  [
    'a task that is proposed, and agreed to',
    [
      REPORT,
      VENDOR,
      ['Mark the vendor column as done.', 'I found no task like vendor column. Do you mean call the vendor?'],
      ['Yes.', 'Done: call the vendor.'],
    ],
    ['pending, review the report, 2026-11-27', 'completed, call the vendor, 2026-11-23'],
  ],
  [
    'a task that is proposed, and not meant',
    [
      REPORT,
      VENDOR,
      ['Mark the vendor column as done.', 'I found no task like vendor column. Do you mean call the vendor?'],
      ['No.', 'All right. Is there anything else?'],
    ],
    BOTH,
  ],
  [
    'no task that sounds like the title',
    [REPORT, VENDOR, ['Mark the unicorn as done.', 'I found no task like unicorn.']],
    BOTH,
  ],
  [
    'a task by its place in the list',
    [REPORT, VENDOR, LISTED, ['Mark the second one as done.', 'Done: review the report.']],
    ['pending, call the vendor, 2026-11-23', 'completed, review the report, 2026-11-27'],
  ],
  [
    'words that sound like undo, after something else was said',
    [
      REPORT,
      VENDOR,
      LISTED,
      ['I knew that.', 'Shall I take back the last change?'],
      ['Yes, please.', 'Taken back: call the vendor is off your list.'],
      ['I knew that.', 'Shall I take back the last change?'],
      ['No.', 'All right. Is there anything else?'],
    ],
    ['pending, review the report, 2026-11-27'],
  ],
  [
    '"tick off", which is heard as "take off"',
    [
      REPORT,
      VENDOR,
      ['Take off the report.', 'Shall I mark report as done, or delete it?'],
      ['Mark it as done.', 'Done: review the report.'],
      ['Took off the vendor.', 'Shall I mark vendor as done, or delete it?'],
      ['Delete it.', 'Delete call the vendor, due Monday?'],
      ['Yes.', 'Deleted: call the vendor.'],
    ],
    ['completed, review the report, 2026-11-27'],
  ],
  [
    'undo after an order that was not done',
    [
      REPORT,
      ['Mark the unicorn as done.', 'I found no task like unicorn.'],
      ['And do that, please.', 'Nothing was changed just now. Shall I take back the last change?'],
      ['No.', 'All right. Is there anything else?'],
      ['Mark the unicorn as done.', 'I found no task like unicorn.'],
      ['Undo that.', 'Nothing was changed just now. Shall I take back the last change?'],
      ['Yes.', 'Taken back: review the report is off your list.'],
    ],
    [],
  ],
  [
    'an order whose "add" was not heard',
    [
      ['Call the bank on Monday.', 'I cannot do that myself, but I can keep it as a task. Shall I add it?'],
      ['Yes.', 'Added: Call the bank, due Monday.'],
      ['Water the plants.', 'I cannot do that myself, but I can keep it as a task. Shall I add it?'],
      ['No, thanks.', 'All right. Is there anything else?'],
    ],
    ['pending, Call the bank, 2026-11-23'],
  ],
  [
    'a due date that sounds like an order',
    [
      ['And by milk.', 'Added: buy milk. Is it due some day?'],
      ['And two weeks.', 'Changed: buy milk, due Saturday, December fifth.'],
      ['No, first day.', 'All right. Changed: buy milk, due Thursday.'],
    ],
    ['pending, buy milk, 2026-11-26'],
  ],
  [
    'the due date of the task that was changed last',
    [REPORT, ['Set the due date to Monday.', 'Changed: review the report, due Monday.']],
    ['pending, review the report, 2026-11-23'],
  ],
  [
    'what the script cannot do',
    [
      REPORT,
      ['Make it repeat every week.', 'I cannot repeat tasks: each is there once. What shall I do?'],
      ['Delete everything.', 'I do that for one task at a time. Which one, please?'],
    ],
    ['pending, review the report, 2026-11-27'],
  ],
])('a conversation: %s', async (_, turns, stored) => {
  const conversation = await converse(turns)
  expect(conversation.answers).toEqual(turns.map(([, answer]) => answer))
  expect(conversation.stored).toEqual(stored)
})
