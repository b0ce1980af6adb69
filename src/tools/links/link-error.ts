/**
 * Why a call of a tool brought no result:
 * - `unsent`: the server never had it, so nothing was done;
 * - `refused`: the server said that it does not take this call, so nothing was done;
 * - `lost`: the connection broke, and nobody knows what was done;
 * - `late`: no answer within the limit, and nobody knows what was done;
 * - `wrong`: an answer that cannot be read or that is not what the tool announced.
 */
export type LinkFailure = 'unsent' | 'refused' | 'lost' | 'late' | 'wrong'

/** A call over a link failed. The message is for the log, never for a model or a caller. */
export class LinkError extends Error {
  override readonly name = 'LinkError'
  readonly kind: LinkFailure

  constructor(kind: LinkFailure, message: string, cause?: unknown) {
    super(message, { cause })
    this.kind = kind
  }
}
