/** What was said, what was heard of it, and the tool that it calls, with its arguments. */
export interface HeardOrder {
  readonly said: string
  readonly heard: string
  readonly tool: string
  readonly given: Readonly<Record<string, string>>
}

/**
 * What Moonshine tiny made of orders by telephone (mu-law at 8 kHz), spoken by flite's voices rms, awb and kal and by a
 * neural voice, in quiet and in noise, after a task "buy milk" was added.
 */
const TABLE = `
What do I have due today? | What do I have you to-day | list_tasks | filter: due_today
What do I have due today? | What do I have due to date? | list_tasks | filter: due_today
What's due today? | What's due to day? | list_tasks | filter: due_today
What's due today? | What's due to date? | list_tasks | filter: due_today
What do I have to do today? | What do I have to do to date? | list_tasks | filter: due_today
List my tasks. | List might ask. | list_tasks | filter: pending
List my tasks. | The list my tasks. | list_tasks | filter: pending
Read my list. | Where at my list? | list_tasks | filter: pending
Read my list. | Red my list. | list_tasks | filter: pending
Read me all my tasks. | Bread me all my tasks. | list_tasks | filter: all
Read me all my tasks. | Red me all my tasks. | list_tasks | filter: all
Do I have anything due this week? | Do I have anything to this week? | list_tasks | filter: pending
What's due next week? | What's the next week? | list_tasks | filter: pending
Add buy milk. | And by milk, | create_task | title: buy milk
Add buy milk. | Add by milk. | create_task | title: buy milk
Add review the report by Friday. | I'd review the report by Friday. | create_task | title: review the report | due: by Friday
Add call the vendor on Monday. | Ed called the vendor on Monday. | create_task | title: call the vendor | due: on Monday
Add call the vendor on Monday. | At call the vendor on Monday. | create_task | title: call the vendor | due: on Monday
Add a task called prepare the slides. | At a task called prepare the slides. | create_task | title: prepare the slides
Add pay the rent by the first of December. | At pay the rent by the first of December. | create_task | title: pay the rent | due: by the first of December
Add send the invoice on December fifth. | Ed sent the invoice on December 5th. | create_task | title: send the invoice | due: on December 5th
Add book a flight to Denver for next Tuesday. | And book a flight to Denver for next Tuesday. | create_task | title: book a flight to Denver | due: for next Tuesday
Add buy two tickets for the concert on Saturday. | And by two tickets for the concert on Saturday. | create_task | title: buy two tickets for the concert | due: on Saturday
Add wash the car on Sunday. | And wash the card on Sunday. | create_task | title: wash the card | due: on Sunday
Add wash the car on Sunday. | Ed wash the car on Sunday. | create_task | title: wash the car | due: on Sunday
Add renew my passport in two weeks. | At renew my passport in two weeks. | create_task | title: renew my passport | due: in two weeks
Add meeting with Tom at nine thirty. | Ad meeting with Tom at nine thirty. | create_task | title: meeting with Tom | due: at nine thirty
Add clean the kitchen tonight. | At clean the kitchen tonight. | create_task | title: clean the kitchen | due: tonight
Add water the plants every day. | At water, the plants every day. | create_task | title: water the plants every day
Put eggs on my list. | But eggs on my list. | create_task | title: eggs
Put call the plumber on my list for Wednesday at noon. | Put called a plumber on my list for Wednesday at noon. | create_task | title: call a plumber | due: for Wednesday at noon
Put call the plumber on my list for Wednesday at noon. | But call the plumber on my list for Wednesday at noon. | create_task | title: call the plumber | due: for Wednesday at noon
Remind me to take out the trash. | We remind me to take out the trash. | create_task | title: take out the trash
Can you add buy flowers to my list? | Can you add by flowers to my list? | create_task | title: buy flowers
New task, write the minutes. | Newtask bright the minutes. | create_task | title: write the minutes
Note down return the library books. | Notedown returned the library books. | create_task | title: return the library books
Mark the report as done. | Mark the report has done it. | complete_task | title: report
Mark the report as done. | Mark the report has done. | complete_task | title: report
Mark the proposal one as done. | Mark the proposal one has done. | complete_task | title: proposal one
Mark the proposal one as done. | Mark a proposal one has done. | complete_task | title: proposal one
Mark buy milk as complete. | Mark by milk as complete. | complete_task | title: buy milk
Mark it as done. | Marquette has done. | complete_task | title: buy milk
Mark it as done. | Mark, it has done. | complete_task | title: buy milk
Mark that as done please. | Mark that has done, please. | complete_task | title: buy milk
Mark that as done please. | Margaret has done, please. | complete_task | title: buy milk
Mark the first one as done. | Mark the first one has done. | complete_task | title: first one
Complete buy milk. | Complete by milk. | complete_task | title: buy milk
I'm done with the report. | I am done with the report. | complete_task | title: report
I'm done with the report. | I'm done with a report. | complete_task | title: report
I've paid the rent. | I've paid rent. | complete_task | title: pay rent
Delete buy milk. | Delete by milk. | delete_task | title: buy milk
Delete it. | Deleted. | delete_task | title: buy milk
Delete it. | Delated. | delete_task | title: buy milk
Take the milk off my list. | Take the milk of my list. | delete_task | title: milk
Delete it. | Believe it. | delete_task | title: buy milk
Undo. | And you? | undo_last_change
Undo that. | And do that. | undo_last_change
Undo that please. | And do that, please. | undo_last_change
Undo the last change. | Then do the last change. | undo_last_change
Undo it. | I am do it. | undo_last_change
Undo it. | I'm do it. | undo_last_change
Undo it. | And do it. | undo_last_change
Undo delete. | Then do delete. | undo_last_change
Move the report to Monday. | Move, report to Monday. | update_task | title: report | due: Monday
Postpone the report until next Friday. | Postponed the report until next Friday. | update_task | title: report | due: next Friday
Add finish the proposal tomorrow at five. | At finish the proposal tomorrow at five. | create_task | title: finish the proposal | due: tomorrow at five
Add a task called prepare the slides. | At a task, called prepared the slides. | create_task | title: prepare the slides
Add pick up the kids at three thirty. | And pick up the kids at three thirty. | create_task | title: pick up the kids | due: at three thirty
Change it to Thursday at noon. | Change it to firstly at noon. | update_task | title: buy milk | due: Thursday at noon
Change it to Thursday at noon. | Change it to thirsty at noon. | update_task | title: buy milk | due: Thursday at noon
Add buy two tickets for the concert on Saturday. | Add by two tickets for the concert on Saturday. | create_task | title: buy two tickets for the concert | due: on Saturday
Make it due on Friday. | Make it do on Friday. | update_task | title: buy milk | due: on Friday
Make it tomorrow. | Make it to Maro. | update_task | title: buy milk | due: tomorrow
Add renew my passport in two weeks. | Adrenew my passport in two weeks. | create_task | title: renew my passport | due: in two weeks
Set the due date to Monday. | Said the due date to Monday. | update_task | title: buy milk | due: Monday
Add clean the kitchen tonight. | Ed cleaned the kitchen to-night. | create_task | title: clean the kitchen | due: tonight
Add water the plants every day. | Edwater the plants every day. | create_task | title: water the plants every day
Rename the report to summary. | We renamed the report to Summary. | update_task | title: report | new_title: Summary
Rename the report to summary. | We name the report to summary. | update_task | title: report | new_title: summary
Please remind me to feed the cat at seven. | Place remind me to feed the cat at seven. | create_task | title: feed the cat | due: at seven
When is the report due? | One is the report do. | get_task_details | title: report
When do I have to pay the rent? | When do I have to pay rent? | get_task_details | title: pay rent
Mark the report as not done. | Mark the report has not done. | update_task | title: report | status: pending
No wait, I meant Thursday. | No, wait, I meant firstie. | update_task | title: buy milk | due: Thursday
No wait, I meant Thursday. | No weight, I meant thirsty. | update_task | title: buy milk | due: Thursday
No wait, I meant Thursday. | No weight, I meant firstie. | update_task | title: buy milk | due: Thursday
No, Thursday. | No, first, D. | update_task | title: buy milk | due: Thursday
Mark that as done please. | Mark that is done, please. | complete_task | title: buy milk
Mark the first one as done. | Mark the first one is done. | complete_task | title: first one
Actually, make it Thursday. | Actually, make it thirsty. | update_task | title: buy milk | due: Thursday
Actually, make it Thursday. | Actually, made it thirsty. | update_task | title: buy milk | due: Thursday
I already called Anna. | I've already called Anna. | complete_task | title: call Anna
Wait, I meant call Hannah. | Wait, I meant called Hannah. | update_task | title: buy milk | new_title: call Hannah
I've paid the rent. | I paid the rent. | complete_task | title: pay the rent
Remove call Anna. | Removes call Anna. | delete_task | title: call Anna
Cancel the meeting. | Canceled the meeting. | delete_task | title: meeting
At half past three. | At half-past three. | update_task | title: buy milk | due: At half past three
Undo that. | I knew that. | undo_last_change
Undo that please. | I knew that, please. | undo_last_change
Undo the last change. | A new, the last change. | undo_last_change
Undo delete. | And do delete. | undo_last_change
Move the report to Monday. | New the report to Monday. | update_task | title: report | due: Monday
Push the call to Thursday. | Puss the call to Thursday. | update_task | title: call | due: Thursday
Change it to Thursday at noon. | Changing to Thursday at noon. | update_task | title: buy milk | due: Thursday at noon
Reopen the report. | Reopened the report. | update_task | title: report | status: pending
Mark the report as not done. | Mark the report is not done. | update_task | title: report | status: pending
No, Thursday. | No, first day. | update_task | title: buy milk | due: Thursday
In two weeks. | And two weeks. | update_task | title: buy milk | due: in two weeks
Add order new business cards. | At order, new business cards. | create_task | title: order new business cards
Add prepare the agenda for the meeting on Tuesday. | A prepared the agenda for the meeting on Tuesday. | create_task | title: prepare the agenda for the meeting | due: on Tuesday
Add get a haircut on Saturday. | I'd get a haircut on Saturday. | create_task | title: get a haircut | due: on Saturday
Add change the oil in the car. | At change the oil in the car. | create_task | title: change the oil in the car
Add pay my credit card bill by Wednesday. | At pay my credit card bill by Wednesday. | create_task | title: pay my credit card bill | due: by Wednesday
Add call grandma on Sunday afternoon. | At call Grandma on Sunday afternoon. | create_task | title: call Grandma | due: on Sunday afternoon
Add vacuum the living room. | At vacuum the living room. | create_task | title: vacuum the living room
Add send the contract to Mister Brown on Tuesday. | At send the contract to Mr. Brown on Tuesday. | create_task | title: send the contract to Mr. Brown | due: on Tuesday
Can you add clean the garage on Saturday? | Can you at clean the garage on Saturday? | create_task | title: clean the garage | due: on Saturday
Put buy stamps on my list. | Hut by stamps on my list. | create_task | title: buy stamps
Put milk on the list. | Have milk on the list. | create_task | title: milk
New task. Call the landlord. | New task, called the landlord. | create_task | title: call the landlord
Remind me tomorrow to call the doctor. | Remind me to morrow to call the doctor. | create_task | title: call the doctor | due: tomorrow
Mark call the plumber as done. | Mark called the plumber as done. | complete_task | title: call the plumber
Mark the groceries as done. | Mark the groceries is done. | complete_task | title: groceries
Mark the second one as done. | Mark the second one is done. | complete_task | title: second one
I'm finished with the website. | I'm finished with a website. | complete_task | title: website
Complete it. | Completed. | complete_task | title: buy milk
Remove the stamps from my list. | Removed the stamps from my list. | delete_task | title: stamps
Remove the homework. | Removed the homework. | delete_task | title: homework
Can you undo that? | Can you unnew that? | undo_last_change
Move the plumber to tomorrow. | Moved the plumber to to-morrow. | update_task | title: plumber | due: tomorrow
Push the homework to tomorrow. | Pushed the homework to to-morrow. | update_task | title: homework | due: tomorrow
Reschedule the meeting to Friday. | Preschedule the meeting to Friday. | update_task | title: meeting | due: Friday
Change it to tomorrow at nine. | Changed it to tomorrow at nine. | update_task | title: buy milk | due: tomorrow at nine
Make the contract due on Wednesday. | Make the contract do on Wednesday. | update_task | title: contract | due: on Wednesday
Reopen the homework. | Reopened the homework. | update_task | title: homework | status: pending
No wait, Wednesday. | No way, Wednesday. | update_task | title: buy milk | due: Wednesday
In three days. | And three days. | update_task | title: buy milk | due: in three days
Add buy milk. In two weeks. | Add by milk. And two weeks, | create_task | title: buy milk | due: in two weeks
Add buy groceries tonight. | Ed by groceries tonight. | create_task | title: buy groceries | due: tonight
Add fix the printer. | And fix a printer. | create_task | title: fix a printer
Add schedule a meeting with the team next Monday. | At schedule a meeting with the team next Monday. | create_task | title: schedule a meeting with the team | due: next Monday
Add vacuum the living room. | Ed vacuumed a living room. | create_task | title: vacuum a living room
Add send the contract to Mister Brown on Tuesday. | Ed sent the contract to Mr. Brown on Tuesday. | create_task | title: send the contract to Mr. Brown | due: on Tuesday
Add eggs to my list. | Bad eggs to my list. | create_task | title: eggs
What's due next week? | What's next week? | list_tasks | filter: pending
Add finish the proposal tomorrow at five. | Ed finished the proposal tomorrow at five. | create_task | title: finish the proposal | due: tomorrow at five
Add pick up the kids at three thirty. | And pick up the kids at 3:30. | create_task | title: pick up the kids | due: at 3:30
Add buy two tickets for the concert on Saturday. | Add by two tickets with the concert on Saturday. | create_task | title: buy two tickets with the concert | due: on Saturday
Add meeting with Tom at nine thirty. | Had meeting with Tom at nine thirty. | create_task | title: meeting with Tom | due: at nine thirty
Note down return the library books. | Notedown returned the library book. | create_task | title: return the library book
Mark the first one as done. | Mark the first one it done. | complete_task | title: first one
Undo that please. | And knew that, please. | undo_last_change
Undo the last change. | And knew the last change. | undo_last_change
Make it due on Friday. | Make it do one Friday. | update_task | title: buy milk | due: on Friday
What's due next week? | What's your next week? | list_tasks | filter: pending
Add buy two tickets for the concert on Saturday. | Head by two tickets for the concert on Saturday. | create_task | title: buy two tickets for the concert | due: on Saturday
Mark it as done. | More it has done. | complete_task | title: buy milk
Undo the last change. | And do the last change. | undo_last_change
Change buy milk to buy oat milk. | Change by milk to by oat milk. | update_task | title: buy milk | new_title: buy oat milk
When do I have to pay the rent? | One do I have to pay the rent? | get_task_details | title: pay the rent
No, Thursday. | No thirsty. | update_task | title: buy milk | due: Thursday
Mark it done. | Market done. | complete_task | title: buy milk
Mark it as completed. | Markit has completed. | complete_task | title: buy milk
Undo the deletion. | I'm due the deletion. | undo_last_change
Undo the deletion. | Then do the deletion. | undo_last_change
Undo that, please. | I do that, please. | undo_last_change
Add lunch with Peter on Thursday at noon. | And lunch with Peter on Thursday at noon. | create_task | title: lunch with Peter | due: on Thursday at noon
Add finish my homework. | I'd finish my homework. | create_task | title: finish my homework
When is my next task? | One is my next task. | list_tasks | filter: pending
When is lunch with Peter? | One is lunch with Peter. | get_task_details | title: lunch with Peter
I must send the package by Thursday. | I must send the package by first e. | create_task | title: send the package | due: by Thursday
Actually, make it Monday. | Actually, make it money. | update_task | title: buy milk | due: Monday
Not Monday, Tuesday. | not monday tuesday | update_task | title: buy milk | due: tuesday
Add call the dentist tomorrow at five. | and call the dentist tomorrow at five | create_task | title: call the dentist | due: tomorrow at five
Add call the vendor on Monday. | I call the vendor on Monday. | create_task | title: call the vendor | due: on Monday
Add review the quarterly report by Friday. | I've reviewed the quarterly report by Friday. | create_task | title: review the quarterly report | due: by Friday
`

export const HEARD_ORDERS: readonly HeardOrder[] = TABLE.trim()
  .split('\n')
  .map(line => {
    const [said = '', heard = '', tool = '', ...given] = line.split(' | ')
    return { said, heard, tool, given: Object.fromEntries(given.map(one => one.split(': '))) }
  })
