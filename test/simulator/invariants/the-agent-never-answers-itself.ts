import type { TurnEvent } from '../../../src/conversation/turn/turn.ts'
import { wordsOf } from '../../../src/conversation/turn/utterance.ts'
import { MOST_STUCK_MS } from '../providers/detector.ts'
import { misheard } from '../providers/speech-to-text.ts'
import type { Course, Step } from './course.ts'

/** Words come late: at most so long after they were said. */
export const LATE_MS = 6_000
/** What ears that mishear make of the caller's words. */
const MISHEARD = misheard(false)

const plain = (text: string): readonly string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? []

/**
 * No answer begins without something of the caller's: a word that they said, or a key, since the answer before. On lines with
 * an echo the few that are left are counted, not judged: see counters.ts.
 */
export function theAgentNeverAnswersItself(course: Course): readonly string[] {
  return course.circumstances.media.echoMs === undefined ? answersToItself(course) : []
}

/** The answers to words that the caller never said. */
export function answersToItself(course: Course): readonly string[] {
  const wrong: string[] = []
  // Ears that are asked for the last form at the end of a sound give it when the detector finds that end.
  const lateMs = LATE_MS + (course.circumstances.detector.sticks > 0 ? MOST_STUCK_MS : 0)
  let sinceMs = 0
  // An answer that goes on after a break was judged where it began.
  let answered = course.first && 'reply' in course.first ? course.first.reply.id : -1
  let answeredMs = 0
  for (const step of course.steps) {
    const { after, atMs } = step
    // One that made no sound, as the caller went on, answers nothing: the next may be to the same words.
    if ('reply' in after && after.reply.id === answered && after.reply.sounding) sinceMs = answeredMs
    if (after.kind !== 'replying' || after.reply.content.kind !== 'answer' || after.reply.id === answered) continue
    answered = after.reply.id
    answeredMs = atMs
    const said = wordsOf(after.reply.content.to)
    if (!isCallers(course, said, sinceMs - lateMs, step))
      wrong.push(
        `reply ${after.reply.id} at ${Math.round(step.event.atMs)} answers "${said}", which the caller never said`,
      )
  }
  return wrong
}

/** Have they said one of these words, or pressed a key, since this time of the clock? */
function isCallers(course: Course, said: string, fromMs: number, step: Step): boolean {
  const isKey = ({ kind }: TurnEvent): boolean => kind === 'digit' || kind === 'typed'
  const hasKeyed = course.steps.some(({ event, atMs }) => isKey(event) && atMs >= fromMs && atMs <= step.atMs)
  return hasKeyed || hasSaid(course, said, fromMs, step)
}

/** Have they said one of these words since this time of the clock? Ears that mishear make the caller's words of others. */
export function hasSaid({ callerSpeech }: Course, said: string, fromMs: number, { atMs }: Step): boolean {
  const wordsSince = (sinceMs: number): readonly string[] =>
    callerSpeech.sounds
      .filter(({ fromMs: begunMs, toMs }) => toMs >= sinceMs && begunMs <= atMs)
      .flatMap(({ words }) => words.flatMap(({ text }) => plain(text)))
  // A turn may be answered long after its words. Those with a figure are said once in a call, and never by the agent first.
  const own = new Set([...wordsSince(fromMs), ...wordsSince(0).filter(word => /\d/.test(word))])
  return own.size > 0 && plain(said).some(word => own.has(word) || word === MISHEARD)
}
