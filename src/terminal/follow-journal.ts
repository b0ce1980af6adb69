import type { Clock } from '../conversation/ports.ts'
import { followLines } from '../journal/growing-journal.ts'
import { Story, type StoryEvent } from '../journal/story.ts'
import { languageOf } from '../languages/languages.ts'

/** Tells the story of a journal as its file grows, and the rest of it when the signal aborts. The file may not exist yet. */
export async function followJournal(
  file: string,
  clock: Clock,
  onTold: (told: StoryEvent, atMs: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const story = new Story(languageOf('en'))
  await followLines(
    file,
    clock,
    line => {
      for (const told of story.take(line)) onTold(told, line.atMs)
    },
    signal,
  )
}
