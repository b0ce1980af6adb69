/** One template a line. */
export const linesOf = (templates: string): readonly string[] =>
  templates
    .trim()
    .split('\n')
    .map(line => line.trim())

/** Turns that open a new topic, whatever was said before. */
export const NEW_TURNS = linesOf(`delete it
  do it
  change it
  skip it
  open it
  send it
  mark it as done
  read it again
  read it to me
  move it
  finish it
  that one
  this one
  {yes}
  {no}
  {date}
  {time}
  {n}
  {n} people
  {first}
  the {topic} one
  what time is it
  what did you say
  where is it
  who is this
  help
  stop
  {task}
  add {task}
  add {topic}
  add a task called {task}
  add {task} to my {list}
  add {task} by {date}
  add a task to {task}
  add {good} to my {list}
  put {task} on my {list} for {date}
  create a task called {task}
  new task, {task}
  remind me to {task}
  remind me to {task} on {date}
  remind me to {task} at {time}
  remind me about the {topic} on {date}
  can you remind me to {task} tomorrow
  mark {task} as done
  mark the {topic} one as complete
  I've finished the {topic}
  delete the {topic} task
  delete {task}
  remove {good} from my {list}
  change the {topic} to {date}
  change the due date to {date}
  move the {topic} one to {date}
  move it to {date}
  make the {topic} {urgency} priority
  set the priority to {urgency}
  what's on my {list}
  what's on my {list} for {date}
  what do I need to do {date}
  what is due {date}
  show me my tasks for {date}
  read me the {topic} tasks
  do I have anything on {date}
  how many tasks are left
  which tasks are overdue
  rename the {topic} task to {task}
  undo that
  cancel that
  start over
  say that again
  can you repeat that
  I'd like to make an appointment for {date}
  I'd like to book a table for {n} at {time}
  I want to change my reservation to {date}
  I'd like to cancel my appointment on {date}
  I need an appointment with {who}
  my {device} {trouble}
  my {device} {trouble} and I need help
  I'm calling about my {device}
  I'm calling because my {device} {trouble}
  I have a question about the {topic}
  can I speak to {who}
  could you tell {who} that I called
  is {who} there
  are you open on {date}
  what time do you open on {weekday}
  how much does it cost
  do you have {good}
  hi, this is {first} {last}, I'm calling about the {topic}
  hello, I wanted to ask about the {topic}
  my number is {digits}
  you can reach me at {digits}
  my order number is {digits}
  no, I meant the {topic} one
  actually, make that {n}
  sorry, I meant {date}
  wait, that's not what I meant
  actually, never mind
  thanks, that's all
  okay, goodbye
  call {who} at {time}
  schedule a call with {who} for {date} at {time}
  can you check if {who} is free on {date}
  when is the {topic} due
  I need to {task} before {date}
  tell me about the {topic}
  email {who} that the {topic} is ready`)
