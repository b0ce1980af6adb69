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
      const timer = setTimeout(
        () => {
          signal.removeEventListener('abort', abort)
          resolve()
        },
        Math.max(0, ms),
      )
      signal.addEventListener('abort', abort, { once: true })
    })
  },
}
