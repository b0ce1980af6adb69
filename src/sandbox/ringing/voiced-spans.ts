import { SLOT_BYTES } from '../twilio/playout.ts'
import { isVoicedMulaw, voicedEdges } from './mulaw-loudness.ts'

const BYTES_PER_MS = 8
const MIN_SPEECH_MS = 100
const MIN_SILENCE_MS = 200

/** A span of speech in ms from the start of the recording, exact to the sample. */
export interface Span {
  readonly startMs: number
  readonly endMs: number
}

/**
 * The spans of speech in one leg (mu-law, 8 kHz): 20 ms frames above -40 dBFS, silences under 200 ms bridged, sounds
 * under 100 ms dropped. Spans begin and end with a sample above the threshold.
 */
export function voicedSpans(leg: Uint8Array): readonly Span[] {
  return sounds(leg).filter(({ startMs, endMs }) => endMs - startMs >= MIN_SPEECH_MS)
}

/** From the first to the last voiced sample, however short the sounds; all of the leg when nothing is loud enough. */
export function voicedRange(leg: Uint8Array): Span {
  const all = sounds(leg)
  return { startMs: all[0]?.startMs ?? 0, endMs: all.at(-1)?.endMs ?? leg.length / BYTES_PER_MS }
}

function sounds(leg: Uint8Array): readonly Span[] {
  const spans: { startMs: number; endMs: number }[] = []
  for (let at = 0; at < leg.length; at += SLOT_BYTES) {
    if (!isVoicedMulaw(leg.subarray(at, at + SLOT_BYTES))) continue
    // Searches the neighbours too: speech may begin or end inside a frame that is quiet on average.
    const from = Math.max(0, at - SLOT_BYTES)
    const edges = voicedEdges(leg.subarray(from, at + 2 * SLOT_BYTES))
    if (!edges) continue
    const startMs = (from + edges.first) / BYTES_PER_MS
    const endMs = (from + edges.last + 1) / BYTES_PER_MS
    const last = spans.at(-1)
    if (last && startMs - last.endMs < MIN_SILENCE_MS) last.endMs = Math.max(last.endMs, endMs)
    else spans.push({ startMs, endMs })
  }
  return spans
}
