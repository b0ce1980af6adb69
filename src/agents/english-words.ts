import { english } from '../languages/english.ts'
import type { CommonWords } from './common-words.ts'

/** What agents say in English. */
export const ENGLISH: CommonWords = {
  language: english,
  phrases: {
    notice: 'This call is recorded.',
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
    switched: 'Sure, we can speak English.',
    'time-warning': 'We have two minutes left on this call. What else can I do for you?',
    'time-up': 'Our time is up. Thank you for your call. Goodbye.',
    'budget-spent': 'I am sorry, I have to end this call here. Please call again later. Goodbye.',
    goodbye: 'I will hang up now. Thank you for your call. Goodbye.',
  },
  browserPhrases: {
    notice: 'This conversation is recorded.',
    'cut-off': 'Welcome back.',
    'go-on': 'Where were we?',
    'give-up': 'I am sorry, I cannot help you just now. Please come back later. Goodbye.',
    'time-warning': 'We have two minutes left. What else can I do for you?',
    'time-up': 'Our time is up. Thank you for talking to me. Goodbye.',
    'budget-spent': 'I am sorry, I have to stop here. Please come back later. Goodbye.',
    goodbye: 'I will leave now. Thank you for talking to me. Goodbye.',
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
