import type { Language } from '../../../src/conversation/language.ts'
import { judgeOverlap } from '../../../src/conversation/turn/overlap.ts'
import type { Course, Step } from './course.ts'

const SLOT_MS = 20
/** Never more dead air than this while the caller waits. */
const MOST_MS = 10_000
/** A detector that stays on is believed for so long that he still speaks. */
const VOICED_MS = 8_000

/**
 * After words or keys of the caller the agent sounds, the caller goes on, or the call ends, within ten seconds; and while
 * it is the agent's turn there is no longer silence, not even between two of its sounds.
 */
export function nobodyWaitsInSilence(course: Course): readonly string[] {
  const { carrier, leftMs, overMs } = course
  const endMs = Math.min(leftMs, overMs ?? Number.POSITIVE_INFINITY)
  const sounds = carrier.frames.filter(frame => !frame.isDropped).map(frame => frame.fromMs)
  return [...silentAfterWords(course, sounds, endMs), ...silentTurns(course, sounds, endMs)]
}

function silentAfterWords(
  { steps, stalledMs, agent }: Course,
  sounds: readonly number[],
  endMs: number,
): readonly string[] {
  const wrong: string[] = []
  let sound = 0
  for (const [index, step] of steps.entries()) {
    if (!asksForAnswer(step, agent.language)) continue
    while (sound < sounds.length && (sounds[sound] ?? 0) + SLOT_MS < step.atMs) sound++
    const soundMs = sounds[sound] ?? Number.POSITIVE_INFINITY
    const next = steps.slice(index + 1).find(({ event }) => isCallers(event.kind))
    const silentMs = Math.min(soundMs, next?.atMs ?? Number.POSITIVE_INFINITY, endMs) - step.atMs
    const hiddenMs = step.after.context.voiced ? VOICED_MS : 0
    if (silentMs <= MOST_MS + stalledMs + hiddenMs) continue
    const utterance = step.event.kind === 'words' ? `"${step.event.text}"` : 'a key'
    wrong.push(`${Math.round(silentMs)} ms of dead air after ${utterance} at ${Math.round(step.event.atMs)}`)
  }
  return wrong
}

/** Looks at each time in which the agent has the word, from its beginning over all its sounds to its end. */
function silentTurns({ steps, stalledMs }: Course, sounds: readonly number[], endMs: number): readonly string[] {
  const wrong: string[] = []
  let sound = 0
  let sinceMs: number | undefined
  const lookUntil = (ms: number): void => {
    if (sinceMs !== undefined && ms - sinceMs > MOST_MS + stalledMs)
      wrong.push(`${Math.round(ms - sinceMs)} ms of dead air in the agent's turn, until ${Math.round(ms)} of the clock`)
  }
  for (const { after, atMs } of steps) {
    for (; (sounds[sound] ?? Number.POSITIVE_INFINITY) <= atMs; sound++) {
      const soundMs = sounds[sound] ?? 0
      lookUntil(Math.min(soundMs, endMs))
      if (sinceMs !== undefined) sinceMs = soundMs + SLOT_MS
    }
    if (after.kind === 'replying') sinceMs ??= atMs
    else {
      lookUntil(Math.min(atMs, endMs))
      sinceMs = undefined
    }
  }
  return wrong
}

const isCallers = (kind: string): boolean =>
  kind === 'words' || kind === 'digit' || kind === 'speech-start' || kind === 'speech-end'

/** Signs of listening and echoes of the agent need no answer; keys and all other words do. */
function asksForAnswer({ event, before, after }: Step, language: Language): boolean {
  // A hash asks for nothing, if it does not take the word from the agent.
  if (event.kind === 'digit') return event.digit !== '#' || (before.kind === 'replying' && after.kind !== 'replying')
  if (event.kind !== 'words' || event.text.trim() === '') return false
  const heard = 'reply' in before ? before.reply.heard : before.context.asked
  return judgeOverlap(event.text, heard, language) === 'interruption'
}
