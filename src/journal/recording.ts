import { type FileHandle, open } from 'node:fs/promises'
import { wavHeader } from '../audio/wav.ts'
import { PRIVATE_FILE } from '../private-files.ts'

/** Of both sides, 16 bit each. */
const BYTES_PER_SAMPLE = 4
/** Not written yet, as it may change: the agent's sound is known 200 ms before it plays and may be cut. */
const HELD_SECONDS = 2
/** Two seconds of frames: by then the caller's sound has come, or never will. */
const MOST_EARLY_FRAMES = 100
const WINDOW_SECONDS = 4

/** A stereo recording of one call: left the caller by the carrier's timestamps, right the agent as it was heard. */
export interface Recording {
  caller(pcm: Int16Array, positionMs: number, atMs: number): void
  agent(pcm: Int16Array, playsAtMs: number): void
  cutAgent(atMs: number): void
  /** Writes the rest. Returns errors and never rejects: a full disk must not affect the call. */
  close(): Promise<readonly string[]>
}

/** For a call that is not recorded. */
export const noRecording: Recording = {
  caller: () => undefined,
  agent: () => undefined,
  cutAgent: () => undefined,
  close: async () => [],
}

/** Opens `file` for a new recording of both sides at `rateHz`. Sound older than two seconds is written to the disk. */
export async function openRecording(file: string, rateHz: number): Promise<Recording> {
  const windowSamples = WINDOW_SECONDS * rateHz
  const handle: FileHandle = await open(file, 'w', PRIVATE_FILE)
  const window = new Int16Array(windowSamples * 2)
  const problems: string[] = []
  let zeroMs: number | undefined
  /** The agent's sound from before the caller's first frame, which tells where the timeline begins. */
  let early: (readonly [pcm: Int16Array, playsAtMs: number])[] = []
  let written = 0
  let end = 0
  let writing: Promise<unknown> = Promise.resolve()
  write()

  /**
   * Writes in order; the first error is returned by `close`. The header follows the sound, so that it is true at every
   * moment, even when the process is killed.
   */
  function write(sound = new Uint8Array()): void {
    const header = wavHeader(written * BYTES_PER_SAMPLE, rateHz, 2)
    const at = header.length + written * BYTES_PER_SAMPLE - sound.length
    writing = writing
      .then(async () => {
        if (sound.length > 0) await handle.write(sound, 0, sound.length, at)
        await handle.write(header, 0, header.length, 0)
      })
      .catch(error => {
        if (problems.length === 0) problems.push(String(error))
      })
  }

  const index = (sample: number): number => (sample % windowSamples) * 2
  const sampleAt = (atMs: number): number => Math.round(((atMs - (zeroMs ?? atMs)) / 1_000) * rateHz)

  function put(pcm: Int16Array, at: number, side: 0 | 1): void {
    makeRoom(at + pcm.length)
    for (let i = Math.max(0, written - at); i < pcm.length; i++) window[index(at + i) + side] = pcm[i] ?? 0
    end = Math.max(end, at + pcm.length)
  }

  function makeRoom(until: number): void {
    while (until - written > windowSamples) flush(Math.min(rateHz, until - written - HELD_SECONDS * rateHz))
  }

  function flush(samples: number): void {
    const piece = new Int16Array(samples * 2)
    for (let i = 0; i < samples; i++) {
      const from = index(written + i)
      piece[i * 2] = window[from] ?? 0
      piece[i * 2 + 1] = window[from + 1] ?? 0
      window[from] = 0
      window[from + 1] = 0
    }
    written += samples
    write(new Uint8Array(piece.buffer))
  }

  function placeEarly(): void {
    // A stream that never brought sound of the caller begins with the agent's.
    zeroMs ??= early[0]?.[1]
    for (const [pcm, playsAtMs] of early) put(pcm, Math.max(0, sampleAt(playsAtMs)), 1)
    early = []
  }

  return {
    caller(pcm, positionMs, atMs) {
      // Updated by each frame: the first frames come late and would place all of the agent's sound too early.
      zeroMs = atMs - positionMs
      placeEarly()
      put(pcm, Math.round((positionMs / 1_000) * rateHz), 0)
    },
    agent(pcm, playsAtMs) {
      if (zeroMs !== undefined) return put(pcm, Math.max(0, sampleAt(playsAtMs)), 1)
      early.push([pcm, playsAtMs])
      if (early.length > MOST_EARLY_FRAMES) placeEarly()
    },
    cutAgent(atMs) {
      early = early.filter(([, playsAtMs]) => playsAtMs < atMs)
      for (let sample = Math.max(written, sampleAt(atMs)); sample < end; sample++) window[index(sample) + 1] = 0
    },
    async close() {
      placeEarly()
      if (end > written) flush(end - written)
      await writing
      await handle.close().catch(error => problems.push(String(error)))
      return problems
    },
  }
}
