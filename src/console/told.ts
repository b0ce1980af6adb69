import { styleText } from 'node:util'
import type { Language } from '../conversation/language.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { Story } from '../journal/story.ts'
import { storyLine } from '../terminal/story-lines.ts'

/** Writes a conversation to a terminal: the agent's words as they are heard, and what its tools do. */
export interface Told {
  heard(words: string, isOver: boolean): void
  take(line: JournalLine): void
  /** The caller's turn to type. */
  invite(): void
  /** They have pressed Enter. */
  entered(): void
}

export function told(language: Language, write: (text: string) => void): Told {
  const story = new Story(language)
  let shown = ''
  /** Something stands in the line that the cursor is in. */
  let isInLine = false
  const newLine = (): void => {
    if (isInLine) write('\n')
    isInLine = false
  }
  return {
    heard(words, isOver) {
      if (words !== '' && words !== shown) {
        if (shown === '') newLine()
        write(shown === '' ? `${styleText('green', 'Agent')}   ${words}` : words.slice(shown.length))
        isInLine = true
        shown = words
      }
      if (!isOver) return
      if (shown !== '') newLine()
      shown = ''
    },
    take(line) {
      for (const event of story.take(line)) {
        if (event.kind === 'caller' || event.kind === 'agent') continue
        newLine()
        write(`${storyLine(event)}\n`)
      }
    },
    invite() {
      newLine()
      write('> ')
      isInLine = true
    },
    entered() {
      isInLine = false
    },
  }
}
