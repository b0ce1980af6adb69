/** The text of one speech, piece by piece, for one voice after the other. It is taken when a voice asks for it. */
export class HeldText {
  readonly #source: AsyncIterator<string>
  readonly #pieces: string[] = []
  #pulling: Promise<void> | undefined
  #isOver = false

  constructor(text: AsyncIterable<string>) {
    this.#source = text[Symbol.asyncIterator]()
  }

  /** All that was taken so far. */
  get taken(): readonly string[] {
    return this.#pieces
  }

  /** The text from this letter of this piece on. */
  async *from(piece: number, letter: number): AsyncGenerator<string, void, undefined> {
    for (let at = piece; ; at++) {
      // A voice that failed may have asked for the next piece: it comes for the one after it.
      while (at >= this.#pieces.length && !this.#isOver) await this.#pull()
      const text = this.#pieces[at]
      if (text === undefined) return
      const rest = at === piece ? text.slice(letter).trimStart() : text
      if (rest !== '') yield rest
    }
  }

  /** Nothing more is taken. */
  close(): void {
    // A source that waits for its own next piece answers later, and nobody waits for that.
    Promise.resolve(this.#source.return?.()).catch(() => undefined)
  }

  #pull(): Promise<void> {
    this.#pulling ??= this.#source
      .next()
      .then(next => {
        if (next.done) this.#isOver = true
        else this.#pieces.push(next.value)
      })
      .finally(() => {
        this.#pulling = undefined
      })
    return this.#pulling
  }
}
