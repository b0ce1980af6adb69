import { LINE_RATE_HZ, type SpokenWord } from '../caller/fixture.ts'
import { voicedSpans } from '../ringing/voiced-spans.ts'

/**
 * Gives words without times their times in the sound (mu-law, 8 kHz): along its voice, the longer ones longer, and none
 * in a pause.
 */
export function wordsAlong(say: string, sound: Uint8Array): readonly SpokenWord[] {
  const words = say.split(/\s+/).filter(Boolean)
  const lengthMs = Math.floor((sound.length * 1_000) / LINE_RATE_HZ)
  const found = voicedSpans(sound)
  const spans = found.length > 0 ? found : [{ startMs: 0, endMs: lengthMs }]
  const voicedMs = spans.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0)
  const letters = words.reduce((sum, word) => sum + word.length + 1, 0)

  /** Where in the sound so much of its voice has passed. At the edge of a pause a word begins after it, and ends before it. */
  function at(share: number, edge: 'start' | 'end'): number {
    let restMs = share * voicedMs
    for (const { startMs, endMs } of spans) {
      const ms = endMs - startMs
      if (restMs < ms || (edge === 'end' && restMs <= ms)) return Math.min(lengthMs, Math.floor(startMs + restMs))
      restMs -= ms
    }
    return Math.min(lengthMs, Math.floor(spans.at(-1)?.endMs ?? lengthMs))
  }

  let passed = 0
  return words.map(text => {
    const startMs = at(passed / letters, 'start')
    passed += text.length + 1
    return { text, startMs, endMs: Math.max(startMs, at(passed / letters, 'end')) }
  })
}
