import type { TextToSpeech } from '../ports.ts'
import { scopeOf } from '../scope.ts'

/** No text needs more sound: slow voices take 90 ms a letter, spelled digits and sums of money up to 400 ms. */
const SOUND_MS_PER_LETTER = 400
/** For breath and pauses, however short the text is. */
const SPARE_MS = 5_000
/** However long the text is. */
const MOST_SOUND_MS = 240_000
/** A letter is at most this many words: "$1" is "one dollar". */
const WORDS_PER_LETTER = 3
const SPARE_WORDS = 50
/** A piece of sound counts for so much at least: pieces without length would never reach the limit. */
const LEAST_MS = 5
/** What one speech may consist of at most, in pieces. */
export const MOST_PIECES = 60_000

/** The same voice, but it is stopped, with an Error, when it makes far more sound or words than its text can need. */
export function boundedVoice(voice: TextToSpeech): TextToSpeech {
  return {
    async *speak(text, signal, of, how) {
      const scope = scopeOf(signal)
      let letters = 0
      let soundMs = 0
      let words = 0
      async function* counted(): AsyncGenerator<string> {
        for await (const piece of text) {
          letters += piece.length
          yield piece
        }
      }
      try {
        for await (const made of voice.speak(counted(), scope.signal, of, how)) {
          if (made.kind === 'words') words += Math.max(1, made.words.length)
          else soundMs += Math.max(LEAST_MS, (made.frame.pcm.length / made.frame.rateHz) * 1_000)
          const mostMs = Math.min(MOST_SOUND_MS, SPARE_MS + letters * SOUND_MS_PER_LETTER)
          if (soundMs > mostMs || words > SPARE_WORDS + letters * WORDS_PER_LETTER)
            throw new Error('the voice runs away')
          yield made
        }
      } finally {
        scope.abort(new Error('the speech is over'))
      }
    },
  }
}
