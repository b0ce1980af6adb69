import { faultBetween } from '../breaks.ts'
import type { SeveralStreams } from '../several-streams.ts'

const WITHIN_MS = 4_000

/**
 * The first words of a stream that carries a call on begin within four seconds. Only a voice that has none of its sentences
 * ready may take longer, and a caller who talks over them hears them later.
 */
export function theCallerHearsSoon({ streams, circumstances, faults }: SeveralStreams): readonly string[] {
  if (!circumstances.voice.cachesPhrases) return []
  return streams.flatMap(({ attempt, startMs, carrier, leftMs, callerSpeech, stalledMs, overMs, dialledMs }, at) => {
    // A store that hangs may hold up the end of the stream before, which is waited for.
    const brokeMs = Math.min(dialledMs, streams[at - 1]?.leftMs ?? dialledMs)
    const fromMs = faultBetween(faults, brokeMs, startMs) ? startMs : dialledMs
    const untilMs = fromMs + WITHIN_MS + stalledMs
    const isOver = Math.min(leftMs, overMs ?? leftMs) < untilMs
    const isTalking = callerSpeech.sounds.some(sound => sound.toMs >= startMs && sound.fromMs <= untilMs)
    if (attempt === 1 || isOver || isTalking) return []
    const first = carrier.frames.find(frame => !frame.isDropped)
    if (first && first.fromMs <= untilMs) return []
    const tookMs = first ? Math.round(first.fromMs - fromMs) : undefined
    return [`stream ${attempt}: the caller hears ${tookMs === undefined ? 'nothing' : `words after ${tookMs} ms`}`]
  })
}
