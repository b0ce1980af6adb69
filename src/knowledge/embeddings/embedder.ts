/** Makes vectors of texts: those of texts that mean the same lie near to each other. */
export interface Embedder {
  /** Which model it is, and whose. */
  readonly name: string
  /** For people: who is sent the texts. */
  readonly where: string
  /** How many texts it is given at once. */
  readonly most: number
  /** One vector of length 1 for each text. Throws ProviderError, JobError, or on abort. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]>
  close(): Promise<void>
}

/** The same direction with length 1; a vector of zeros stays what it is. */
export function normalized(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector)
  return length === 0 ? vector : vector.map(value => value / length)
}
