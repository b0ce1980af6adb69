import { joined } from '../../audio/joined.ts'
import type { Speech, Word } from '../../conversation/ports.ts'

/** A speech as it is made: its sound in frames of one length, and its words. */
export class MadeSpeech {
  readonly frames: Int16Array[] = []
  readonly words: Word[] = []
  readonly #frameSamples: number
  #partial = new Int16Array(0)
  isComplete = false
  /** The voice failed, so some words may have no sound. */
  hasFailed = false

  constructor(frameSamples: number) {
    this.#frameSamples = frameSamples
  }

  /** Takes in the speech as fast as it is made. Rejects if the speech does. */
  async fill(speech: AsyncIterable<Speech>, changed: (isComplete: boolean) => void): Promise<void> {
    try {
      for await (const made of speech) {
        if (made.kind === 'words') this.words.push(...made.words)
        else this.#add(made.frame.pcm)
        changed(false)
      }
    } catch (error) {
      this.hasFailed = true
      throw error
    } finally {
      // The rest is a frame that ends in silence.
      if (this.#partial.length > 0) this.#add(new Int16Array(this.#frameSamples - this.#partial.length))
      this.isComplete = true
      changed(true)
    }
  }

  #add(more: Int16Array): void {
    const samples = this.#frameSamples
    const pcm = this.#partial.length === 0 ? more : joined(this.#partial, more)
    const whole = pcm.length - (pcm.length % samples)
    for (let at = 0; at < whole; at += samples) this.frames.push(pcm.subarray(at, at + samples))
    this.#partial = pcm.slice(whole)
  }
}
