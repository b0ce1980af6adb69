import type { Clock } from '../../conversation/ports.ts'

const MOST_CACHED = 500

/** The owner and the server of a cached answer. A change there makes it stale. */
export interface CachePlace {
  readonly owner: string
  readonly server: string
}

/** A tool's answer, and whether it may be cached. */
export interface Answer {
  readonly text: string
  readonly isCacheable: boolean
}

/** Caches the answers of read-only tools for a while, for each owner separately. */
export interface ResultCache {
  /** The cached answer, or else what `read` resolves to. That is cached for `forMs` unless a change came in between. */
  answer(place: CachePlace, key: string, forMs: number, read: () => Promise<Answer>): Promise<string>
  /** Drops all that was read there, because something was, or may have been, changed. */
  changed(place: CachePlace): void
}

interface Entry extends CachePlace {
  readonly text: string
  readonly untilMs: number
}

/** Caches at most 500 answers; the oldest is dropped first. */
export function resultCache(clock: Clock): ResultCache {
  const entries = new Map<string, Entry>()
  const reads = new Set<CachePlace>()
  const isSame = (one: CachePlace, other: CachePlace): boolean =>
    one.owner === other.owner && one.server === other.server

  return {
    async answer({ owner, server }, key, forMs, read) {
      const id = JSON.stringify([server, owner, key])
      const found = entries.get(id)
      if (found && found.untilMs > clock.now()) return found.text
      const reading = { owner, server }
      reads.add(reading)
      try {
        const { text, isCacheable } = await read()
        if (!isCacheable || !reads.has(reading)) return text
        entries.delete(id)
        entries.set(id, { owner, server, text, untilMs: clock.now() + forMs })
        const [oldest] = entries.keys()
        if (entries.size > MOST_CACHED && oldest !== undefined) entries.delete(oldest)
        return text
      } finally {
        reads.delete(reading)
      }
    },
    changed(place) {
      for (const [id, entry] of entries) if (isSame(entry, place)) entries.delete(id)
      for (const reading of reads) if (isSame(reading, place)) reads.delete(reading)
    },
  }
}
