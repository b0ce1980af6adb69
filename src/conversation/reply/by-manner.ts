import type { Manner } from '../delivery.ts'
import type { Speech } from '../ports.ts'
import type { Clause } from './manner-marks.ts'

/** Speaks a text in a manner, which is known when the first piece of the text is there. */
type Speak = (text: AsyncIterable<string>, manner: () => Manner | undefined) => AsyncIterable<Speech>

/**
 * Clauses in the manner of each as one speech: those that follow each other in the same manner are spoken together, since a
 * voice cannot change it in the middle. Words have their times in the whole.
 */
export async function* byManner(clauses: AsyncIterable<Clause>, speak: Speak): AsyncGenerator<Speech> {
  const read = clauses[Symbol.asyncIterator]()
  let next: Clause | undefined
  let beforeMs = 0

  async function take(): Promise<Clause | undefined> {
    const { done, value } = await read.next()
    return done ? undefined : value
  }

  try {
    do {
      let manner: Manner | undefined
      const run = async function* (): AsyncGenerator<string> {
        let clause = next ?? (await take())
        next = undefined
        manner = clause?.manner
        for (; clause && clause.manner === manner; clause = await take()) yield clause.text
        next = clause
      }
      let soundMs = 0
      for await (const made of speak(run(), () => manner)) {
        if (made.kind === 'audio') {
          soundMs += (made.frame.pcm.length / made.frame.rateHz) * 1_000
          yield made
        } else yield { kind: 'words', words: made.words.map(word => moved(word, beforeMs)) }
      }
      beforeMs += soundMs
      // A voice that ended before its text has nothing more to say, and no clause was read for another one.
    } while (next)
  } finally {
    Promise.resolve(read.return?.()).catch(() => undefined)
  }
}

const moved = <W extends { readonly startMs: number; readonly endMs: number }>(word: W, ms: number): W =>
  ms === 0 ? word : { ...word, startMs: word.startMs + ms, endMs: word.endMs + ms }
