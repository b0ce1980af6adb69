import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { within } from '../../conversation/scope.ts'
import type { Network } from '../../network.ts'
import type { ShownTask } from './messages.ts'

/** Besides, each tool of the agent's is a reason to look: this is for what somebody else changes. */
const ASK_EVERY_MS = 5_000
const ANSWER_MS = 2_000
const NONE = Symbol('no tasks to tell of')

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
  /** Something may have changed: asks at once. Resolves when that is known, or cannot be; never rejects. */
  look(): Promise<void>
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
  let asked = 0
  let answered = 0

  /** What the server says of them: JSON, or that it has none to tell of. */
  async function fetched(until: AbortSignal): Promise<unknown> {
    const response = await network.fetch(address, { signal: until })
    if (response.status !== 404) return response.json()
    await response.body?.cancel()
    return NONE
  }

  /** False where the server has none to tell of. */
  async function ask(): Promise<boolean> {
    const nth = ++asked
    const body = await within(ANSWER_MS, 'its answer', clock, fetched, signal)
    if (body === NONE) return false
    const parsed = answer.safeParse(body)
    // An answer may overtake an older one.
    if (!parsed.success || nth < answered) return true
    answered = nth
    const made = parsed.data.tasks.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
    now = made.map(withoutDate)
    first ??= now
    const shown = parsed.data.tasks.map(withoutDate)
    if (JSON.stringify(shown) !== told) onChange(shown)
    told = JSON.stringify(shown)
    return true
  }

  async function watch(): Promise<void> {
    // A server that is away for a moment is asked again.
    while (await ask().catch(() => !signal.aborted)) await clock.sleep(ASK_EVERY_MS, signal)
  }

  let looking: Promise<void> | undefined
  let after: Promise<void> | undefined

  /** One at a time: whoever asks meanwhile gets the next one's, which knows what has just changed. */
  function look(): Promise<void> {
    if (looking) {
      after ??= looking.then(() => {
        after = undefined
        return look()
      })
      return after
    }
    const done = (): void => {
      looking = undefined
    }
    looking = ask().then(done, done)
    return looking
  }

  // It rejects with the signal, and only then.
  watch().catch(() => undefined)
  return {
    look,
    first: () => first,
    now: () => now,
  }
}

const withoutDate = ({ title, due, status }: ShownTask): ShownTask => ({ title, due, status })
