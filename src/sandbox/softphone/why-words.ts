import type { Language } from '../../conversation/language.ts'
import { judgeOverlap } from '../../conversation/turn/overlap.ts'
import type { Phrase, Reply, Turn, TurnOf } from '../../conversation/turn/turn.ts'
import { wordsOf } from '../../conversation/turn/utterance.ts'
import { isUninterruptible } from '../../conversation/turn/voice-level.ts'
import type { Judged } from './messages.ts'

/** Why the agent waits as long as it does. The keys are the turn's reasons; one that is new is told as it stands. */
const PATIENCE: Readonly<Record<string, string>> = {
  complete: 'the words sound complete',
  uncertain: 'the words may not be all',
  'trails off': 'the words trail off',
  prompted: 'it has said "take your time"',
  spelling: 'a number is being spelt out',
  keys: 'keys are being pressed',
  'no words yet': 'there was a voice, but no words of it yet',
  final: 'the words are not final yet',
}
/** The same where the wait is over and they did not come. */
const OVER: Readonly<Record<string, string>> = {
  keys: 'no more keys came',
  spelling: 'no more of the number came',
  'no words yet': 'no words came',
  final: 'the words did not change any more',
}
const JUDGING: Readonly<Record<string, string>> = {
  'barge-in': 'A sound over the agent: it waits for words.',
  wordless: 'A voice without words so far: the agent is silent.',
  'back-channel': 'It sounds like "mm-hm": the agent goes on for now.',
  'late words': 'The sound is over, words of it may still come.',
  'uninterruptible words': 'What the agent says now is said to its end.',
}
const PHRASES: Readonly<Record<Phrase, string>> = {
  notice: 'the notice at the beginning',
  greeting: 'the greeting',
  back: 'that it is back',
  'cut-off': 'that the line broke',
  'go-on': '"please go on"',
  'still-there': 'whether you are still there',
  pardon: 'that it did not catch it',
  'take-your-time': '"take your time"',
  apology: 'an apology',
  'give-up': 'that it cannot go on',
  transfer: 'that it transfers the call',
  joined: 'that somebody has joined',
  switched: 'that it speaks another language',
  'time-warning': 'that time is nearly up',
  'time-up': 'that time is up',
  'budget-spent': 'that the budget is spent',
  goodbye: 'goodbye',
}

const seconds = (ms: number): string => `${(Math.max(0, ms) / 1_000).toFixed(1).replace(/\.0$/, '')} s`

/** Why it is this side's turn now, in a sentence; empty where the state says it all. */
export function whyWords(before: Turn | undefined, turn: Turn): string {
  switch (turn.kind) {
    case 'listening':
      return before?.kind === 'replying' || before?.kind === 'yielding' ? 'The agent was heard to its end.' : ''
    case 'hearing':
      return hearingWords(before)
    case 'settling': {
      const ms = turn.patience.dueMs - turn.utterance.lastVoicedMs
      return `It waits ${seconds(ms)} from the last sound: ${PATIENCE[turn.patience.why] ?? turn.patience.why}.`
    }
    case 'replying':
      return replyingWords(before, turn)
    case 'yielding':
      return JUDGING[turn.judging.why] ?? turn.judging.why
    case 'ended':
      return `The call is over: ${endedWords(turn.why)}.`
  }
}

/** `agent` is the journal's word for a call that the agent ended by its last reply. */
export const endedWords = (why: string): string => (why === 'agent' ? 'the agent has said goodbye' : why)

function hearingWords(before: Turn | undefined): string {
  if (before?.kind === 'settling') return 'The caller goes on.'
  if (before?.kind === 'yielding') return 'The caller interrupts the agent.'
  if (before?.kind === 'replying') return 'The caller goes on before anything of the reply was heard.'
  return 'The caller speaks.'
}

function replyingWords(before: Turn | undefined, { reply }: TurnOf<'replying'>): string {
  if (before?.kind === 'yielding' && before.reply.id === reply.id) return 'The agent goes on.'
  if (reply.content.kind !== 'answer') return `The agent says ${saysWords(reply)}.`
  if (before?.kind !== 'settling') return 'The caller’s turn is over.'
  const { why } = before.patience
  const draft = before.draft?.id === reply.id ? ' Its answer was begun meanwhile.' : ''
  return `The wait is over: ${OVER[why] ?? PATIENCE[why] ?? why}.${draft}`
}

function saysWords({ content }: Reply): string {
  switch (content.kind) {
    case 'answer':
      return 'an answer'
    case 'question':
    case 'repeat':
      return 'its question once more'
    case 'relay':
      return 'what the other person said'
    case 'phrase':
      return PHRASES[content.phrase]
  }
}

/** What the sound over the agent was taken for, read off the turn that followed; undefined while that is open. */
export function judgedOverlap(
  before: Turn | undefined,
  turn: Turn,
  isOwnVoice: boolean,
  language: Language,
): { readonly judged: Judged; readonly words: string } | undefined {
  if (before?.kind !== 'yielding' || turn.kind === 'ended') return undefined
  const goesOn = (turn.kind === 'yielding' || turn.kind === 'replying') && turn.reply.id === before.reply.id
  if (goesOn && turn.kind === 'yielding') return undefined
  const words = wordsOf('utterance' in turn ? turn.utterance : before.utterance)
  if (turn.kind === 'listening' || (!goesOn && isUninterruptible(before.reply))) return { judged: 'too-late', words }
  if (!goesOn) return { judged: 'interruption', words }
  if (isOwnVoice) return { judged: 'echo', words }
  if (words === '') return { judged: 'no-words', words }
  const isEcho = judgeOverlap(words, before.reply.heard, language) === 'echo'
  return { judged: isEcho ? 'echo' : 'back-channel', words }
}
