import { NoWav, type SoundPeaks, soundPeaks } from '../../audio/peaks.ts'
import { orAborted } from '../../conversation/scope.ts'
import type { CallAudio } from '../../records/records.ts'
import { Refusal } from '../refusal.ts'

/** The waveforms of recordings, read once and kept while there is room. */
export interface CallPeaks {
  /** Rejects with a Refusal where the recording has no waveform, and on abort. */
  of(callId: string, attempt: number, audio: CallAudio, signal: AbortSignal): Promise<SoundPeaks>
  forget(callIds: readonly string[]): void
}

/** Some twenty hours of recordings. */
const MOST_KEPT_BYTES = 16 * 1024 * 1024

const bytesOf = ({ left, right }: SoundPeaks): number => left.length + right.length

/** One recording is read at a time: an hour takes a fifth of a second of a core, and calls go on beside it. */
export function callPeaks(): CallPeaks {
  const kept = new Map<string, SoundPeaks>()
  let keptBytes = 0
  let last: Promise<unknown> = Promise.resolve()

  function drop(key: string): void {
    const peaks = kept.get(key)
    if (!peaks) return
    kept.delete(key)
    keptBytes -= bytesOf(peaks)
  }

  function keep(key: string, peaks: SoundPeaks): void {
    drop(key)
    kept.set(key, peaks)
    keptBytes += bytesOf(peaks)
    for (const oldest of kept.keys()) {
      if (keptBytes <= MOST_KEPT_BYTES) return
      drop(oldest)
    }
  }

  async function read(audio: CallAudio, signal: AbortSignal): Promise<SoundPeaks> {
    try {
      return await soundPeaks(audio.read(0, audio.bytes, signal), audio.bytes)
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof NoWav) throw new Refusal('unavailable', `There is no waveform: ${error.message}.`)
      throw error
    }
  }

  return {
    async of(callId, attempt, audio, signal) {
      // A call that came back has a longer recording.
      const key = `${callId} ${attempt} ${audio.bytes}`
      const before = last
      const { promise: over, resolve } = Promise.withResolvers<void>()
      last = over
      try {
        if (!kept.has(key)) await orAborted(before, signal)
        const peaks = kept.get(key) ?? (await read(audio, signal))
        // The latest looked at is forgotten last.
        keep(key, peaks)
        return peaks
      } finally {
        // Whoever comes next must also wait for those before, if this one gave up its place.
        before.finally(resolve)
      }
    },
    forget(callIds) {
      for (const key of kept.keys()) if (callIds.includes(key.split(' ')[0] ?? '')) drop(key)
    },
  }
}
