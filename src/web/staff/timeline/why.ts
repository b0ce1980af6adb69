import { brief } from '../frame/say.ts'
import { type Input, type Reply, type Turn, textOf } from './lines.ts'

/** Why the agent waits as long as it does, in words for people. The keys are the turn's reasons. */
const PATIENCE: Readonly<Record<string, string>> = {
  complete: 'their words sounded complete',
  uncertain: 'it was uncertain whether their words were complete',
  'trails off': 'their words trailed off',
  prompted: 'they were told to take their time',
  spelling: 'they were spelling out a number',
  keys: 'they were keying digits',
  'no words yet': 'speech was heard, but no words of it yet',
  final: 'the words were not final yet',
}
const JUDGING: Readonly<Record<string, string>> = {
  'barge-in': 'a sound over the agent: waiting for words',
  wordless: 'no words yet: the agent is silent',
  'back-channel': 'it sounded like “mm-hm”: the agent goes on for now',
  'late words': 'the sound is over: words may still come',
  'uninterruptible words': 'what the agent says now cannot be interrupted',
}
const PHRASES: Readonly<Record<string, string>> = {
  notice: 'the notice at the beginning',
  greeting: 'the greeting',
  back: 'that it is back',
  'cut-off': 'that the line broke',
  'go-on': '“please go on”',
  'still-there': 'asks whether the caller is still there',
  pardon: 'asks the caller to say it again',
  'take-your-time': '“take your time”',
  apology: 'an apology',
  'give-up': 'that it cannot go on',
  transfer: 'that it transfers the call',
  joined: 'that somebody has joined',
  'time-warning': 'that time is nearly up',
  'time-up': 'that time is up',
  'budget-spent': 'that it must end the call: the budget is spent',
  goodbye: 'goodbye',
}
export const STATES: Readonly<Record<Turn['kind'], string>> = {
  listening: 'Listening',
  hearing: 'Hearing the caller',
  settling: 'Waiting whether they go on',
  replying: 'Replying',
  yielding: 'Somebody speaks over it',
  ended: 'Ended',
}

/** A live call is also `starting`: the conversation has not begun, such as while a PIN is asked. */
export const stateWords = (state: string): string =>
  state === 'starting' ? 'Starting' : (STATES[state as Turn['kind']] ?? state)
export const patienceWords = (why: string): string => PATIENCE[why] ?? why
export const judgingWords = (why: string): string => JUDGING[why] ?? why
export const phraseWords = (phrase: string): string => PHRASES[phrase] ?? phrase

/** What a reply is, in a few words. */
export function replyWords({ content }: Reply): string {
  switch (content.kind) {
    case 'answer':
      return 'an answer'
    case 'question':
    case 'repeat':
      return 'the same question again'
    case 'relay':
      return 'what the other person said'
    default:
      return phraseWords(content.phrase ?? content.kind)
  }
}

/** Why the turn went from one state into the next. */
export function enteredBecause(before: Turn | undefined, turn: Turn, input: Input | undefined): string {
  switch (turn.kind) {
    case 'listening':
      return before?.kind === 'replying' || before?.kind === 'yielding' ? 'The agent was heard to its end.' : ''
    case 'hearing':
      if (before?.kind === 'settling') return 'The caller went on.'
      if (before?.kind === 'yielding') return `Judged as an interruption${quoted(turn)}.`
      if (before?.kind === 'replying') return 'The caller went on before they heard anything of the reply.'
      return 'The caller began to speak.'
    case 'settling':
      return 'The caller paused.'
    case 'yielding':
      return 'A sound over the agent’s voice.'
    case 'ended':
      return `The call ended: ${turn.why ?? 'for no reason that was written down'}.`
    case 'replying':
      return repliesBecause(before, turn, input)
  }
}

function repliesBecause(before: Turn | undefined, turn: Turn, input: Input | undefined): string {
  const reply = turn.reply
  if (reply === undefined) return ''
  if (before?.kind === 'yielding' && before.reply?.id === reply.id) return `It goes on: ${judged(before, turn, input)}.`
  if (before?.kind === 'settling' && reply.content.kind === 'answer') {
    const draft = before.draft?.id === reply.id ? ' The draft of the answer was used.' : ''
    return `Patience was over: ${patienceWords(before.patience?.why ?? '')}.${draft}`
  }
  return reply.content.kind === 'answer' ? 'The turn was over.' : `The agent says: ${replyWords(reply)}.`
}

/** What a sound over the agent was taken for. The journal has the turn's way; this reads its reason off it. */
export function judged(before: Turn, turn: Turn, input: Input | undefined): string {
  const isSame = turn.reply?.id === before.reply?.id
  if (!isSame) return `an interruption${quoted(turn.utterance ? turn : before)}`
  const words = before.utterance ? textOf(before.utterance) : ''
  if (input?.kind === 'wait-over' && input.own !== undefined && input.own >= 0.5)
    return `the agent’s own echo (${Math.round(input.own * 100)} % alike)`
  if (words === '') return 'a sound without words'
  return `a sign of listening or an echo, “${words}”`
}

const quoted = (turn: Turn): string => {
  const words = turn.utterance ? textOf(turn.utterance) : ''
  return words === '' ? '' : `, “${words}”`
}

/** What is noted for whoever runs the server, in words. Others are told by their own names. */
const NOTES: Readonly<Record<string, string>> = {
  'line-quality': 'how good the line was',
  'frames-paced': 'how evenly the agent’s sound was sent',
  'caller-audio-dropped': 'some of the caller’s sound was dropped',
  'spoken-over': 'the page heard the caller speak over the agent, and fell silent',
  'recording-lost': 'the recording is lost from here on',
  'recording-back': 'the recording goes on',
  'lines-lost': 'lines of the journal are lost',
  'reply-cut': 'the reply was too long and was cut',
  'tool-failed': 'a tool failed',
  'transcript-cut': 'the transcript was cut',
  'work-failed': 'something failed inside',
  withheld: 'withheld: a PIN or a card number was given',
  'heard-by': 'who hears the call',
  'provider-switched': 'another provider goes on where one failed',
  'screen-look': 'it looked at the shared screen',
  'knowledge-given': 'words of documents were given to the model',
  'knowledge-missed': 'nothing was found in the documents',
  'knowledge-failed': 'the documents could not be searched',
  'staff-listens': 'staff began to listen in',
  'staff-leaves': 'staff no longer listens in',
  whispered: 'staff whispered a hint',
}
export const noteWords = (kind: string): string => NOTES[kind] ?? kind.replaceAll('-', ' ')

export const percent = (likelihood: number): string => `${Math.round(likelihood * 100)} %`
export const after = (ms: number): string => `after ${brief(Math.max(0, ms))}`
