import type { Clock, Speech, TextToSpeech, VoiceRateHz, Word } from '../conversation/ports.ts'
import { orAborted } from '../conversation/scope.ts'

/** From the text to its first sound. */
const FIRST_MS = 120
/** A letter of a word, and the pause after it. */
const LETTER_MS = 60

/** The agent's voice as silence of the right length, a frame for each word: so that a line knows to the word what was heard. */
export function agentsVoice(clock: Clock, rateHz: VoiceRateHz): TextToSpeech {
  return {
    async *speak(text, signal): AsyncGenerator<Speech> {
      let atMs = 0
      const pieces = text[Symbol.asyncIterator]()
      for (;;) {
        const piece = await orAborted(pieces.next(), signal)
        if (piece.done) return
        if (atMs === 0) await clock.sleep(FIRST_MS, signal)
        for (const word of piece.value.split(/\s+/).filter(some => some !== '')) {
          const lengthMs = (word.length + 1) * LETTER_MS
          const spoken: Word = { text: word, startMs: atMs, endMs: atMs + lengthMs }
          atMs = spoken.endMs
          yield { kind: 'words', words: [spoken] }
          yield { kind: 'audio', frame: { pcm: new Int16Array((lengthMs * rateHz) / 1_000), rateHz } }
        }
      }
    },
  }
}
