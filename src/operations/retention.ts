import type { Clock } from '../conversation/ports.ts'

/** Deletes what is too old at `at`, in small batches with a pause between them. Resolves with how much was deleted. */
export interface Purge {
  readonly what: string
  readonly run: (at: Date, pause: () => Promise<void>) => Promise<number>
}

export interface RetentionParts {
  readonly clock: Clock
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly purges: readonly Purge[]
}

const EVERY_MS = 3_600_000
/** Live calls come first: between two batches everything else gets its turn. */
const PAUSE_MS = 50

/** Purges now and every hour, until `signal` aborts. Never rejects: a purge that fails is logged and tried again. */
export async function retain({ clock, log, purges }: RetentionParts, signal: AbortSignal): Promise<void> {
  const pause = (): Promise<void> => clock.sleep(PAUSE_MS, signal)
  while (!signal.aborted) {
    for (const { what, run } of purges) {
      try {
        const deleted = await run(clock.wallTime(), pause)
        if (deleted > 0) log.info({ what, deleted }, 'old data deleted')
      } catch (error) {
        if (!signal.aborted) log.warn({ what, err: error }, 'old data could not be deleted')
      }
    }
    await clock.sleep(EVERY_MS, signal).catch(() => undefined)
  }
}

/** Repeats a purge of one batch until nothing is left. */
export async function inBatches(purge: () => Promise<number>, pause: () => Promise<void>): Promise<number> {
  let deleted = 0
  for (let last = await purge(); last > 0; last = await purge()) {
    deleted += last
    await pause()
  }
  return deleted
}

const DAY_MS = 24 * 3_600_000

export const daysBefore = (at: Date, days: number): Date => new Date(at.getTime() - days * DAY_MS)
