import type { Clock } from '../../conversation/ports.ts'

const MOST_KEPT = 500

/** Whose answer is kept, and of which server: a change there makes it stale. */
export interface CachePlace {
  readonly owner: string
  readonly server: string
}

/** What a tool answered, and whether it may be given again. */
export interface Answer {
  readonly text: string
  readonly keep: boolean
}

/** Answers of tools that only read, kept for a while and for their owner alone. */
export interface ResultCache {
  /** The kept answer, else what `read` resolves to; that is kept for `forMs` unless a change came in between. */
  answer(place: CachePlace, key: string, forMs: number, read: () => Promise<Answer>): Promise<string>
  /** Something was, or may have been, changed there: nothing that was read before is given out again. */
  changed(place: CachePlace): void
}

interface Entry extends CachePlace {
  readonly text: string
  readonly untilMs: number
}

/** Keeps at most 500 answers; the oldest goes first. */
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
        const { text, keep } = await read()
        if (!keep || !reads.has(reading)) return text
        entries.delete(id)
        entries.set(id, { owner, server, text, untilMs: clock.now() + forMs })
        const [oldest] = entries.keys()
        if (entries.size > MOST_KEPT && oldest !== undefined) entries.delete(oldest)
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
