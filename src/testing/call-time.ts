import { systemClock } from '../clock.ts'
import { VirtualClock } from '../replay/virtual-clock.ts'

/** Taken before a test replaces the timers of its process. */
const { setImmediate: afterThis } = globalThis

/** The time of one call, and of nothing else. It stands still while work outside of the call goes on. */
export interface CallTime {
  readonly clock: VirtualClock
  /**
   * Does work that takes real time, such as a request to a server. The call's time goes on when it is done, or after
   * `limitMs` of real time, so that what waits for it in the call can give up.
   */
  during<T>(work: Promise<T>, limitMs: number): Promise<T>
  /** Lets time pass until `isOver`, `ms` at most. */
  pass(isOver: () => boolean, ms: number): Promise<void>
}

export function openCallTime(): CallTime {
  let underWay = 0
  let changed = Promise.withResolvers<void>()

  async function settled(): Promise<void> {
    for (;;) {
      await new Promise<void>(resolve => afterThis(resolve))
      if (underWay === 0) return
      await changed.promise
    }
  }

  const clock = new VirtualClock({ lateMs: () => 0, stalls: [], settled })
  return {
    clock,
    async during(work, limitMs) {
      underWay++
      const over = new AbortController()
      let isCounted = true
      const done = (): void => {
        if (!isCounted) return
        isCounted = false
        underWay--
        changed.resolve()
        changed = Promise.withResolvers()
      }
      systemClock.sleep(limitMs, over.signal).then(done, () => undefined)
      try {
        return await work
      } finally {
        over.abort()
        done()
      }
    },
    pass: (isOver, ms) => clock.run(isOver, clock.now() + ms),
  }
}
