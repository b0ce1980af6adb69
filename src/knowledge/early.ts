import type { Clock } from '../conversation/ports.ts'
import { scopeOf } from '../conversation/scope.ts'
import type { Search } from './for-call.ts'
import type { SearchQuestion } from './search.ts'
import type { KeptPiece } from './store/store.ts'
import { askedIn } from './words/stems.ts'

/** What was found for what the caller is saying. */
export interface Early {
  /** Looks for it, now or when the search that goes on is over. A search goes on in the background and never rejects. */
  look(said: string, before: string, sources: readonly string[] | undefined): void
  /** For the latest words whose search is over. */
  found(): { readonly pieces: readonly KeptPiece[]; readonly byMeaning: boolean; readonly tookMs: number } | undefined
  /** While what was just said is looked for by its words: resolves when that is over, or after some milliseconds. */
  ready(): Promise<void> | undefined
  forget(): void
}

const MOST_PIECES = 3
/** "And on Sundays?" is about what was asked before. */
const FEW_WORDS = 2

/**
 * A draft of an answer is asked for with the very word that completes a question. It is not due yet, so it may wait for so
 * long; a search by words takes less.
 */
const WAITS_MS = 20

/** `failed` is told why a search did not work. */
export function earlySearch(
  search: Search,
  comparesMeanings: boolean,
  failed: (why: string) => void,
  clock: Clock,
  signal: AbortSignal,
): Early {
  let wanted:
    | { readonly key: string; readonly text: string; readonly sources: readonly string[] | undefined }
    | undefined
  let sought = ''
  let isSeeking = false
  let byWords: Promise<void> | undefined
  let latest: ReturnType<Early['found']>

  async function seek(): Promise<void> {
    isSeeking = true
    try {
      while (wanted && wanted.key !== sought && !signal.aborted) {
        const { key, text, sources } = wanted
        sought = key
        const question = { text, sources, most: MOST_PIECES, sure: true }
        byWords = take({ ...question, byWordsAlone: true }).finally(() => {
          byWords = undefined
        })
        await byWords
        if (comparesMeanings) await take(question)
      }
    } catch (error) {
      if (!signal.aborted) failed(error instanceof Error ? error.message : String(error))
    } finally {
      isSeeking = false
    }
  }

  async function take(question: SearchQuestion): Promise<void> {
    const found = await search(question, signal)
    latest = found.pieces.length > 0 ? found : undefined
  }

  async function soon(work: Promise<void>): Promise<void> {
    const scope = scopeOf(signal)
    const waited = clock.sleep(WAITS_MS, scope.signal)
    await Promise.race([work, waited]).catch(() => undefined)
    scope.abort(new Error('it is over'))
    await waited.catch(() => undefined)
  }

  return {
    ready: () => byWords && soon(byWords),
    look(said, before, sources) {
      const asked = askedIn(said)
      // "Yes, please" asks for nothing, and takes nothing away.
      if (asked.length === 0) return
      const text = asked.length < FEW_WORDS ? `${before} ${said}` : said
      wanted = { key: askedIn(text).join(' '), text, sources }
      if (!isSeeking) void seek()
    },
    found: () => latest,
    forget() {
      wanted = undefined
      latest = undefined
      sought = ''
    },
  }
}
