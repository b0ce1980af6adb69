import { systemClock } from '../../../src/clock.ts'
import type { Clock } from '../../../src/conversation/ports.ts'

/** The machine's clock running `times` as fast, so that a real call over real sockets fits into a test. */
export function hastyClock(times: number): Clock {
  return {
    now: () => systemClock.now() * times,
    wallTime: () => systemClock.wallTime(),
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  }
}
