/** So much is kept: no service lets anybody talk longer without a final word. */
const MOST_MS = 30_000

/** The sound of a stretch whose words are not final yet. It would be sent again. */
export class UnsettledSound {
  readonly #rateHz: number
  #pieces: { readonly pcm: Int16Array; readonly endMs: number }[] = []
  #sentMs = 0

  constructor(rateHz: number) {
    this.#rateHz = rateHz
  }

  add(pcm: Int16Array): void {
    this.#sentMs += (pcm.length / this.#rateHz) * 1_000
    this.#pieces.push({ pcm, endMs: this.#sentMs })
    while (this.#sentMs - (this.#pieces[0]?.endMs ?? this.#sentMs) > MOST_MS) this.#pieces.shift()
  }

  /** The words of the sound before this time, from the stretch's begin, are final; without a time, of all of it. */
  settle(throughMs = Number.POSITIVE_INFINITY): void {
    this.#pieces = this.#pieces.filter(({ endMs }) => endMs > throughMs)
  }

  all(): readonly Int16Array[] {
    return this.#pieces.map(({ pcm }) => pcm)
  }

  last(ms: number): readonly Int16Array[] {
    return this.#pieces.filter(({ endMs }) => endMs > this.#sentMs - ms).map(({ pcm }) => pcm)
  }
}
