import type { CarrierFrame } from '../carrier.ts'
import { type Course, hiddenByNetworkMs } from './course.ts'

const SLOT_MS = 20
const SAMPLES_PER_MS = 8

/**
 * Within a speech the frames are played in order and none is skipped. Only where the voice level changed may it go back
 * to the word at which it was held, or be off by what the network hides.
 */
export function wordsArePlayedInOrder(course: Course): readonly string[] {
  const { carrier, ledger } = course
  const hiddenMs = hiddenByNetworkMs(course)
  const wrong: string[] = []
  let last: CarrierFrame | undefined
  for (const frame of carrier.frames) {
    if (frame.isDropped) continue
    const jump = last?.speech === frame.speech ? frame.place - last.place - 1 : frame.place
    if (jump !== 0) {
      const isLevelChanged = ledger.levels.some(({ atMs }) => atMs >= (last?.sentMs ?? 0) && atMs <= frame.sentMs)
      const word = wordLengthAt(course, frame)
      const place = `speech ${frame.speech}: from frame ${last?.speech === frame.speech ? last.place : 'none'} to ${frame.place}`
      if (!isLevelChanged && last?.speech === frame.speech) wrong.push(`${place} without a change of the voice level`)
      else if (jump > 0 && jump * SLOT_MS > hiddenMs) wrong.push(`${place}: ${jump * SLOT_MS} ms were skipped`)
      else if (jump < 0 && -jump * SLOT_MS > hiddenMs + word)
        wrong.push(`${place}: ${-jump * SLOT_MS} ms were repeated`)
    }
    last = frame
  }
  return wrong
}

/**
 * The time from here to the end of this word, of the next one (which may be reported too late) and of the pause after
 * it. A voice that reports its words late may go back to its start.
 */
function wordLengthAt({ ledger, circumstances }: Course, { speech, place }: CarrierFrame): number {
  if (circumstances.voice.words === 'late') return Number.POSITIVE_INFINITY
  const { reported = [], samples = 0 } = ledger.speeches[speech] ?? {}
  const next = reported.findIndex(word => word.endMs > (place + 1) * SLOT_MS)
  const untilMs = reported[next + 2]?.startMs ?? samples / SAMPLES_PER_MS
  return next < 0 ? 0 : untilMs - place * SLOT_MS + SLOT_MS
}
