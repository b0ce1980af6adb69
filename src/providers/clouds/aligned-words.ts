import type { Word } from '../../conversation/ports.ts'
import { timedWord } from '../speaking/timed-word.ts'

/** Where a voice says that a piece of its text sounds. `endMs` where it tells the end too. */
export interface Boundary {
  readonly text: string
  readonly startMs: number
  readonly endMs?: number
}

/**
 * Turns a voice's boundaries into the words of the text, as they were written: voices tell punctuation apart or leave it out,
 * split "I'm" or "5 pm", and read a number as many words. Each word is given once, in order, when the next one begins.
 */
export function alignedWords(text: string): {
  next(boundary: Boundary): readonly Word[]
  /** The sound is over: the words that are left. */
  end(atMs: number): readonly Word[]
} {
  const written = [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
    word,
    from: index,
    to: index + word.length,
  }))
  let position = 0
  /** How many words were given. */
  let given = 0
  /** The word that sounds now; those before it that were not given are told with it. */
  let sounding: { readonly last: number; readonly startMs: number; endMs: number | undefined } | undefined

  function give(beforeMs: number): readonly Word[] {
    if (!sounding) return []
    const { last, startMs, endMs = beforeMs } = sounding
    const said = written.slice(given, last + 1).map(({ word }) => word)
    given = last + 1
    sounding = undefined
    return said.length === 0 ? [] : [timedWord(said.join(' '), startMs, endMs)]
  }

  return {
    next({ text: part, startMs, endMs }) {
      const at = text.indexOf(part, position)
      // A spelling of the voice's own counts for the word after the last one.
      const found = at < 0 ? -1 : written.findIndex(({ to }) => to > at)
      if (at >= 0) position = at + part.length
      const last = found < 0 ? Math.min(sounding ? sounding.last : given, written.length - 1) : found
      if (sounding && last <= sounding.last) {
        if (endMs !== undefined) sounding.endMs = Math.max(sounding.endMs ?? endMs, endMs)
        return []
      }
      const before = give(startMs)
      sounding = { last, startMs, endMs }
      return before
    },
    end(atMs) {
      if (!sounding && given < written.length) sounding = { last: given, startMs: atMs, endMs: undefined }
      if (sounding) sounding = { ...sounding, last: written.length - 1 }
      return give(atMs)
    },
  }
}
