import type { Clock } from './conversation/ports.ts'

/** The machine's clock. `now` is monotonic, so neither NTP nor daylight saving time moves a deadline. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => new Date(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const abort = (): void => {
        clearTimeout(timer)
        reject(signal.reason)
      }
      // Node leaves out parts of a millisecond, and who is woken too early has to sleep again: every second frame was.
      const timer = setTimeout(
        () => {
          signal.removeEventListener('abort', abort)
          resolve()
        },
        Math.max(0, Math.ceil(ms)),
      )
      signal.addEventListener('abort', abort, { once: true })
    })
  },
}
