import { systemClock } from '../../../src/clock.ts'
import type { Clock } from '../../../src/conversation/ports.ts'

/** The system clock at `times` its speed, so that a test can run a real call over real sockets. */
export function hastyClock(times: number): Clock {
  return {
    now: () => systemClock.now() * times,
    wallTime: () => systemClock.wallTime(),
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  }
}
