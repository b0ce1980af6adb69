import type { Clock } from './ports.ts'

/** A branch of the tree of signals: aborted with its parent or by itself, and forgotten by the parent once released. */
export interface Scope {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
  /** Takes the listener off the parent: a call of an hour must not collect one for each thing it did. */
  release(): void
}

/** Opens a branch below `parent`. (AbortSignal.any would keep its parents' lists growing for as long as they live.) */
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
    // The race listens to the work even if it is too late: an error that nobody hears would end the process.
    return await Promise.race([aborted, work])
  } finally {
    if (abort) signal.removeEventListener('abort', abort)
  }
}

/** Runs `work` for at most `limitMs`; then aborts it and throws an Error that names `what` took too long. */
export async function within<T>(
  limitMs: number,
  what: string,
  clock: Clock,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const scope = scopeOf(signal)
  const tooLong = clock.sleep(limitMs, scope.signal).then(() => {
    throw new Error(`${what} took longer than ${limitMs} ms`)
  })
  try {
    return await Promise.race([orAborted(work(scope.signal), scope.signal), tooLong])
  } finally {
    tooLong.catch(() => undefined)
    scope.abort(new Error(`${what} is over`))
  }
}
