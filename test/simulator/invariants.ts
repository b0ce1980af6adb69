import type { Course } from './invariants/course.ts'
import { heardIsWhatWasPlayed } from './invariants/heard-is-what-was-played.ts'
import { noWordsAreLost } from './invariants/no-words-are-lost.ts'
import { nobodyWaitsInSilence } from './invariants/nobody-waits-in-silence.ts'
import { nothingIsLeftBehind } from './invariants/nothing-is-left-behind.ts'
import { nothingOfAnOldReply } from './invariants/nothing-of-an-old-reply.ts'
import { oneVoiceAtATime } from './invariants/one-voice-at-a-time.ts'
import { sideEffectsHappenOnce } from './invariants/side-effects-happen-once.ts'
import { theAgentNeverAnswersItself } from './invariants/the-agent-never-answers-itself.ts'
import { theCallEnds } from './invariants/the-call-ends.ts'
import { theJournalTellsTheCall } from './invariants/the-journal-tells-the-call.ts'
import { wordsArePlayedInOrder } from './invariants/words-are-played-in-order.ts'

const INVARIANTS = {
  'the agent never answers itself': theAgentNeverAnswersItself,
  'one voice at a time': oneVoiceAtATime,
  'nothing of an old reply': nothingOfAnOldReply,
  'heard is what was played': heardIsWhatWasPlayed,
  'words are played in order': wordsArePlayedInOrder,
  'side effects happen once': sideEffectsHappenOnce,
  'nobody waits in silence': nobodyWaitsInSilence,
  'no words are lost': noWordsAreLost,
  'nothing is left behind': nothingIsLeftBehind,
  'the journal tells the call': theJournalTellsTheCall,
  'the call ends': theCallEnds,
} as const

export interface Breach {
  readonly invariant: keyof typeof INVARIANTS
  readonly why: string
}

/** What holds of a stream that its server did not see end. */
const OF_KILLED: ReadonlySet<Breach['invariant']> = new Set([
  'the agent never answers itself',
  'one voice at a time',
  'nothing of an old reply',
  'heard is what was played',
  'words are played in order',
  'side effects happen once',
])

/** The invariants that the call, or one stream of it, broke. */
export function breachesOf(course: Course, wasKilled = false): readonly Breach[] {
  const all = Object.keys(INVARIANTS).filter((name): name is Breach['invariant'] => name in INVARIANTS)
  const names = wasKilled ? all.filter(name => OF_KILLED.has(name)) : all
  return names.flatMap(invariant => INVARIANTS[invariant](course).map(why => ({ invariant, why })))
}
