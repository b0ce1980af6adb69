import { linesOf } from './opening-templates.ts'

/** What a caller says to news: "your table is booked". */
export const CALLER_REMARKS = linesOf(`thank you
  thank you very much
  thank you so much
  thanks
  thanks a lot
  thanks again
  thanks for that
  thanks for your help
  thanks for telling me
  thank you for calling
  thank you, that's all
  thanks, that is all
  great, thanks
  great, thank you
  okay, thanks
  perfect, thank you
  that's all I need
  that is everything
  that's all for {date}
  that will do
  that works
  that works for me
  that suits me
  that sounds good
  sounds good to me
  fine with me
  {date} is fine with me
  I like it
  I like that one
  I'll take it
  I'll take that one
  I want that one
  please book it
  please do that
  great, book it
  good to know
  never mind then
  I need {good} as well
  I need {good} too
  {who} needs one too
  I also need {good}
  add {good} as well
  no, I'm fine
  no, we're all set
  no, I don't think so
  no thanks, that's it
  I hope so
  I don't think so
  call her
  ask her
  call him
  wait a while
  {yes}, I would
  {yes}, I do
  look in {place}
  try {place}
  check {date}
  I'm in {place}
  we are leaving from {place}
  I need {n} tickets
  it's for {n} people
  just one person`)
