import { loudnessDb } from '../audio/loudness.ts'
import type { Speech, TextToSpeech } from '../conversation/ports.ts'

/** Voices start with 100–250 ms of silence or breath, which callers perceive as latency. */
const QUIET_DB = -45
const BLOCK_MS = 10

/** The same voice without the silence before its first sound. Word times are shifted accordingly. */
export function trimmed(voice: TextToSpeech): TextToSpeech {
  return {
    ...(voice.keeps && { keeps: (piece, of) => voice.keeps?.(piece, of) ?? false }),
    get by() {
      return voice.by
    },
    async *speak(text, signal, of, how) {
      let cutMs = 0
      let hasSound = false
      const earlyWords: Extract<Speech, { kind: 'words' }>[] = []
      const shifted = (speech: Extract<Speech, { kind: 'words' }>): Speech => ({
        kind: 'words',
        words: speech.words.map(({ text: word, startMs, endMs }) => ({
          text: word,
          startMs: Math.max(0, startMs - cutMs),
          endMs: Math.max(0, endMs - cutMs),
        })),
      })
      for await (const speech of voice.speak(text, signal, of, how)) {
        if (hasSound) yield speech.kind === 'words' ? shifted(speech) : speech
        else if (speech.kind === 'words') earlyWords.push(speech)
        else {
          const { pcm, rateHz } = speech.frame
          const cut = quietSamples(pcm, (BLOCK_MS / 1_000) * rateHz)
          cutMs += (cut / rateHz) * 1_000
          if (cut === pcm.length) continue
          hasSound = true
          yield { kind: 'audio', frame: { pcm: pcm.subarray(cut), rateHz } }
          for (const words of earlyWords) yield shifted(words)
        }
      }
    },
  }
}

/** The number of samples before the first block that is loud enough to be heard. */
function quietSamples(pcm: Int16Array, block: number): number {
  for (let at = 0; at < pcm.length; at += block) if (loudnessDb(pcm.subarray(at, at + block)) > QUIET_DB) return at
  return pcm.length
}
