import type { Clock } from '../../conversation/ports.ts'

/** The length of one slot of the telephone line: a frame of 160 samples at 8 kHz. */
export const SLOT_MS = 20

const PHASES = 4
const STEP_MS = SLOT_MS / PHASES

/** One timer for all calls of a process, so that hundreds of calls need no more wake-ups than four. */
export interface Ticker {
  readonly clock: Clock
  /** Calls `onSlot` every 20 ms with its due time, without skipping late slots; the returned function ends it. */
  join(onSlot: (dueMs: number) => void): () => void
}

/** Calls are spread over four phases of 5 ms each: frames of real calls do not all arrive at once. */
export function openTicker(clock: Clock): Ticker {
  const phases = Array.from({ length: PHASES }, () => new Set<(dueMs: number) => void>())
  let running: AbortController | undefined

  async function run(signal: AbortSignal): Promise<void> {
    for (let step = Math.ceil(clock.now() / STEP_MS); !signal.aborted; step++) {
      const members = phases[step % PHASES]
      if (!members?.size) continue
      const dueMs = step * STEP_MS
      // Sleeps even when late, so that sockets are served while it catches up.
      do await clock.sleep(dueMs - clock.now(), signal)
      while (clock.now() < dueMs)
      for (const onSlot of members) onSlot(dueMs)
    }
  }

  return {
    clock,
    join(onSlot) {
      const phase = phases.reduce((least, members) => (members.size < least.size ? members : least))
      phase.add(onSlot)
      if (!running) {
        running = new AbortController()
        const { signal } = running
        run(signal).catch(cause => {
          if (!signal.aborted) throw cause
        })
      }
      return () => {
        phase.delete(onSlot)
        if (phases.some(members => members.size > 0)) return
        running?.abort()
        running = undefined
      }
    },
  }
}
