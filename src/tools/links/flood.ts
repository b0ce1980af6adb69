import type { Clock } from '../../conversation/ports.ts'

const MOST_MESSAGES = 1_000
const WITHIN_MS = 1_000

/** Counts a server's messages second by second; throws when `messages` more are too many. */
export function floodGauge(clock: Clock): (messages: number) => void {
  let sinceMs = Number.NEGATIVE_INFINITY
  let count = 0
  return messages => {
    if (clock.now() - sinceMs >= WITHIN_MS) {
      sinceMs = clock.now()
      count = 0
    }
    count += messages
    if (count > MOST_MESSAGES) throw new Error(`more than ${MOST_MESSAGES} messages in a second`)
  }
}
