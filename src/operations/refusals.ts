import type { Clock } from '../conversation/ports.ts'

const LOG_EVERY_MS = 10_000

/** Logs refused requests at most once in ten seconds, so that a stranger cannot fill the log. */
export function refusals(clock: Clock, log: { warn(fields: object, message: string): void }) {
  let loggedMs = Number.NEGATIVE_INFINITY
  let unlogged = 0
  return (ip: string, url: string): void => {
    unlogged++
    if (clock.now() - loggedMs < LOG_EVERY_MS) return
    log.warn({ ip, path: url.split('?')[0], count: unlogged }, 'requests refused: not signed by Twilio')
    loggedMs = clock.now()
    unlogged = 0
  }
}
