import type { Clock } from '../conversation/ports.ts'

const BUSY_CODE = 5

/** The file was locked for too long. Nothing was done. */
export class BusyError extends Error {
  override readonly name = 'BusyError'
}

export const busy = (cause?: unknown): BusyError => new BusyError('it is locked by another process', { cause })

/** SQLITE_BUSY or one of its extended codes, which use the higher bits. */
export function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    (error.errcode & 255) === BUSY_CODE
  )
}

/** Lets one writer in at a time, in the order of asking. */
export function turns(clock: Clock) {
  const waiting: (() => void)[] = []
  let isTaken = false
  return {
    /** Throws BusyError when the turn does not come before `untilMs` by the clock. */
    async enter(untilMs: number): Promise<void> {
      if (!isTaken) {
        isTaken = true
        return
      }
      const { promise: entered, resolve: letIn } = Promise.withResolvers<void>()
      waiting.push(letIn)
      const watch = new AbortController()
      const tooLate = clock.sleep(untilMs - clock.now(), watch.signal).then(
        () => true,
        () => false,
      )
      const isLate = await Promise.race([entered.then(() => false), tooLate])
      watch.abort()
      const at = waiting.indexOf(letIn)
      if (!isLate || at < 0) return
      waiting.splice(at, 1)
      throw busy()
    },
    leave(): void {
      const next = waiting.shift()
      if (next) next()
      else isTaken = false
    },
  }
}
