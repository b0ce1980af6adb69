import type { TextToSpeech } from '../../conversation/ports.ts'
import { ProviderError } from '../../errors.ts'

/** Vendors' times of words are not exact, and some count silence that they do not send. */
const SLACK_MS = 1_000

/**
 * The same voice, but it fails where it ends long before the words that it has told: a service that is out of quota or
 * overloaded may say that it is done in the middle of a sentence. `title` is its name in errors.
 */
export function wholeSpeech(voice: TextToSpeech, title: string): TextToSpeech {
  return {
    ...(voice.keeps && { keeps: (piece, of) => voice.keeps?.(piece, of) ?? false }),
    get by() {
      return voice.by
    },
    async *speak(text, signal, of, how) {
      let soundMs = 0
      let wordsMs = 0
      for await (const speech of voice.speak(text, signal, of, how)) {
        if (speech.kind === 'words') wordsMs = Math.max(wordsMs, speech.words.at(-1)?.endMs ?? 0)
        else soundMs += (speech.frame.pcm.length / speech.frame.rateHz) * 1_000
        yield speech
      }
      const missingMs = Math.round(wordsMs - soundMs)
      if (missingMs > SLACK_MS && !signal.aborted)
        throw new ProviderError(title, `its sound ended ${missingMs} ms before its words`, { retryable: true })
    },
  }
}
