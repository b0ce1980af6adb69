import type { Language } from '../../../src/conversation/language.ts'
import { judgeOverlap } from '../../../src/conversation/turn/overlap.ts'
import { bareText } from '../../../src/conversation/turn/utterance.ts'
import type { Course, Step } from './course.ts'
import { hasSaid, LATE_MS } from './the-agent-never-answers-itself.ts'

const SLOT_MS = 20
/** The longest allowed dead air while the caller waits. */
const MOST_MS = 10_000
/** How long a detector that stays on makes the server wait for the caller. */
const VOICED_MS = 8_000

/**
 * Within ten seconds of the caller's words or digits the agent speaks, the caller goes on, or the call ends. During the
 * agent's turn no silence is longer than that either.
 */
export function nobodyWaitsInSilence(course: Course): readonly string[] {
  const { carrier, leftMs, overMs } = course
  const endMs = Math.min(leftMs, overMs ?? Number.POSITIVE_INFINITY)
  const sounds = carrier.frames.filter(frame => !frame.isDropped).map(frame => frame.fromMs)
  return [...silentAfterWords(course, sounds, endMs), ...silentTurns(course, sounds, endMs)]
}

function silentAfterWords(course: Course, sounds: readonly number[], endMs: number): readonly string[] {
  const { steps, stalledMs, agent } = course
  const wrong: string[] = []
  let sound = 0
  for (const [index, step] of steps.entries()) {
    if (!asksForAnswer(step, agent.language) || isNobodys(course, step)) continue
    while (sound < sounds.length && (sounds[sound] ?? 0) + SLOT_MS < step.atMs) sound++
    const soundMs = sounds[sound] ?? Number.POSITIVE_INFINITY
    const next = steps.slice(index + 1).find(({ event }) => isOfCaller(event.kind))
    const silentMs = Math.min(soundMs, next?.atMs ?? Number.POSITIVE_INFINITY, endMs) - step.atMs
    const hiddenMs = step.after.context.voiced ? VOICED_MS : 0
    if (silentMs <= MOST_MS + stalledMs + hiddenMs) continue
    const cause = step.event.kind === 'words' ? `"${step.event.text}"` : 'a digit'
    wrong.push(`${Math.round(silentMs)} ms of dead air after ${cause} at ${Math.round(step.event.atMs)}`)
  }
  return wrong
}

/** Checks each turn of the agent from its start to its end. */
function silentTurns({ steps, stalledMs }: Course, sounds: readonly number[], endMs: number): readonly string[] {
  const wrong: string[] = []
  let sound = 0
  let sinceMs: number | undefined
  const checkUntil = (ms: number): void => {
    if (sinceMs !== undefined && ms - sinceMs > MOST_MS + stalledMs)
      wrong.push(`${Math.round(ms - sinceMs)} ms of dead air in the agent's turn, until ${Math.round(ms)} of the clock`)
  }
  for (const { after, atMs } of steps) {
    for (; (sounds[sound] ?? Number.POSITIVE_INFINITY) <= atMs; sound++) {
      const soundMs = sounds[sound] ?? 0
      checkUntil(Math.min(soundMs, endMs))
      if (sinceMs !== undefined) sinceMs = soundMs + SLOT_MS
    }
    if (after.kind === 'replying') sinceMs ??= atMs
    else {
      checkUntil(Math.min(atMs, endMs))
      sinceMs = undefined
    }
  }
  return wrong
}

const isOfCaller = (kind: string): boolean =>
  kind === 'words' || kind === 'digit' || kind === 'speech-start' || kind === 'speech-end'

/** The agent's own words that the line sent back, and words that were said long ago or have been answered, want no answer now. */
const isNobodys = (course: Course, step: Step): boolean =>
  step.event.kind === 'words' &&
  (wasAnswered(course, step) || !hasSaid(course, step.event.text, step.atMs - LATE_MS, step))

/** The last form of words that have been answered: the caller has said nothing since. */
function wasAnswered({ callerSpeech }: Course, { event, before, atMs }: Step): boolean {
  const { answered } = before.context
  if (event.kind !== 'words' || answered === undefined || bareText(event.text) !== answered.words) return false
  const answeredMs = atMs - (event.atMs - answered.atMs)
  return !callerSpeech.sounds.some(sound => sound.kind !== 'noise' && sound.toMs > answeredMs && sound.fromMs <= atMs)
}

/** Back-channels and echoes of the agent need no answer; digits and all other words do. */
function asksForAnswer({ event, before, after }: Step, language: Language): boolean {
  // A hash needs no answer unless it interrupts the agent.
  if (event.kind === 'digit') return event.digit !== '#' || (before.kind === 'replying' && after.kind !== 'replying')
  if (event.kind !== 'words' || event.text.trim() === '') return false
  const { asked, spoken } = before.context
  const heard = 'reply' in before ? before.reply.heard : `${asked} ${spoken.text}`
  return judgeOverlap(event.text, heard, language) === 'interruption'
}
