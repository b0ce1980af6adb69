import { loudnessDb } from '../../audio/loudness.ts'
import type { VoiceAnswer } from './voice.ts'

const QUIET_DB = -45
const BLOCK_MS = 10
/** A voice that begins at once clicks. */
const KEPT_MS = 40

/**
 * The same speech with a short silence before it. flite leaves a fifth of a second at both ends of whatever it says: between two
 * clauses of a sentence that is a pause of nearly half a second.
 */
export function withShortLead({ pcm, words }: VoiceAnswer, rateHz: number): VoiceAnswer {
  const block = (BLOCK_MS / 1_000) * rateHz
  let quiet = 0
  while (quiet < pcm.length && loudnessDb(pcm.subarray(quiet, quiet + block)) <= QUIET_DB) quiet += block
  const cut = Math.max(0, quiet - (KEPT_MS / 1_000) * rateHz)
  // Of silence alone nothing is cut: it has its length for a reason.
  if (cut === 0 || quiet >= pcm.length) return { pcm, words }
  const cutMs = Math.round((cut / rateHz) * 1_000)
  return {
    pcm: pcm.slice(cut),
    words: words.map(({ text, startMs, endMs }) => ({
      text,
      startMs: Math.max(0, startMs - cutMs),
      endMs: Math.max(0, endMs - cutMs),
    })),
  }
}
