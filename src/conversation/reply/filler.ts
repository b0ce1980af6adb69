import type { Clock } from '../ports.ts'
import { orAborted, scopeOf } from '../scope.ts'

/** What to say when the work is not done `afterMs` after it began. */
export interface Filler {
  readonly afterMs: number
  readonly text: string
}

/**
 * Says the fillers one after the other while `work` goes on. A filler that has begun is said to its end. Resolves when
 * the work has settled and the line is free; rejects on abort or when a filler cannot be said.
 */
export async function fillWhile(
  work: Promise<unknown>,
  fillers: readonly Filler[],
  say: (text: string, index: number) => Promise<void>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const scope = scopeOf(signal)
  const sinceMs = clock.now()
  let isOver = false
  const over = work.then(
    () => undefined,
    () => undefined,
  )
  over.then(() => {
    isOver = true
  })
  try {
    for (const [index, { afterMs, text }] of fillers.entries()) {
      const due = clock.sleep(sinceMs + afterMs - clock.now(), scope.signal)
      due.catch(() => undefined)
      await orAborted(Promise.race([over, due]), signal)
      if (isOver) return
      await say(text, index)
    }
    await orAborted(over, signal)
  } finally {
    scope.abort(new Error('nothing is waited for any more'))
  }
}

/** What a tool has to say while it runs. */
export interface ToolFillers {
  readonly filler?: string | undefined
  readonly fillers?: Readonly<Record<string, string>> | undefined
}

/** A tool's own filler in a language. One that has others, but none of this language, leaves it to the agent. */
export const fillerIn = ({ filler, fillers }: ToolFillers, code: string): string | undefined =>
  fillers?.[code] ?? (code === 'en' || fillers === undefined ? filler : undefined)
