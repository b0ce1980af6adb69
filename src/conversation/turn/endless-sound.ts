import { isEmpty, type Utterance } from './utterance.ts'

/** A sound that never becomes words, with or without gaps, is asked about so long after it began. */
const MOST_WORDLESS_MS = 20_000
/** Words without an end are most likely a television. They are asked about so long after they began. */
const MOST_WORDS_MS = 75_000
/** Short noises put off the question whether the caller is still there, but no longer than this after the last word. */
const MOST_SILENT_MS = 25_000

/**
 * When the wait for the end of the caller's turn is over: at `lullDueMs`, or earlier if the sound has lasted too long. It
 * is counted from the first sound, or from the agent's last words, because the caller had to hear those.
 */
export function endOfSound(
  utterance: Utterance,
  spokenMs: number,
  atMs: number,
  lullDueMs: number,
): readonly [dueMs: number, why: 'lull' | 'endless'] {
  const most = isEmpty(utterance) ? MOST_WORDLESS_MS : MOST_WORDS_MS
  const endMs = Math.max(atMs, Math.max(utterance.firstVoicedMs, spokenMs) + most)
  return endMs < lullDueMs ? [endMs, 'endless'] : [lullDueMs, 'lull']
}

/** When a caller who made only a short noise is asked whether they are still there. */
export const idleAfterNoise = (lastWordMs: number, atMs: number, idleMs: number): number =>
  Math.min(atMs + idleMs, Math.max(atMs, lastWordMs + Math.max(idleMs, MOST_SILENT_MS)))
