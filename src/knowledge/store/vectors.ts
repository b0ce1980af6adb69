/** Pieces whose meaning is near to that of a question. */
export interface Near {
  /** The nearest first. `likeness` is the cosine. */
  readonly pieces: readonly { readonly piece: number; readonly likeness: number }[]
}

/** Finds by meaning. */
export interface Vectors {
  /**
   * Among the pieces whose vectors the same model made; undefined where there are none of it. `model` as in the store.
   * Rejects on abort, or when the database or the thread fails.
   */
  nearest(
    model: string,
    vector: Float32Array,
    sources: readonly string[] | undefined,
    most: number,
    signal: AbortSignal,
  ): Promise<Near | undefined>
  close(): Promise<void>
}

/** The name under which vectors are kept: those of another model, or of another length, are never compared. */
export const modelKey = (name: string, vector: Float32Array): string => `${name}#${vector.length}`
