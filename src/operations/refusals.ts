import type { Clock } from '../conversation/ports.ts'

const TELL_EVERY_MS = 10_000

/** Tells of refused requests, but no more than once in ten seconds: a stranger does not get to fill the log. */
export function refusals(clock: Clock, log: { warn(fields: object, message: string): void }) {
  let toldMs = Number.NEGATIVE_INFINITY
  let untold = 0
  return (ip: string, url: string): void => {
    untold++
    if (clock.now() - toldMs < TELL_EVERY_MS) return
    log.warn({ ip, path: url.split('?')[0], count: untold }, 'requests refused: not signed by Twilio')
    toldMs = clock.now()
    untold = 0
  }
}
