import type { CallRecorder } from '../../channels/call-host.ts'

const FRAME_MS = 20
/** The agent's sound is known up to 200 ms before it plays, and may be cut until then. */
const HELD_MS = 200
const WINDOW_MS = 2_000
const SIDES = 2
/** A longer gap, in windows, is left out: nobody waits for its silence. */
const MOST_GAP = 5

/**
 * Both sides of a live call as one stream, a fifth of a second late: `give` gets 20 ms of 16-bit little-endian stereo at a
 * time, left the caller. It begins with the first sound of the caller that it is given.
 */
export function liveSound(rateHz: number, give: (frame: Uint8Array) => void): CallRecorder {
  const samplesIn = (ms: number): number => Math.round((ms / 1_000) * rateHz)
  const frameSamples = samplesIn(FRAME_MS)
  const windowSamples = samplesIn(WINDOW_MS)
  const window = new Int16Array(windowSamples * SIDES)
  let zeroMs = 0
  /** The first sample that was not given yet; undefined before the caller's first sound. */
  let next: number | undefined
  let end = 0
  let agentEnd = 0
  /** Sound that is being heard is not moved any more; what follows it without a pause is kept beside it. */
  let movedMs = 0

  const index = (sample: number): number => (sample % windowSamples) * SIDES

  function giveUntil(until: number): void {
    if (next === undefined) return
    for (; next + frameSamples <= until; next += frameSamples) {
      const frame = Buffer.alloc(frameSamples * SIDES * 2)
      for (let i = 0; i < frameSamples; i++) {
        const from = index(next + i)
        frame.writeInt16LE(window[from] ?? 0, i * 4)
        frame.writeInt16LE(window[from + 1] ?? 0, i * 4 + 2)
        window[from] = 0
        window[from + 1] = 0
      }
      give(frame)
    }
  }

  function put(pcm: Int16Array, at: number, side: 0 | 1): void {
    if (next === undefined || at > next + MOST_GAP * windowSamples) return
    giveUntil(at + pcm.length - windowSamples + frameSamples)
    for (let i = Math.max(0, next - at); i < pcm.length; i++) window[index(at + i) + side] = pcm[i] ?? 0
    end = Math.max(end, at + pcm.length)
  }

  const sampleAt = (atMs: number): number => Math.round(((atMs - zeroMs) / 1_000) * rateHz)

  return {
    caller(pcm, positionMs, atMs) {
      zeroMs = atMs - positionMs
      const at = samplesIn(positionMs)
      if (next === undefined || at > next + MOST_GAP * windowSamples) {
        window.fill(0)
        next = Math.max(0, at)
        end = next
      }
      put(pcm, at, 0)
      giveUntil(at + pcm.length - samplesIn(HELD_MS))
    },
    agent(pcm, playsAtMs) {
      if (next === undefined) return
      if (sampleAt(playsAtMs - movedMs) > agentEnd + frameSamples) movedMs = 0
      const at = sampleAt(playsAtMs - movedMs)
      put(pcm, at, 1)
      agentEnd = at + pcm.length
    },
    moveAgent(_fromMs, byMs) {
      movedMs += byMs
    },
    cutAgent(atMs) {
      if (next === undefined) return
      for (let sample = Math.max(next, sampleAt(atMs - movedMs)); sample < end; sample++) window[index(sample) + 1] = 0
    },
  }
}
