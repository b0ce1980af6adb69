import { isVoiced } from '../../../src/audio/loudness.ts'
import type { CallerFrame, VoiceActivity, VoiceEvent } from '../../../src/conversation/ports.ts'

/** An end is reported after so much silence. */
const SILENT_MS = 300

/** Voice activity by loudness alone, at once and the same on every machine. */
export const loudnessDetector: VoiceActivity = {
  async *detect(audio: AsyncIterable<CallerFrame>, signal: AbortSignal): AsyncGenerator<VoiceEvent> {
    let lastVoicedMs: number | undefined
    for await (const { pcm, rateHz, atMs } of audio) {
      if (signal.aborted) return
      const endMs = atMs + (pcm.length / rateHz) * 1_000
      if (isVoiced(pcm)) {
        if (lastVoicedMs === undefined) yield { kind: 'speech-start', firstVoicedMs: atMs }
        lastVoicedMs = endMs
      } else if (lastVoicedMs !== undefined && endMs - lastVoicedMs >= SILENT_MS) {
        yield { kind: 'speech-end', lastVoicedMs }
        lastVoicedMs = undefined
      }
    }
  },
}
