import type { CarrierFrame } from '../carrier.ts'
import { type Course, hiddenByTheNetMs } from './course.ts'

const SLOT_MS = 20
const SAMPLES_PER_MS = 8

/**
 * Within a speech the sound goes on frame by frame. Only where the voice was ducked, held or raised may
 * it go back, to the word at which it was held, or be out by what the net hides; and it never leaves anything out.
 */
export function wordsArePlayedInOrder(course: Course): readonly string[] {
  const { carrier, ledger } = course
  const hiddenMs = hiddenByTheNetMs(course)
  const wrong: string[] = []
  let last: CarrierFrame | undefined
  for (const frame of carrier.frames) {
    if (frame.isDropped) continue
    const leap = last?.speech === frame.speech ? frame.place - last.place - 1 : frame.place
    if (leap !== 0) {
      const isTurned = ledger.levels.some(({ atMs }) => atMs >= (last?.sentMs ?? 0) && atMs <= frame.sentMs)
      const word = wordLengthAt(course, frame)
      const told = `speech ${frame.speech}: from frame ${last?.speech === frame.speech ? last.place : 'none'} to ${frame.place}`
      if (!isTurned && last?.speech === frame.speech) wrong.push(`${told} though the voice was not turned`)
      else if (leap > 0 && leap * SLOT_MS > hiddenMs) wrong.push(`${told}: ${leap * SLOT_MS} ms were left out`)
      else if (leap < 0 && -leap * SLOT_MS > hiddenMs + word)
        wrong.push(`${told}: ${-leap * SLOT_MS} ms were said again`)
    }
    last = frame
  }
  return wrong
}

/**
 * How long it is from here to the end of the word, of the one after it (which may be told of too late), and of the pause;
 * a voice that always tells late may go back to its beginning.
 */
function wordLengthAt({ ledger, circumstances }: Course, { speech, place }: CarrierFrame): number {
  if (circumstances.voice.words === 'late') return Number.POSITIVE_INFINITY
  const { told = [], samples = 0 } = ledger.speeches[speech] ?? {}
  const next = told.findIndex(word => word.endMs > (place + 1) * SLOT_MS)
  const untilMs = told[next + 2]?.startMs ?? samples / SAMPLES_PER_MS
  return next < 0 ? 0 : untilMs - place * SLOT_MS + SLOT_MS
}
