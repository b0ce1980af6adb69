import type { CallJournal } from '../lines.ts'
import type { Clock } from '../ports.ts'

/**
 * Notes how long after a part of a reply was first sent it was first heard, in ms: when the line first said that so much was
 * heard, it had begun that long before. A part that is cut before has no such note.
 */
export function firstHeard(reply: number, part: number, journal: CallJournal, clock: Clock): (heardMs: number) => void {
  let sentAtMs: number | undefined
  let isNoted = false
  return heardMs => {
    sentAtMs ??= clock.now()
    if (isNoted || heardMs <= 0) return
    isNoted = true
    const afterMs = Math.round(clock.now() - heardMs - sentAtMs)
    journal.append({ noted: { kind: 'first-heard', reply, part, afterMs } })
  }
}
