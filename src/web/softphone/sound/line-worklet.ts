import { PhoneFrames } from './phone-frames.ts'
import { Playout } from './playout.ts'

/** Runs in the browser's sound thread, as a file of its own: the page's rules allow no other. */

declare const sampleRate: number
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort
  abstract process(inputs: readonly (readonly Float32Array[])[], outputs: readonly (readonly Float32Array[])[]): boolean
}

/** Samples that a browser asks for at once. */
const BLOCK = 128
const SILENCE = new Float32Array(BLOCK)

/** Posts `PhoneFrame`s, at the sound card's pace: silence too, while there is no microphone. */
class MicrophoneProcessor extends AudioWorkletProcessor {
  readonly #frames = new PhoneFrames(sampleRate)

  override process([input]: readonly (readonly Float32Array[])[]): boolean {
    this.#frames.take(input?.[0] ?? SILENCE, frame => this.port.postMessage(frame, [frame.bytes.buffer]))
    return true
  }
}

/** Plays the frames that are posted to it, and posts `PlayoutCounts` when they change. */
class PlayoutProcessor extends AudioWorkletProcessor {
  readonly #playout = new Playout(sampleRate)
  #told = this.#playout.counts

  constructor() {
    super()
    this.port.onmessage = ({ data }: MessageEvent<Uint8Array>) => this.#playout.take(data)
  }

  override process(_inputs: unknown, [output]: readonly (readonly Float32Array[])[]): boolean {
    const [first, ...others] = output ?? []
    if (first) this.#playout.read(first)
    for (const other of others) if (first) other.set(first)
    const { counts } = this.#playout
    if (counts.ranDry !== this.#told.ranDry || counts.leftOutMs !== this.#told.leftOutMs) {
      this.#told = counts
      this.port.postMessage(counts)
    }
    return true
  }
}

registerProcessor('microphone', MicrophoneProcessor)
registerProcessor('playout', PlayoutProcessor)
