import type { FileHandle } from 'node:fs/promises'
import { wavHeader } from '../audio/wav.ts'
import { openPrivate } from '../private-files.ts'

/** Of both sides, 16 bit each. */
const BYTES_PER_SAMPLE = 4
/** May change: the agent's sound is known 200 ms before it plays and may be cut. What is on the disk of it is written again. */
const HELD_SECONDS = 2
/** Two seconds of frames: by then the caller's sound has come, or never will. */
const MOST_EARLY_FRAMES = 100
const WINDOW_SECONDS = 4
/** A killed process loses no more than that. */
const WRITE_EVERY_SECONDS = 1
/** A disk that comes and goes is told of so often. */
const MOST_TOLD = 20
/** So much may wait for a slow disk: more than half a minute of a telephone call. */
const MOST_UNWRITTEN_BYTES = 4 * 1024 * 1024

/** A stereo recording of one call: left the caller by the carrier's timestamps, right the agent as it was heard. */
export interface Recording {
  caller(pcm: Int16Array, positionMs: number, atMs: number): void
  agent(pcm: Int16Array, playsAtMs: number): void
  /** The agent's sound from `fromMs` on plays `byMs` later (earlier, where it is negative) than was told. */
  moveAgent(fromMs: number, byMs: number): void
  cutAgent(atMs: number): void
  /** Writes the rest. Returns errors and never rejects: a full disk must not affect the call. */
  close(): Promise<readonly string[]>
}

/** For a call that is not recorded. */
export const noRecording: Recording = {
  caller: () => undefined,
  agent: () => undefined,
  moveAgent: () => undefined,
  cutAgent: () => undefined,
  close: async () => [],
}

/** Records into this file, and notes what is lost; without a file nothing is recorded. */
export const recordingOf = (
  file: string | false,
  rateHz: number,
  note: (
    noted: { readonly kind: 'recording-lost'; readonly why: string } | { readonly kind: 'recording-back' },
  ) => void,
): Recording =>
  file === false
    ? noRecording
    : openRecording(file, rateHz, {
        lost: why => note({ kind: 'recording-lost', why }),
        back: () => note({ kind: 'recording-back' }),
      })

/** Is told when sound cannot be written, and when that goes on after it: what came between is silence. */
export interface RecordingTold {
  lost(why: string): void
  back(): void
}

/**
 * Opens `file` for a new recording of both sides at `rateHz`, now or as soon as that is possible, and makes its folder.
 * Sound is written to the disk each second. Never throws: a disk that takes nothing loses sound, and disturbs no call.
 */
export function openRecording(file: string, rateHz: number, told: Partial<RecordingTold> = {}): Recording {
  const windowSamples = WINDOW_SECONDS * rateHz
  const window = new Int16Array(windowSamples * 2)
  let handle: FileHandle | undefined
  const problems: string[] = []
  let isLosing = false
  let timesTold = 0
  let zeroMs: number | undefined
  /** The agent's sound from before the caller's first frame, which tells where the timeline begins. */
  let early: (readonly [pcm: Int16Array, playsAtMs: number])[] = []
  /** Samples that do not change any more. */
  let settled = 0
  let end = 0
  let agentEnd = 0
  /** Samples that are on the disk, or on the way there. */
  let written = 0
  /** Samples that were given to be written. */
  let given = 0
  let unwrittenBytes = 0
  let writing: Promise<unknown> = Promise.resolve()
  write()

  /**
   * Writes in order; the first error is returned by `close`. The header follows the sound, so that it is true at every
   * moment, even when the process is killed.
   */
  function write(sound = new Uint8Array(), fromSample = 0): void {
    if (unwrittenBytes + sound.length > MOST_UNWRITTEN_BYTES) return lost('the disk is too slow')
    unwrittenBytes += sound.length
    written = Math.max(written, fromSample + sound.length / BYTES_PER_SAMPLE)
    const header = wavHeader(written * BYTES_PER_SAMPLE, rateHz, 2)
    const at = header.length + fromSample * BYTES_PER_SAMPLE
    writing = writing
      .then(async () => {
        handle ??= await openPrivate(file, 'w')
        await writeAll(handle, sound, at)
        await writeAll(handle, header, 0)
        back()
      })
      .catch(error => lost(String(error)))
      .finally(() => {
        unwrittenBytes -= sound.length
      })
  }

  function lost(why: string): void {
    if (problems.length === 0) problems.push(why)
    if (isLosing) return
    isLosing = true
    if (timesTold++ < MOST_TOLD) told.lost?.(why)
  }

  function back(): void {
    if (!isLosing) return
    isLosing = false
    if (timesTold <= MOST_TOLD) told.back?.()
  }

  const index = (sample: number): number => (sample % windowSamples) * 2
  /** The samples from `from` to `to` as they lie in the window, which goes on at its beginning. */
  function runsOf(from: number, to: number): readonly Int16Array[] {
    const [first, last] = [index(from), index(from) + (to - from) * 2]
    const over = Math.max(0, last - window.length)
    return [window.subarray(first, last - over), window.subarray(0, over)]
  }
  const sampleAt = (atMs: number): number => Math.round(((atMs - (zeroMs ?? atMs)) / 1_000) * rateHz)

  function put(pcm: Int16Array, at: number, side: 0 | 1): void {
    makeRoom(at + pcm.length)
    for (let i = Math.max(0, settled - at); i < pcm.length; i++) window[index(at + i) + side] = pcm[i] ?? 0
    end = Math.max(end, at + pcm.length)
    if (side === 1) agentEnd = Math.max(agentEnd, at + pcm.length)
    if (end - given >= WRITE_EVERY_SECONDS * rateHz) flush(end, Math.max(0, end - HELD_SECONDS * rateHz - settled))
  }

  function makeRoom(until: number): void {
    while (until - settled > windowSamples) {
      const samples = Math.min(rateHz, until - settled - HELD_SECONDS * rateHz)
      flush(settled + samples, samples)
    }
  }

  /** Writes all from the settled sound to `until`; the first `settling` samples of it do not change any more. */
  function flush(until: number, settling: number): void {
    const piece = new Int16Array((until - settled) * 2)
    let at = 0
    for (const run of runsOf(settled, until)) {
      piece.set(run, at)
      at += run.length
    }
    for (const run of runsOf(settled, settled + settling)) run.fill(0)
    write(new Uint8Array(piece.buffer), settled)
    given = Math.max(given, until)
    settled += settling
  }

  /** Moves the agent's sound from sample `from` on by `by` samples, as far as it may still change. */
  function move(from: number, by: number): void {
    makeRoom(agentEnd + by)
    const old = Math.max(from, settled)
    if (agentEnd <= old) return
    const first = Math.max(old, settled - by)
    const sound = Int16Array.from({ length: agentEnd - first }, (_, i) => window[index(first + i) + 1] ?? 0)
    for (let sample = old; sample < agentEnd; sample++) window[index(sample) + 1] = 0
    for (const [i, sample] of sound.entries()) window[index(first + by + i) + 1] = sample
    agentEnd += by
    end = Math.max(end, agentEnd)
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
    moveAgent(fromMs, byMs) {
      early = early.map(([pcm, playsAtMs]) => [pcm, playsAtMs < fromMs ? playsAtMs : playsAtMs + byMs])
      if (zeroMs !== undefined) move(Math.max(0, sampleAt(fromMs)), Math.round((byMs / 1_000) * rateHz))
    },
    cutAgent(atMs) {
      early = early.filter(([, playsAtMs]) => playsAtMs < atMs)
      for (let sample = Math.max(settled, sampleAt(atMs)); sample < end; sample++) window[index(sample) + 1] = 0
    },
    async close() {
      placeEarly()
      await writing
      if (end > settled) flush(end, end - settled)
      await writing
      await handle?.close().catch(error => problems.push(String(error)))
      return problems
    },
  }
}

/** A disk that becomes full takes a part, and says so the next time. */
async function writeAll(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}
