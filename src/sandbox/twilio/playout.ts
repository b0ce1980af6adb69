import { MULAW_SILENCE } from '../../audio/mulaw.ts'

/** Bytes of mu-law in one slot of 20 ms. */
export const SLOT_BYTES = 160

const BYTES_PER_MS = SLOT_BYTES / 20
/** Ten minutes of sound: whoever queues more has lost count. */
const MOST_BYTES = 10 * 60_000 * BYTES_PER_MS
const SILENCE: Uint8Array = new Uint8Array(SLOT_BYTES).fill(MULAW_SILENCE)

/** Twilio's playout buffer for one stream: what the application sent and the caller has not heard yet. */
export interface Playout {
  readonly queuedMs: number
  /** Queues sound. Returns false, and drops it, when ten minutes are queued already. */
  enqueue(mulaw: Uint8Array): boolean
  /** Marks the end of what is queued. Returns the marks to echo now: this one, if nothing is left to be played. */
  mark(name: string): readonly string[]
  /** Drops what is queued; the slot being played still sounds. Returns every pending mark, in order, to be echoed. */
  clear(): { readonly droppedMs: number; readonly marks: readonly string[] }
  /** One slot of 20 ms goes by: the marks reached by the slots before it, and the 160 bytes that are heard in it. */
  slot(): { readonly heard: Uint8Array; readonly marks: readonly string[] }
}

/** A playout buffer; the caller of `slot` is its clock. */
export function openPlayout(): Playout {
  let queue: Uint8Array[] = []
  let enqueued = 0
  let taken = 0
  let sounding = false
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
      return enqueued === taken && !sounding ? reached() : []
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
      sounding = enqueued > taken
      if (!sounding) return { heard: SILENCE, marks }
      const heard = takeSlot(queue)
      taken = Math.min(enqueued, taken + SLOT_BYTES)
      return { heard, marks }
    },
  }
}

/** Takes 160 bytes off the queue, filled up with silence. */
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
