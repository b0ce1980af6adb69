import type { Search } from './for-call.ts'
import type { KeptPiece } from './store/store.ts'
import { askedIn } from './words/stems.ts'

/** What was found for what the caller is saying. */
export interface Early {
  /** Looks for it, now or when the search that goes on is over. A search goes on in the background and never rejects. */
  look(said: string, before: string, sources: readonly string[] | undefined): void
  /** For the latest words whose search is over. */
  found(): { readonly pieces: readonly KeptPiece[]; readonly byMeaning: boolean; readonly tookMs: number } | undefined
  forget(): void
}

const MOST_PIECES = 3
/** "And on Sundays?" is about what was asked before. */
const FEW_WORDS = 2

/** `failed` is told why, once. */
export function earlySearch(search: Search, failed: (why: string) => void, signal: AbortSignal): Early {
  let wanted:
    | { readonly key: string; readonly text: string; readonly sources: readonly string[] | undefined }
    | undefined
  let sought = ''
  let isSeeking = false
  let latest: ReturnType<Early['found']>

  async function seek(): Promise<void> {
    isSeeking = true
    try {
      while (wanted && wanted.key !== sought && !signal.aborted) {
        const { key, text, sources } = wanted
        sought = key
        const found = await search({ text, sources, most: MOST_PIECES, sure: true }, signal)
        latest = found.pieces.length > 0 ? found : undefined
      }
    } catch (error) {
      if (!signal.aborted) failed(error instanceof Error ? error.message : String(error))
    } finally {
      isSeeking = false
    }
  }

  return {
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
