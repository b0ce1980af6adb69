/** A picture of the caller's screen, and when it was taken, by the Clock. */
export interface Picture {
  readonly jpeg: Uint8Array
  readonly takenMs: number
  /** As in a Prompt. */
  readonly traceparent?: string
}

/** Looks at pictures of a shared screen. */
export interface Sight {
  /**
   * Tells in plain words what a picture shows; `about` is what the caller wants to know. Throws ProviderError when the
   * provider fails, stalls, or refuses the picture.
   */
  describe(picture: Picture, about: string | undefined, signal: AbortSignal): Promise<string>
}
