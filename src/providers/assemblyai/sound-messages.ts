import { joined } from '../live/samples.ts'

/** A message of less or more sound than this closes the session. */
const LEAST_MS = 50
const MOST_MS = 1_000
/** Words are dated by the last few flushes. */
const MOST_FILLED = 100

/** Makes messages of a length that the service takes. What is too short waits for more sound, or is filled up at `flush`. */
export function soundMessages(rateHz: number, send: (pcm: Int16Array) => void) {
  const least = Math.ceil((LEAST_MS / 1_000) * rateHz)
  const most = Math.floor((MOST_MS / 1_000) * rateHz)
  let held: Int16Array = new Int16Array(0)
  let sent = 0
  /** How many samples of silence were filled in up to a place in what was sent. */
  let filled: readonly { readonly at: number; readonly samples: number }[] = []

  function sendNow(pcm: Int16Array): void {
    sent += pcm.length
    send(pcm)
  }

  return {
    push(pcm: Int16Array): void {
      held = joined(held, pcm)
      while (held.length >= least) {
        const taken = Math.min(most, held.length)
        sendNow(held.subarray(0, taken))
        held = held.slice(taken)
      }
    },
    /** The caller has paused, so a little silence more changes nothing. */
    flush(): void {
      if (held.length === 0) return
      const message = new Int16Array(least)
      message.set(held)
      const samples = (filled.at(-1)?.samples ?? 0) + least - held.length
      filled = [...filled, { at: sent + held.length, samples }].slice(-MOST_FILLED)
      held = new Int16Array(0)
      sendNow(message)
    },
    /** So much was sent. */
    sentMs: () => (sent / rateHz) * 1_000,
    /** A time in the sound that was given, by the same time in what was sent. */
    givenMs(sentMs: number): number {
      const at = (sentMs / 1_000) * rateHz
      const before = filled.findLast(place => place.at < at)?.samples ?? 0
      return ((at - before) / rateHz) * 1_000
    },
  }
}
