import { expect, test } from 'vitest'
import { converse, type Turn } from './converse.ts'

type Conversation = readonly [about: string, turns: readonly Turn[], stored: readonly string[]]

const MILK: Turn = ['Add buy milk.', 'Added: buy milk. Is it due some day?']
const ANNA: Turn = ['Add call Anna on Friday.', 'Added: call Anna, due Friday.']
const BOB: Turn = ['Add call Bob on Monday.', 'Added: call Bob, due Monday.']
const EITHER = 'Do you mean call Bob, due Monday; or call Anna, due Friday?'
const MUM = 'Do you mean call mum, due Monday; or call mum, due Friday?'

const CONVERSATIONS: readonly Conversation[] = [
  [
    'all tools, one after the other',
    [
      ['What do I have due today?', 'Nothing is due today.'],
      ['Add review the quarterly report by Friday.', 'Added: review the quarterly report, due Friday.'],
      ['Add call the vendor on Monday.', 'Added: call the vendor, due Monday.'],
      ['Add finish the proposal tomorrow at five.', 'Added: finish the proposal, due tomorrow at five.'],
      [
        'What do I have to do?',
        'You have three pending: finish the proposal, due tomorrow at five; call the vendor, due Monday; and review the quarterly report, due Friday.',
        'You have three pending: finish the proposal,',
      ],
      ['No wait, I meant Thursday.', 'All right. Changed: finish the proposal, due Thursday at five.'],
      ['Mark the proposal one as done.', 'Done: finish the proposal.'],
      ['Delete the vendor call.', 'Delete call the vendor, due Monday?'],
      ['Yes.', 'Deleted: call the vendor.'],
      ['Undo that, please.', 'Taken back: call the vendor is on your list again.'],
      ['When is the report due?', 'review the quarterly report, due Friday.'],
      ['Thank you, goodbye.', "You're welcome. Goodbye!"],
    ],
    [
      'pending, call the vendor, 2026-11-23',
      'pending, review the quarterly report, 2026-11-27',
      'completed, finish the proposal, 2026-11-26T22:00',
    ],
  ],
  [
    'a date that is asked for, and given',
    [MILK, ['On Monday.', 'Changed: buy milk, due Monday.']],
    ['pending, buy milk, 2026-11-23'],
  ],
  [
    'a date that is asked for, announced with yes, and given',
    [
      MILK,
      ['Yes.', 'When is it due?'],
      ['Uh, the fifth of December.', 'Changed: buy milk, due Saturday, December fifth.'],
    ],
    ['pending, buy milk, 2026-12-05'],
  ],
  [
    'a date that is given before its question was heard',
    [
      [MILK[0], MILK[1], 'Added: buy milk.'],
      ['Tomorrow morning.', 'Changed: buy milk, due tomorrow at nine.'],
    ],
    ['pending, buy milk, 2026-11-22T14:00'],
  ],
  [
    'a date that is not wanted is not asked for again',
    [MILK, ['No.', 'All right. Is there anything else?'], ['Add buy eggs.', 'Added: buy eggs.']],
    ['pending, buy milk', 'pending, buy eggs'],
  ],
  [
    'dates in other words',
    [
      ['I have to send the invoice by the 5th of December.', 'Added: send the invoice, due Saturday, December fifth.'],
      [
        'Add the meeting with Tom at half past four on Tuesday.',
        'Added: the meeting with Tom, due Tuesday at four thirty.',
      ],
      [
        'Can you please add a task called prepare slides in two weeks?',
        'Added: prepare slides, due Saturday, December fifth.',
      ],
      ['Put call the plumber on my list for Wednesday at noon.', 'Added: call the plumber, due Wednesday at noon.'],
    ],
    [
      'pending, the meeting with Tom, 2026-11-24T21:30',
      'pending, call the plumber, 2026-11-25T17:00',
      'pending, send the invoice, 2026-12-05',
      'pending, prepare slides, 2026-12-05',
    ],
  ],
  [
    'a task without a title, which is asked for',
    [
      ['Add a task.', 'Gladly. What shall I add?'],
      ['Water the plants tomorrow.', 'Added: Water the plants, due tomorrow.'],
    ],
    ['pending, Water the plants, 2026-11-22'],
  ],
  [
    'an order with a correction in it',
    [
      [
        'Add finish the proposal tomorrow at five. No wait, I meant Thursday.',
        'Added: finish the proposal, due Thursday at five.',
      ],
    ],
    ['pending, finish the proposal, 2026-11-26T22:00'],
  ],
  [
    'the wrong title',
    [ANNA, ['No, I meant call Hannah on Sunday.', 'All right. Changed: call Hannah, due tomorrow.']],
    ['pending, call Hannah, 2026-11-22'],
  ],
  [
    'a new order that begins like a correction',
    [ANNA, ['Actually, add call Bob on Monday.', 'All right. Added: call Bob, due Monday.']],
    ['pending, call Bob, 2026-11-23', 'pending, call Anna, 2026-11-27'],
  ],
  [
    'the wrong task completed',
    [ANNA, BOB, ['Mark Bob as done.', 'Done: call Bob.'], ['Sorry, I meant Anna.', 'All right. Done: call Anna.']],
    ['pending, call Bob, 2026-11-23', 'completed, call Anna, 2026-11-27'],
  ],
  [
    'the wrong task moved',
    [
      ANNA,
      BOB,
      ['Move Bob to Tuesday.', 'Changed: call Bob, due Tuesday.'],
      ['No wait, I meant Anna.', 'All right. Changed: call Anna, due Tuesday.'],
    ],
    ['pending, call Bob, 2026-11-23', 'pending, call Anna, 2026-11-24'],
  ],
  [
    'the wrong task asked about',
    [
      ANNA,
      BOB,
      ['Delete Bob.', 'Delete call Bob, due Monday?'],
      ['No wait, I meant Anna.', 'Delete call Anna, due Friday?'],
      ['Yes, delete it.', 'Deleted: call Anna.'],
    ],
    ['pending, call Bob, 2026-11-23'],
  ],
  [
    'a question that is denied',
    [BOB, ['Delete it.', 'Delete call Bob, due Monday?'], ['No, keep it.', 'All right, nothing was deleted.']],
    ['pending, call Bob, 2026-11-23'],
  ],
  [
    'a question that is not answered',
    [
      BOB,
      ['Delete it.', 'Delete call Bob, due Monday?'],
      ['What is overdue?', 'Nothing is overdue.'],
      ['Yes.', 'Good. What shall I do?'],
    ],
    ['pending, call Bob, 2026-11-23'],
  ],
  [
    'a question that is answered before it was heard',
    [
      BOB,
      ['Delete the Bob one.', 'Delete call Bob, due Monday?', 'Delete call'],
      ['Yes.', 'Delete call Bob, due Monday?'],
      ['Yes.', 'Deleted: call Bob.'],
    ],
    [],
  ],
  [
    'one of several by its name, and by its place',
    [
      ANNA,
      BOB,
      ['Delete the call.', EITHER],
      ['The Bob one.', 'Delete call Bob, due Monday?'],
      ['No.', 'All right, nothing was deleted.'],
      ['Mark the call as done.', EITHER],
      ['Yes.', 'Which one, please?'],
      ['Push the call to Tuesday.', EITHER],
      ['The second one.', 'Changed: call Anna, due Tuesday.'],
    ],
    ['pending, call Bob, 2026-11-23', 'pending, call Anna, 2026-11-24'],
  ],
  [
    'one of several with the same title',
    [
      ['Add call mum on Monday.', 'Added: call mum, due Monday.'],
      ['Add call mum on Friday.', 'Added: call mum, due Friday.'],
      ['Mark call mum as done.', MUM],
      ['The Friday one.', 'Done: call mum.'],
      ['Add call mum on Sunday.', 'Added: call mum, due tomorrow.'],
      ['Delete call mum.', 'Do you mean call mum, due tomorrow; or call mum, due Monday?'],
      ['The second one.', 'Delete call mum, due Monday?'],
      ['Yes.', 'Deleted: call mum.'],
    ],
    ['pending, call mum, 2026-11-22', 'completed, call mum, 2026-11-27'],
  ],
  [
    'none of several',
    [ANNA, BOB, ['Delete the call.', EITHER], ['Never mind.', 'All right, I have changed nothing.']],
    ['pending, call Bob, 2026-11-23', 'pending, call Anna, 2026-11-27'],
  ],
  [
    'a task that does not exist',
    [
      ['Mark the unicorn as done.', 'I found no task like unicorn.'],
      ['Undo that.', 'There is nothing to take back from the last ten minutes.'],
    ],
    [],
  ],
  [
    'a date that does not exist',
    [
      BOB,
      ['Move it to the 31st of February.', 'February has no thirty first. When is it due?'],
      ['Tuesday.', 'Changed: call Bob, due Tuesday.'],
    ],
    ['pending, call Bob, 2026-11-24'],
  ],
  [
    'it, before and after a task was changed',
    [
      ['Delete it.', 'Which task do you mean?'],
      ['The milk.', 'I found no task like milk.'],
      MILK,
      ['Make it due Friday.', 'All right. Changed: buy milk, due Friday.'],
      ['Rename it to buy oat milk.', 'Changed: buy oat milk, due Friday.'],
      ['Take the date away from it.', 'Changed: buy oat milk.'],
      ['Mark it done.', 'Done: buy oat milk.'],
      ['Is the milk done?', 'buy oat milk, done.'],
      ['What have I finished?', 'You have completed one: buy oat milk.'],
      ['Reopen the milk.', 'Changed: buy oat milk.'],
    ],
    ['pending, buy oat milk'],
  ],
  [
    'the same task added twice',
    [
      MILK,
      ['Add buy milk.', 'I have that already. Added: buy milk.'],
      ['Pardon?', 'I have that already. Added: buy milk.'],
    ],
    ['pending, buy milk'],
  ],
]

test.each(CONVERSATIONS)('a conversation: %s', async (_, turns, stored) => {
  const conversation = await converse(turns)
  expect(conversation.answers).toEqual(turns.map(([, answer]) => answer))
  expect(conversation.stored).toEqual(stored)
})
