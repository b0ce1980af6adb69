/** Wakes the one who waits for it. A ring while nobody waits is kept. */
export class Bell {
  #isRung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#isRung = true
    this.#wake?.()
  }

  /** Resolves at the next ring, or at once where it rang since the last wait. */
  async rung(): Promise<void> {
    if (!this.#isRung)
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    this.#wake = undefined
    this.#isRung = false
  }
}
