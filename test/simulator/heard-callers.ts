import { judgeOverlap } from '../../src/conversation/turn/overlap.ts'
import { wordsOf } from '../../src/conversation/turn/utterance.ts'
import { isUninterruptible } from '../../src/conversation/turn/voice-level.ts'
import type { Sound } from './caller-speech.ts'
import { type Course, turnAt } from './invariants/course.ts'
import { ownWordsIn } from './phrasebook.ts'

/** What the callers of some calls wanted of the agent, and how often they were not heard. The times are sums. */
export interface HeardCallers {
  readonly interruptions: number
  readonly notInterrupted: number
  /** From the interruption's first sound to the agent's giving way. */
  readonly untilInterruptedMs: number
  readonly orders: number
  readonly notAnswered: number
  /** From an order's last sound to the beginning of its answer. */
  readonly untilAnsweredMs: number
}

/** An interruption comes late where words do: the agent may speak on for so long after the caller's last sound. */
const LATE_MS = 1_500

/** Counts how callers were heard on one call. A call that is cut short counts up to then. */
export function heardCallers(course: Course): HeardCallers {
  const { callerSpeech, leftMs, overMs, startMs } = course
  const endMs = Math.min(leftMs, overMs ?? Number.POSITIVE_INFINITY)
  const heard = {
    interruptions: 0,
    notInterrupted: 0,
    untilInterruptedMs: 0,
    orders: 0,
    notAnswered: 0,
    untilAnsweredMs: 0,
  }
  for (const sound of callerSpeech.sounds) {
    if (sound.kind === 'noise' || sound.fromMs < startMs || sound.toMs + LATE_MS > endMs) continue
    const interruptedMs = interruptionOf(course, sound)
    if (interruptedMs !== undefined) {
      heard.interruptions++
      if (interruptedMs === 'missed') heard.notInterrupted++
      else heard.untilInterruptedMs += interruptedMs
    }
    const [word] = ownWordsIn(sound.words.map(({ text }) => text).join(' '))
    // Only the last words before an answer are sure to be answered: others are waited for on purpose.
    if (word === undefined || sound.toMs + 8_000 > endMs) continue
    heard.orders++
    const answer = course.steps.find(
      ({ after }) =>
        'reply' in after && after.reply.content.kind === 'answer' && wordsOf(after.reply.content.to).includes(word),
    )
    if (answer) heard.untilAnsweredMs += Math.max(0, answer.atMs - sound.toMs)
    else heard.notAnswered++
  }
  return heard
}

/** How long it took until the agent gave way to this sound; undefined where it had no reason to. */
function interruptionOf(course: Course, { fromMs, toMs, words }: Sound): number | 'missed' | undefined {
  const { carrier, steps, agent } = course
  const text = words.map(one => one.text).join(' ')
  if (judgeOverlap(text, '', agent.language) !== 'interruption') return undefined
  const isOverAgent = [100, 300].every(ms => carrier.playedAt(fromMs + ms) !== undefined)
  const before = turnAt(course, steps.findLast(({ atMs }) => atMs <= fromMs)?.lines ?? 0)
  if (!isOverAgent || before === undefined || !('reply' in before) || isUninterruptible(before.reply)) return undefined
  const gaveWay = steps.find(
    ({ atMs, before: was, after }) =>
      atMs > fromMs && 'reply' in was && (!('reply' in after) || after.reply.id !== was.reply.id),
  )
  if (gaveWay && gaveWay.atMs <= toMs + LATE_MS)
    return gaveWay.event.kind === 'reply-done' ? undefined : gaveWay.atMs - fromMs
  return carrier.playedAt(toMs + LATE_MS) ? 'missed' : undefined
}
