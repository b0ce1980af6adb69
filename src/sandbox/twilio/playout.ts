import { MULAW_SILENCE } from '../../audio/mulaw.ts'

/** Bytes of mu-law in one slot of 20 ms. */
export const SLOT_BYTES = 160

const BYTES_PER_MS = SLOT_BYTES / 20
/** Ten minutes of audio: an application that queues more has a bug. */
const MOST_BYTES = 10 * 60_000 * BYTES_PER_MS
const SILENCE: Uint8Array = new Uint8Array(SLOT_BYTES).fill(MULAW_SILENCE)

/** Twilio's playout buffer for one stream: audio that the application sent and the caller has not heard yet. */
export interface Playout {
  readonly queuedMs: number
  /** Queues audio. Drops it and returns false when ten minutes are already queued. */
  enqueue(mulaw: Uint8Array): boolean
  /** Marks the end of the queue. Returns the marks to echo now: this one, if nothing is left to play. */
  mark(name: string): readonly string[]
  /** Drops the queue; the current slot still plays to its end. Returns every pending mark, in order, to be echoed. */
  clear(): { readonly droppedMs: number; readonly marks: readonly string[] }
  /** Plays one slot of 20 ms. Returns the marks reached by earlier slots, and the 160 bytes heard in this one. */
  slot(): { readonly heard: Uint8Array; readonly marks: readonly string[] }
}

/** A playout buffer whose time advances with each `slot()`. */
export function openPlayout(): Playout {
  let queue: Uint8Array[] = []
  let enqueued = 0
  let taken = 0
  let isPlaying = false
  let pending: { name: string; at: number }[] = []

  function reached(): readonly string[] {
    const passed = pending.findIndex(({ at }) => at > taken)
    const names = pending.splice(0, passed < 0 ? pending.length : passed)
    return names.map(({ name }) => name)
  }

  return {
    get queuedMs() {
      return (enqueued - taken) / BYTES_PER_MS
    },
    enqueue(mulaw) {
      if (enqueued - taken + mulaw.length > MOST_BYTES) return false
      if (mulaw.length > 0) queue.push(mulaw)
      enqueued += mulaw.length
      return true
    },
    mark(name) {
      pending.push({ name, at: enqueued })
      return enqueued === taken && !isPlaying ? reached() : []
    },
    clear() {
      const droppedMs = (enqueued - taken) / BYTES_PER_MS
      const marks = pending.map(({ name }) => name)
      queue = []
      pending = []
      enqueued = taken
      return { droppedMs, marks }
    },
    slot() {
      const marks = pending.length > 0 ? reached() : []
      isPlaying = enqueued > taken
      if (!isPlaying) return { heard: SILENCE, marks }
      const heard = takeSlot(queue)
      taken = Math.min(enqueued, taken + SLOT_BYTES)
      return { heard, marks }
    },
  }
}

/** Takes 160 bytes off the queue, padded with silence. */
function takeSlot(queue: Uint8Array[]): Uint8Array {
  const slot = new Uint8Array(SLOT_BYTES).fill(MULAW_SILENCE)
  for (let filled = 0; filled < SLOT_BYTES; ) {
    const head = queue[0]
    if (!head) break
    const part = head.subarray(0, SLOT_BYTES - filled)
    slot.set(part, filled)
    filled += part.length
    if (part.length === head.length) queue.shift()
    else queue[0] = head.subarray(part.length)
  }
  return slot
}
