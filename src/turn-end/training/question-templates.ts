import { linesOf } from './opening-templates.ts'

/**
 * Whole questions of a caller. Many end in a preposition or a verb, because English puts what is asked for first: "who is
 * it for", "what do I need to do".
 */
export const CALLER_QUESTIONS = linesOf(`who is it for
  who is this for
  who was that for
  who is the {topic} for
  what is it for
  what's that for
  what is the {device} for
  what's it about
  what is this about
  what was that about
  what is the {topic} about
  what's the call about
  what are they about
  where are you from
  where is {who} from
  where are they calling from
  where does it come from
  where do I get it from
  who am I speaking to
  who am I talking to
  who are you with
  who is {who} with
  who did I speak to
  who did you speak with
  who should I talk to
  who do I send it to
  who does it belong to
  who did {who} give it to
  what is it made of
  what are you thinking of
  what does it consist of
  what are you looking for
  what is {who} waiting for
  what are we waiting for
  what did {who} ask for
  what do I have to pay for
  what else should I look at
  what time does it start at
  which {topic} is it in
  which list is it on
  what day is it on
  which day does it fall on
  what floor are you on
  what name is it under
  which account did it come out of
  what can I help with
  how do I log in
  when do I check in
  what time do I come in
  where do I sign up
  what do I need to do
  what should I do
  what can you do
  what do you do
  what else can you do
  what else is there to do
  what is left to do
  what am I supposed to do
  what did {who} do
  what do I need to bring
  what do you need to know
  what should I say
  what did {who} say
  what did you mean
  what does that mean
  what do you think
  what do you need
  what do you want
  what does it cost
  how does it work
  how does that sound
  how do I get there
  how do I start
  how do I pay
  how far is it
  how long is it
  how long does it take
  how long will it take
  how much is it
  how much do I owe
  how much does the {topic} cost
  how many are there
  how many do I have
  how many {topic} tasks are there
  how is {who}
  how are you
  how late are you open
  how do you spell that
  when does it start
  when does it end
  when does {who} arrive
  when do you open
  when do you close
  when is it
  when is it due
  when was that
  where is {who}
  where is the {topic}
  where are you
  where do I go
  where should I go
  where do I have to sign
  who is it
  who is that
  who is she
  who is he
  who are they
  who are you
  who called
  who do I call
  who did you call
  who else is coming
  which one is it
  which one was that
  which one do you mean
  which ones are left
  which one is cheaper
  why is that
  why not
  why is it late
  why did {who} call
  what is it
  what is that
  what was it
  what was that
  what is the {topic}
  what's the address
  what's the phone number
  what's my balance
  what's her number
  what's his name
  what day is it
  what time is it
  what kind is it
  what color is it
  what happened
  what's next
  what's wrong
  what now
  what about {date}
  what about {who}
  how about {time}
  how about {place}
  is it free
  is that all
  is that it
  is it far
  is it open
  is it done
  is {who} coming
  is the {topic} ready
  is there parking
  is there a fee
  are they open
  are you there
  are you sure
  can I
  may I
  can we
  should I
  do I
  did she
  did they
  can I change it
  can I pay by card
  can you do that
  do you know who it is for
  do you know where that is
  do you know where {who} is
  do you know what it is called
  do you know what that means
  do you know when they open
  can you tell me where it is
  can you tell me what that means
  can you tell me which one it is
  can you tell me how long it takes
  could you tell me where they are
  what's it called
  what's that called
  what is {who} called
  what is the {topic} called
  what do you have
  what have you got
  what else do you have
  what can I bring
  is there anything I should bring
  is there anything else I have to sign
  is there somebody I can talk to
  is anyone in
  can I come in
  should I bring one along
  I don't know what that is
  I don't know what that means
  I don't know where it is
  I don't know who that was
  I'm not sure what it is called
  I'm not sure what that means
  I have no idea what that means
  I have no idea where it is
  I have no idea what you mean
  I wonder where {who} is
  I can't remember what it was
  I forgot what it is called
  tell me what it is
  tell me what you have
  tell me what you think
  tell me where {who} is
  let me know when it is done
  let me know what it costs
  that's what I need
  that's what I mean
  that's the one I want
  that's the one I meant
  I think so
  do you know where the {topic} is
  do you know how much it is
  can you tell me what it is about
  can you tell me where the {topic} is
  can you tell me what my balance is
  could you tell me when it is
  could you tell me what I have to do
  I want to know what it is for
  I'd like to know when the {topic} is
  tell me how it works
  tell me what to do
  tell me who it is from
  do you have their address
  do you have a number I can call
  and who is it for
  so what do I do
  okay, and when is it
  sorry, what was that
  what is the price of {good}
  what is the price of the {topic}
  what's the number for {place}
  what is the number for the {device} repair
  what is the address of {who}
  what is the status of the {topic}
  what's the name of the {topic}
  what is the difference between {kind} and {kind}
  who should I talk to about the {topic}
  who is the manager of the {place} office
  when is the meeting with {who}
  when is my appointment with {who}
  where are you going to {task}
  what do I need to {task}
  what do I have to {task} for
  do I need to {task}
  how do I get to {place}
  how do I {task}
  is there anything for {date}
  is there a bus from {place} to {place}
  can you tell me about the {topic}
  what can you tell me about the {topic}
  what is my {topic} task about
  who is coming to the {topic} on {date}
  {yes}, what is the address
  {no}, what else is there
  thank you, how much is it
  great, what time does it open`)
