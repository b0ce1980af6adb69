import type { Told } from './audio-told.ts'

/**
 * When the agent begins (ms of the audio): the caller is silent, the words are final, and so much time as `patienceMs`
 * grants after them has passed since the last voiced sample. Infinity when it never does.
 */
export function beginsAt(told: readonly Told[], patienceMs: (words: string) => number): number {
  let words = ''
  let final = true
  let speaking = false
  let lastVoicedMs = Number.POSITIVE_INFINITY
  let dueMs = Number.POSITIVE_INFINITY
  for (const event of told) {
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
        // Words without a voice: the detector missed it.
        if (!Number.isFinite(lastVoicedMs)) lastVoicedMs = event.atMs
    }
    const mayBegin = !speaking && final
    dueMs = mayBegin ? Math.max(event.atMs, lastVoicedMs + patienceMs(words)) : Number.POSITIVE_INFINITY
  }
  return dueMs
}
