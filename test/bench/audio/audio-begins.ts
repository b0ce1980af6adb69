import type { CallerEvent } from './audio-told.ts'

/**
 * When the agent starts to answer, in ms of the audio: the caller is silent, the words are final, and `patienceMs` of
 * these words has passed since the last voiced sample. Infinity if it never does.
 */
export function beginsAt(events: readonly CallerEvent[], patienceMs: (words: string) => number): number {
  let words = ''
  let final = true
  let speaking = false
  let lastVoicedMs = Number.POSITIVE_INFINITY
  let dueMs = Number.POSITIVE_INFINITY
  for (const event of events) {
    if (event.atMs > dueMs) return dueMs
    switch (event.kind) {
      case 'speech-start':
        speaking = true
        break
      case 'speech-end':
        speaking = false
        lastVoicedMs = event.lastVoicedMs
        break
      case 'words':
        words = event.text
        final = event.final
        // The detector missed the voice of these words.
        if (!Number.isFinite(lastVoicedMs)) lastVoicedMs = event.atMs
    }
    const mayBegin = !speaking && final
    dueMs = mayBegin ? Math.max(event.atMs, lastVoicedMs + patienceMs(words)) : Number.POSITIVE_INFINITY
  }
  return dueMs
}
