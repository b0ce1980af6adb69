import { VirtualClock } from '../../src/replay/virtual-clock.ts'
import { libraryTimersOn } from './library-timers.ts'
import { memoryNetwork } from './memory-network.ts'
import { OutsideWork } from './outside-work.ts'

/** Nothing that is waited for takes so much virtual time. */
const MOST_MS = 15 * 60_000

/** A clock, a network in memory, and libraries' timers on that clock; `close` puts the real timers back. */
export function openVirtualTime() {
  const outside = new OutsideWork()
  const clock = new VirtualClock({ lateMs: () => 0, stalls: [], settled: () => outside.settled() })
  const close = libraryTimersOn(clock)

  /** Lets time pass until this work is done. Rejects as it does, or when nothing is left that could end it. */
  async function passing<T>(work: Promise<T>): Promise<T> {
    let isOver = false
    const over = work.finally(() => {
      isOver = true
    })
    over.catch(() => undefined)
    await clock.run(() => isOver, clock.now() + MOST_MS)
    if (!isOver) throw new Error(`nothing came of it in ${MOST_MS / 60_000} minutes`)
    return over
  }

  return { clock, outside, network: memoryNetwork(), passing, close }
}
