import { joined } from '../live/samples.ts'

/** A message of less or more sound than this closes the session. */
const LEAST_MS = 50
const MOST_MS = 1_000

/** Makes messages of a length that the service takes. What is too short waits for more sound, or is filled up at `flush`. */
export function soundMessages(rateHz: number, send: (pcm: Int16Array) => void) {
  const least = Math.ceil((LEAST_MS / 1_000) * rateHz)
  const most = Math.floor((MOST_MS / 1_000) * rateHz)
  let held: Int16Array = new Int16Array(0)

  return {
    push(pcm: Int16Array): void {
      held = joined(held, pcm)
      while (held.length >= least) {
        const taken = Math.min(most, held.length)
        send(held.subarray(0, taken))
        held = held.slice(taken)
      }
    },
    /** The caller has paused, so a little silence more changes nothing. */
    flush(): void {
      if (held.length === 0) return
      const filled = new Int16Array(least)
      filled.set(held)
      held = new Int16Array(0)
      send(filled)
    },
  }
}
