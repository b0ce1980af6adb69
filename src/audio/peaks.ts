/** How long one peak stands for. */
export const PEAK_MS = 10
const HEADER_BYTES = 44
/** A header from elsewhere could name any length. */
const MOST_SECONDS = 6 * 3_600
const FULL = 32_768
const BYTE = 255

/** How loud a stereo recording is, `PEAK_MS` at a time. */
export interface SoundPeaks {
  readonly lengthMs: number
  /**
   * The loudest sample of each stretch: 255 times the square root of its share of full scale, so that quiet voices keep
   * their shape in a byte.
   */
  readonly left: Uint8Array
  readonly right: Uint8Array
}

/** The recording is none of which peaks can be taken. */
export class NoWav extends Error {
  override readonly name = 'NoWav'
}

/**
 * The peaks of a WAV file of 16 bits, which comes in pieces of any size: no more than one of them is held, and four
 * hundred bytes for each second. `fileBytes` is the file's length: the header of a call that was killed tells less. A
 * file of one channel has it on both sides. Throws NoWav, and as `pieces` does.
 */
export async function soundPeaks(pieces: AsyncIterable<Uint8Array>, fileBytes: number): Promise<SoundPeaks> {
  let rest: Uint8Array = new Uint8Array()
  let taker: Taker | undefined
  for await (const piece of pieces) {
    const all = rest.length === 0 ? piece : joined(rest, piece)
    if (!taker && all.length < HEADER_BYTES) {
      rest = all.slice()
      continue
    }
    const sound = taker ? all : all.subarray(HEADER_BYTES)
    taker ??= takerFor(all.subarray(0, HEADER_BYTES), fileBytes)
    rest = sound.slice(taker.take(sound))
  }
  if (!taker) throw new NoWav('the recording ends before it has begun')
  return taker.peaks()
}

interface Taker {
  /** Takes the whole samples of these bytes; gives how many bytes that were. */
  take(sound: Uint8Array): number
  peaks(): SoundPeaks
}

function takerFor(header: Uint8Array, fileBytes: number): Taker {
  const view = new DataView(header.buffer, header.byteOffset, HEADER_BYTES)
  const tag = (at: number): string => String.fromCharCode(...header.subarray(at, at + 4))
  const [channels, rateHz, bits] = [view.getUint16(22, true), view.getUint32(24, true), view.getUint16(34, true)]
  const isPcm = tag(0) === 'RIFF' && tag(8) === 'WAVE' && tag(36) === 'data' && view.getUint16(20, true) === 1
  if (!isPcm || bits !== 16 || channels < 1 || channels > 2 || rateHz < 1_000)
    throw new NoWav('the recording is not a WAV file of 16 bits with one channel or two')
  const frameBytes = channels * 2
  const seconds = Math.min(MOST_SECONDS, Math.max(0, fileBytes - HEADER_BYTES) / (rateHz * frameBytes))
  const count = Math.ceil((seconds * 1_000) / PEAK_MS)
  const [left, right] = [new Uint16Array(count), new Uint16Array(count)]
  const framesAPeak = (rateHz * PEAK_MS) / 1_000
  let frames = 0

  function take(sound: Uint8Array): number {
    const whole = sound.length - (sound.length % frameBytes)
    // Samples lie in memory as in the file, but only at even places.
    const even = sound.byteOffset % 2 === 0 ? sound : sound.slice()
    const samples = new Int16Array(even.buffer, even.byteOffset, whole / 2)
    for (let at = 0; at < samples.length; ) {
      const peak = Math.floor(frames / framesAPeak)
      if (peak >= count) break
      const until = Math.min(samples.length, at + (Math.ceil((peak + 1) * framesAPeak) - frames) * channels)
      frames += (until - at) / channels
      let [loudLeft, loudRight] = [left[peak] ?? 0, right[peak] ?? 0]
      for (; at < until; at += channels) {
        const one = samples[at] ?? 0
        const other = samples[at + channels - 1] ?? 0
        if (one > loudLeft) loudLeft = one
        else if (-one > loudLeft) loudLeft = -one
        if (other > loudRight) loudRight = other
        else if (-other > loudRight) loudRight = -other
      }
      left[peak] = loudLeft
      right[peak] = loudRight
    }
    return whole
  }
  function asBytes(side: Uint16Array): Uint8Array {
    const bytes = new Uint8Array(side.length)
    // Uint8Array.from takes half of the whole time: it asks for one after the other.
    for (let at = 0; at < side.length; at++) bytes[at] = Math.round(Math.sqrt((side[at] ?? 0) / FULL) * BYTE)
    return bytes
  }

  return { take, peaks: () => ({ lengthMs: seconds * 1_000, left: asBytes(left), right: asBytes(right) }) }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}
