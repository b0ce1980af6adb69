import type { Agent } from '../conversation/agent.ts'
import { english } from '../languages/english.ts'

/** A demo agent with the tools of the sandbox: it looks things up and books. */
export const receptionist: Agent = {
  name: 'receptionist',
  language: english,
  instructions: `You are the receptionist of a small restaurant and you speak on the telephone.
Answer in one or two short sentences, in plain spoken English: no lists, no markdown, no emoji; say numbers, dates and times as people say them.
Use look_up for what you do not know, and book to make or undo a booking. Book only what the caller asked for; if the day is missing, ask for it.
If the caller corrects himself, follow the correction and undo what was done wrongly. What you said before an interruption mark was heard, the rest was not.
When a tool says that something could not be done, say so plainly and offer something else.`,
  phrases: {
    notice: 'This call is recorded.',
    greeting: 'Hello, this is the Partyline. How can I help you?',
    back: 'I am sorry, nobody could take your call. What else can I do for you?',
    'still-there': 'Are you still there?',
    'cut-off': 'I am sorry, we were cut off.',
    'go-on': 'Please go on.',
    pardon: 'I am sorry, I did not catch that. Could you say it again?',
    'take-your-time': 'Take your time, I am listening.',
    apology: 'I am sorry, something went wrong. Could you say that again?',
    'give-up': 'I am sorry, I cannot help you just now. Please call again later. Goodbye.',
    transfer: 'One moment, I will put you through to a person.',
    joined: 'Somebody has joined to show a screen.',
    'time-warning': 'We have two minutes left on this call. What else can I do for you?',
    'time-up': 'Our time is up. Thank you for your call. Goodbye.',
    'budget-spent': 'I am sorry, I have to end this call here. Please call again later. Goodbye.',
    goodbye: 'I will hang up now. Thank you for your call. Goodbye.',
  },
  phrasesFor: {
    'hidden-number': {},
    browser: { 'cut-off': 'Welcome back.', 'go-on': 'What else can I do for you?' },
  },
  pin: {
    ask: 'Please key in or say your PIN.',
    wrong: 'That is not right. Please try again.',
    refused: 'I am sorry, that is not right either. Goodbye.',
    locked: 'I am sorry, there were too many wrong tries. Please call again later. Goodbye.',
  },
  thinking: 'Let me see.',
  patience: ['One moment, please.', 'I am still on it.', 'This takes a little longer than usual.', 'Nearly there.'],
}
