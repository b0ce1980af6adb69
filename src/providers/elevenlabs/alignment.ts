import type { Word } from '../../conversation/ports.ts'
import { timedWord } from '../speaking/timed-word.ts'
import type { Alignment } from './events.ts'

/** Collects the words of one context from its letters. */
export interface AlignedWords {
  /**
   * Letters of a piece of sound, and how much of the context's sound came before that piece. Returns the words that are
   * whole by now.
   */
  take(letters: Alignment, soundBeforeMs: number): readonly Word[]
  /** No more letters come. */
  end(): readonly Word[]
  /** Whether any letters came. */
  readonly isEmpty: boolean
}

/** The last letter of a piece may last into the next one. Letters further ahead of their sound belong to sound to come. */
const AHEAD_MS = 200

/**
 * Times are told from where a piece begins, and words are cut between pieces. A piece begins with its sound, unless the
 * letters before it are of sound that has not come yet. Sound may come without letters.
 */
export function alignedWords(): AlignedWords {
  let text = ''
  let startMs = 0
  let endMs = 0
  let lettersToMs = 0
  let isEmpty = true

  function finished(): readonly Word[] {
    if (text === '') return []
    const word = timedWord(text, startMs, endMs)
    text = ''
    return [word]
  }

  return {
    take({ chars, startsMs, durationsMs }, soundBeforeMs) {
      const beginMs = lettersToMs > soundBeforeMs + AHEAD_MS ? lettersToMs : soundBeforeMs
      const words: Word[] = []
      for (const [i, char] of chars.entries()) {
        const fromMs = startsMs[i]
        if (fromMs === undefined || !Number.isFinite(fromMs)) break
        isEmpty = false
        const atMs = Math.max(lettersToMs, beginMs + fromMs)
        lettersToMs = Math.max(atMs, beginMs + fromMs + Math.max(0, durationsMs[i] ?? 0))
        if (/^\s*$/u.test(char)) {
          words.push(...finished())
          continue
        }
        if (text === '') {
          startMs = atMs
          endMs = atMs
        }
        text += char
        // A sign's share is the pause after the word, which nobody needs to hear.
        if (/[\p{L}\p{N}]/u.test(char)) endMs = lettersToMs
      }
      return words
    },
    end: finished,
    get isEmpty() {
      return isEmpty
    },
  }
}
