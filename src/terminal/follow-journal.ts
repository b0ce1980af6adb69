import { existsSync } from 'node:fs'
import type { Clock } from '../conversation/ports.ts'
import { readJournal } from '../journal/outcome.ts'
import { Story, type StoryEvent } from '../journal/story.ts'
import { english } from '../languages/english.ts'

const FOLLOW_EVERY_MS = 100

/** Tells the story of a journal as its file grows, and the rest of it when the signal aborts. The file may not exist yet. */
export async function followJournal(
  file: string,
  clock: Clock,
  onTold: (told: StoryEvent, atMs: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const story = new Story(english)
  let shown = 0
  for (;;) {
    const isLast = signal.aborted
    const lines = existsSync(file) ? await readJournal(file) : []
    for (const line of lines.slice(shown)) for (const told of story.take(line)) onTold(told, line.atMs)
    shown = lines.length
    if (isLast) return
    await clock.sleep(FOLLOW_EVERY_MS, signal).catch(() => undefined)
  }
}
