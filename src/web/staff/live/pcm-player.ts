/** So much sound lies ahead: networks deliver in bursts. */
const LEAD_SECONDS = 0.15
/** More than this is old: who listens in wants to hear what is said now. */
const MOST_SECONDS = 1
const FULL = 32_768

/** When the next piece plays, in seconds of the audio clock; undefined if it is dropped, to be in time again. */
export function playsAt(nowSeconds: number, nextSeconds: number): number | undefined {
  if (nextSeconds < nowSeconds) return nowSeconds + LEAD_SECONDS
  return nextSeconds - nowSeconds > MOST_SECONDS ? undefined : nextSeconds
}

/** Stereo PCM of 16 bits, little-endian, as two rows of -1 to 1. */
export function rowsOf(pcm: ArrayBuffer): readonly [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>] {
  const frames = Math.floor(pcm.byteLength / 4)
  const view = new DataView(pcm)
  const rows = [new Float32Array(frames), new Float32Array(frames)] as const
  for (let at = 0; at < frames; at++) {
    rows[0][at] = view.getInt16(at * 4, true) / FULL
    rows[1][at] = view.getInt16(at * 4 + 2, true) / FULL
  }
  return rows
}

/** Plays the pieces of a call as they come. Browsers let it sound only after somebody pressed something. */
export class PcmPlayer {
  readonly #context = new AudioContext()
  readonly #volume = this.#context.createGain()
  readonly #rateHz: number
  #nextSeconds = 0

  constructor(rateHz: number) {
    this.#rateHz = rateHz
    this.#volume.connect(this.#context.destination)
  }

  take(pcm: ArrayBuffer): void {
    if (this.#context.state !== 'running') return
    const [left, right] = rowsOf(pcm)
    const at = playsAt(this.#context.currentTime, this.#nextSeconds)
    if (at === undefined || left.length === 0) return
    const buffer = this.#context.createBuffer(2, left.length, this.#rateHz)
    buffer.copyToChannel(left, 0)
    buffer.copyToChannel(right, 1)
    const source = this.#context.createBufferSource()
    source.buffer = buffer
    source.connect(this.#volume)
    source.start(at)
    this.#nextSeconds = at + buffer.duration
  }

  /** Resolves with whether it sounds now. */
  async setOn(isOn: boolean): Promise<boolean> {
    await (isOn ? this.#context.resume() : this.#context.suspend())
    return this.#context.state === 'running'
  }

  close(): void {
    void this.#context.close().catch(() => undefined)
  }
}
