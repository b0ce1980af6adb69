import { decodeMulaw } from '../../audio/mulaw.ts'
import type { VoiceRateHz } from '../../conversation/ports.ts'
import type { ProviderError } from '../../errors.ts'
import { pcmReader } from '../pcm-reader.ts'

/** Longer than any reply may sound: what comes after that is not kept. */
const MOST_SECONDS = 300

/** How far a response has come: its sound goes on, is whole, or will not get any further. */
export type SoundState =
  | { readonly kind: 'going' }
  | { readonly kind: 'whole' }
  | { readonly kind: 'broken'; readonly error: ProviderError }

/** What of one response is heard: its words as they were written along, and its sound. */
export class ResponseSound {
  readonly rateHz: VoiceRateHz
  readonly #read: (bytes: Uint8Array) => Int16Array
  readonly #pieces: Int16Array[] = []
  #samples = 0
  #transcript = ''
  #isWritten = false
  #state: SoundState = { kind: 'going' }
  /** Called at each change. */
  onChange: () => void = () => undefined
  /** Nobody wants any more of it. */
  readonly release: () => void

  constructor(rateHz: VoiceRateHz, release: () => void) {
    this.rateHz = rateHz
    this.release = release
    this.#read = rateHz === 8_000 ? decodeMulaw : pcmReader()
  }

  get state(): SoundState {
    return this.#state
  }

  /** What it says. */
  get transcript(): string {
    return this.#transcript
  }

  /** False where the model has answered in writing: then there is no sound. */
  get isSpoken(): boolean {
    return !this.#isWritten
  }

  /** The pieces from this one on. */
  from(piece: number): readonly Int16Array[] {
    return this.#pieces.slice(piece)
  }

  says(text: string): void {
    this.#transcript += text
    this.onChange()
  }

  writes(): void {
    if (this.#transcript === '' && this.#samples === 0) this.#isWritten = true
  }

  /** Takes more sound. False where it is too much. */
  add(base64: string): boolean {
    const pcm = this.#read(Buffer.from(base64, 'base64'))
    if (pcm.length > 0) this.#pieces.push(pcm)
    this.#samples += pcm.length
    this.onChange()
    return this.#samples <= MOST_SECONDS * this.rateHz
  }

  end(state: SoundState): void {
    if (this.#state.kind !== 'going') return
    this.#state = state
    this.onChange()
  }
}
