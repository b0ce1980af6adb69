import type { Clock } from './ports.ts'
import { quietFor } from './quiet.ts'

/** A signal that aborts with its parent or by itself. Once released, it leaves no listener on the parent. */
export interface Scope {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
  /** Removes the listener from the parent, or an hour's call would collect thousands. */
  release(): void
}

/** Opens a scope below `parent`. AbortSignal.any will not do: its parents' lists grow for as long as they live. */
export function scopeOf(parent: AbortSignal): Scope {
  const controller = new AbortController()
  const follow = (): void => controller.abort(parent.reason)
  if (parent.aborted) follow()
  else parent.addEventListener('abort', follow, { once: true })
  const release = (): void => parent.removeEventListener('abort', follow)
  return {
    signal: controller.signal,
    abort(reason) {
      release()
      controller.abort(reason)
    },
    release,
  }
}

/** Resolves or rejects as `work` does, but rejects with the signal's reason as soon as it aborts. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
  try {
    // The race handles the work's rejection even after an abort: an unhandled one would end the process.
    return await Promise.race([aborted, work])
  } finally {
    if (abort) signal.removeEventListener('abort', abort)
  }
}

/** Runs `work` for at most `limitMs`. After that aborts it, and throws an Error that says `what` took too long. */
export async function within<T>(
  limitMs: number,
  what: string,
  clock: Clock,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const scope = scopeOf(signal)
  const tooLong = quietFor(limitMs, clock, scope.signal).then(() => {
    throw new Error(`${what} took longer than ${limitMs} ms`)
  })
  try {
    return await Promise.race([orAborted(work(scope.signal), scope.signal), tooLong])
  } finally {
    tooLong.catch(() => undefined)
    scope.abort(new Error(`${what} is over`))
  }
}
