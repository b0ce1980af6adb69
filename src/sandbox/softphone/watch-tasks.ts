import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { scopeOf } from '../../conversation/scope.ts'
import type { Network } from '../../network.ts'
import type { ShownTask } from './messages.ts'

/** Besides, each tool of the agent's is a reason to look: this is for what somebody else changes. */
const ASK_EVERY_MS = 5_000

const answer = z.object({
  tasks: z.array(
    z.object({
      title: z.string(),
      due: z.string().nullable(),
      status: z.enum(['pending', 'completed']),
      createdAt: z.string(),
    }),
  ),
})

/** A caller's tasks at the server. */
export interface WatchedTasks {
  /** Something may have changed: asks at once. */
  look(): void
  /** The tasks when the watch began and as they are now, in the order of their creation; undefined while not known. */
  readonly first: () => readonly ShownTask[] | undefined
  readonly now: () => readonly ShownTask[] | undefined
}

export interface WatchTasksParts {
  readonly url: string
  /** The caller's number, or the call's id where that is withheld. */
  readonly owner: string
  readonly network: Network
  readonly clock: Clock
  readonly onChange: (tasks: readonly ShownTask[]) => void
}

/** Asks for a caller's tasks again and again until the signal aborts. A server that has none to tell of is not asked again. */
export function watchTasks(
  { url, owner, network, clock, onChange }: WatchTasksParts,
  signal: AbortSignal,
): WatchedTasks {
  const address = new URL('/sandbox/tasks', url)
  address.searchParams.set('owner', owner)
  let first: readonly ShownTask[] | undefined
  let now: readonly ShownTask[] | undefined
  let told = ''
  let wake: (() => void) | undefined

  async function ask(): Promise<boolean> {
    const response = await network.fetch(address, { signal })
    if (response.status === 404) return false
    const parsed = answer.safeParse(await response.json())
    if (!parsed.success) return true
    const shown = parsed.data.tasks.map(({ title, due, status }) => ({ title, due, status }))
    const made = parsed.data.tasks.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
    now = made.map(({ title, due, status }) => ({ title, due, status }))
    first ??= now
    if (JSON.stringify(shown) !== told) onChange(shown)
    told = JSON.stringify(shown)
    return true
  }

  async function watch(): Promise<void> {
    // A server that is away for a moment is asked again.
    while (await ask().catch(() => !signal.aborted)) {
      const pause = scopeOf(signal)
      const woken = new Promise<void>(resolve => {
        wake = resolve
      })
      await Promise.race([clock.sleep(ASK_EVERY_MS, pause.signal), woken]).catch(() => undefined)
      pause.abort(new Error('looks again'))
      if (signal.aborted) return
    }
  }
  void watch()
  return { look: () => wake?.(), first: () => first, now: () => now }
}
