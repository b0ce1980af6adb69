import type { Clock } from '../conversation/ports.ts'
import { orAborted, within } from '../conversation/scope.ts'
import { reasonOf } from '../failure-reason.ts'
import { awayFor, DatabaseAway, saysAway } from './away.ts'

/** What of a database cannot be done now, and why. `writes`: it can be read. */
export interface Away {
  readonly what: 'all' | 'writes'
  readonly why: string
}

/** Whether a database can be used now. */
export interface Presence {
  /** Undefined while it can be read and written to. */
  away(): Away | undefined
  /** Resolves as soon as it can be written to. Rejects on abort. */
  here(signal: AbortSignal): Promise<void>
  /** How often it was away so far. */
  absences(): number
}

/** `inside` is a query of a transaction that has begun. */
export type Asked = 'connection' | 'read' | 'write' | 'inside'

/** Watches a database by what it answers, so that nobody waits for one that is away. */
export interface Guard extends Presence {
  /** Does the work, or throws DatabaseAway: at once while the database is away. */
  during<T>(asked: Asked, work: () => Promise<T>): Promise<T>
  /** Something says that it may be away. */
  suspect(why: unknown): void
  close(): void
}

export interface GuardParts {
  readonly clock: Clock
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
    error(fields: object, message: string): void
  }
  /** Reads and writes by itself, beside all that wait. Throws when it cannot read. */
  readonly probe: (signal: AbortSignal) => Promise<Away | undefined>
}

/** A query that has no answer for so long, while no other had one, makes us look. */
const SLOW_MS = 500
/** Longer than a probe takes by itself, whose own error says more. */
const PROBE_WITHIN_MS = 3_000
const PROBE_EVERY_MS = 1_000
const REMIND_EVERY_MS = 10 * 60_000
const FAILURES_EVERY_MS = 60_000
const MEANS = 'calls go on, changes are refused in words, and what is to be written waits'

/** For whoever uses a database for a moment, and wants to be told what fails. */
export const UNWATCHED: Guard = {
  away: () => undefined,
  here: async () => undefined,
  absences: () => 0,
  during: (_asked, work) => work(),
  suspect: () => undefined,
  close: () => undefined,
}

/**
 * A probe decides whether the database is away: after an error that says so, and when nothing is answered. Once it is,
 * the probe is repeated until it works again. The log has a line for each of the two, and a reminder now and then.
 */
export function guardOf({ clock, log, probe }: GuardParts): Guard {
  const closing = new AbortController()
  const { signal } = closing
  const begun = new Map<number, number>()
  let asked = 0
  let answeredMs = Number.NEGATIVE_INFINITY
  let isWatching = false
  let away: Away | undefined
  let absences = 0
  let back = Promise.withResolvers<void>()
  let looking: Promise<void> | undefined
  let toldMs = Number.NEGATIVE_INFINITY

  const probed = (): Promise<Away | undefined> =>
    within(PROBE_WITHIN_MS, 'an answer', clock, probe, signal).catch(
      (error): Away => ({ what: 'all', why: reasonOf(error) }),
    )

  function look(because?: unknown): Promise<void> {
    looking ??= lookOnce(because).finally(() => {
      looking = undefined
    })
    return looking
  }

  async function lookOnce(because: unknown): Promise<void> {
    const sinceMs = clock.now()
    const found = await probed()
    if (signal.aborted) return
    // Somebody got an answer meanwhile: a new connection, such as the probe's, may take longer than one that is open.
    if (found?.what === 'all' && !away && answeredMs > sinceMs) return
    if (found && !away) leave(found)
    else if (found) away = found
    else if (away) return
    else if (because !== undefined && clock.now() >= toldMs + FAILURES_EVERY_MS) {
      toldMs = clock.now()
      log.warn({ store: 'database', why: reasonOf(because) }, 'the database has failed, and is there')
    }
  }

  function suspect(why: unknown): void {
    if (!away) void look(why)
  }

  function leave(found: Away): void {
    away = found
    absences++
    log.error({ store: 'database', ...found }, `the database is away: ${MEANS}`)
    void stayAway(clock.now())
  }

  async function stayAway(sinceMs: number): Promise<void> {
    let remindMs = sinceMs + REMIND_EVERY_MS
    while (!signal.aborted) {
      await clock.sleep(PROBE_EVERY_MS, signal).catch(() => undefined)
      const found = await probed()
      if (signal.aborted) return
      const awaySeconds = Math.round((clock.now() - sinceMs) / 1_000)
      if (!found) {
        away = undefined
        answeredMs = clock.now()
        log.info({ store: 'database', awaySeconds }, 'the database is back: what waited is written')
        back.resolve()
        back = Promise.withResolvers()
        return
      }
      away = found
      if (clock.now() < remindMs) continue
      remindMs += REMIND_EVERY_MS
      log.error({ store: 'database', ...found, awaySeconds }, `the database is still away: ${MEANS}`)
    }
  }

  /** Looks when the oldest query has waited for too long, and nothing was answered since it was asked. */
  async function watch(): Promise<void> {
    if (isWatching) return
    isWatching = true
    while (begun.size > 0 && !signal.aborted) {
      await clock.sleep(SLOW_MS / 2, signal).catch(() => undefined)
      const [oldestMs = clock.now()] = begun.values()
      if (!away && clock.now() - oldestMs >= SLOW_MS && answeredMs < oldestMs) await look()
    }
    isWatching = false
  }

  return {
    away: () => away,
    absences: () => absences,
    async here(waiting) {
      while (away) await orAborted(back.promise, waiting)
    },
    async during(what, work) {
      if (away && what !== 'inside' && (away.what === 'all' || what === 'write')) throw new DatabaseAway(away.why)
      const id = ++asked
      begun.set(id, clock.now())
      void watch()
      try {
        const answer = await work()
        // A connection that was open is no word of the database.
        if (what !== 'connection') answeredMs = clock.now()
        return answer
      } catch (error) {
        if (!saysAway(error)) {
          answeredMs = clock.now()
          throw error
        }
        suspect(error)
        throw awayFor(error)
      } finally {
        begun.delete(id)
      }
    },
    suspect,
    close: () => closing.abort(new Error('the database is closed')),
  }
}
