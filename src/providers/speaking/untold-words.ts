import type { Clock, TextToSpeech, Word } from '../../conversation/ports.ts'
import { estimatedWords } from '../estimated-words.ts'

/** Usual voices take 62 ms for a letter. One that makes so little sound of them has broken off, and nobody knows at which word. */
const LEAST_LETTER_MS = 40

/**
 * The same voice; where it tells no word of a whole speech, its words are reckoned by the length of its sound. Services that
 * tell words do not always ("2 + 2 = 4", a language whose times are not there yet: pipecat pull requests 447 and 4113), and
 * a conversation takes words that it was not told for words that nobody has heard: the model says them again.
 */
export function withUntoldWords(voice: TextToSpeech, clock: Clock): TextToSpeech {
  return {
    ...(voice.keeps && { keeps: (piece, of) => voice.keeps?.(piece, of) ?? false }),
    get by() {
      return voice.by
    },
    async *speak(text, signal, of, how) {
      const reckoned = estimatedWords(clock)
      const words: Word[] = []
      let isFirst = true
      let isTold = false
      let letters = 0
      let soundMs = 0
      async function* read(): AsyncGenerator<string> {
        for await (const piece of text) {
          if (isFirst) reckoned.clause(piece)
          else reckoned.more(piece)
          isFirst = false
          letters += piece.length
          yield piece
        }
      }
      for await (const speech of voice.speak(read(), signal, of, how)) {
        if (speech.kind === 'words') isTold ||= speech.words.length > 0
        else if (!isTold) {
          words.push(...reckoned.sound(speech.frame))
          soundMs += (speech.frame.pcm.length / speech.frame.rateHz) * 1_000
        }
        yield speech
      }
      if (isTold || signal.aborted || soundMs < letters * LEAST_LETTER_MS) return
      words.push(...reckoned.end())
      if (words.length > 0) yield { kind: 'words', words }
    },
  }
}
