import { setImmediate } from 'node:timers/promises'
import type { Speech } from '../../conversation/ports.ts'
import { Queue } from '../../conversation/queue.ts'
import { scopeOf } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import { clausesOf } from '../speaking/clauses.ts'

/** A model may write hundreds of clauses at once. */
const MOST_CLAUSES = 2_000
/** A quarter of an hour in pieces of 100 ms, and its words. */
const MOST_PIECES = 20_000

/**
 * Speaks one clause, whose first sample is at `beforeMs` of the speech, and resolves with the time at which it ends. Throws
 * ProviderError.
 */
export type SpeakClause = (
  clause: string,
  beforeMs: number,
  put: (speech: Speech) => void,
  signal: AbortSignal,
) => Promise<number>

/** Words were asked for and the answer has ended without any sound: they were not spoken, whatever it says. */
export const soundless = (provider: string): ProviderError =>
  new ProviderError(provider, 'no sound came of these words', { retryable: true })

/**
 * One speech of a service that takes a text only as a whole: each piece of the text is a clause of its own. The next one is
 * asked for when the one before is there, not when it was heard.
 */
export async function* byClause(
  provider: string,
  text: AsyncIterable<string>,
  speak: SpeakClause,
  signal: AbortSignal,
): AsyncGenerator<Speech> {
  if (signal.aborted) return
  const scope = scopeOf(signal)
  const clauses = new Queue<string>(MOST_CLAUSES)
  const made = new Queue<Speech>(MOST_PIECES)
  const isFull = (of: Queue<unknown>): void => {
    if (of.isFull) throw new ProviderError(provider, 'a speech that is longer than can be taken', { retryable: false })
  }

  async function read(): Promise<void> {
    // A voice that is given nothing to voice refuses it.
    for await (const clause of clausesOf(text)) {
      if (scope.signal.aborted) return
      isFull(clauses)
      clauses.push(clause)
      await setImmediate()
    }
    clauses.close()
  }

  function put(speech: Speech): void {
    isFull(made)
    made.push(speech)
  }

  async function make(): Promise<void> {
    let beforeMs = 0
    for await (const clause of clauses) {
      if (scope.signal.aborted) return
      beforeMs = await speak(clause, beforeMs, put, scope.signal)
    }
    made.close()
  }

  const end = (): void => {
    clauses.close()
    made.close()
  }
  scope.signal.addEventListener('abort', end, { once: true })
  read().catch(error => clauses.fail(error))
  const making = make().catch(error => made.fail(error))
  try {
    for await (const speech of made) {
      if (signal.aborted) return
      yield speech
    }
  } finally {
    scope.abort(new Error('the speech is over'))
    await making
  }
}
