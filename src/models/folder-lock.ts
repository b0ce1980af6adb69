import { mkdir, open, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../conversation/ports.ts'
import { scopeOf } from '../conversation/scope.ts'

const FILE = '.fetching'
const TOUCH_EVERY_MS = 2_000
const LOOK_EVERY_MS = 500
/** A lock that nobody touches for so long was left by a process that was killed. */
const LEFT_AFTER_MS = 15_000

export interface AloneParts {
  readonly clock: Clock
  /** Another process works there, or did so until it was killed: it is waited for. */
  readonly waits: () => void
}

/** Works alone in a folder, among all processes: the others wait. Makes the folder. */
export async function aloneIn<T>(
  folder: string,
  { clock, waits }: AloneParts,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, FILE)
  let seen = { touched: -1, sinceMs: clock.now() }
  while (!(await taken(path))) {
    if (seen.touched < 0) waits()
    const touched = await touchedAt(path)
    if (touched !== seen.touched) seen = { touched, sinceMs: clock.now() }
    if (clock.now() - seen.sinceMs >= LEFT_AFTER_MS) await rm(path, { force: true })
    else await clock.sleep(LOOK_EVERY_MS, signal)
  }
  const scope = scopeOf(signal)
  const touching = touch(path, clock, scope.signal)
  try {
    return await work()
  } finally {
    scope.abort(new Error('the work is done'))
    await touching
    await rm(path, { force: true })
  }
}

async function taken(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** 0 where it is gone. */
const touchedAt = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )

async function touch(path: string, clock: Clock, signal: AbortSignal): Promise<void> {
  try {
    while (true) {
      await clock.sleep(TOUCH_EVERY_MS, signal)
      const now = clock.wallTime()
      await utimes(path, now, now)
    }
  } catch {
    // It is over, or the lock was taken away: what is written is checked and renamed anyway.
  }
}
