/**
 * Why a tool call gave no result:
 * - `unsent`: the server never got the call, so nothing was done;
 * - `refused`: the server does not accept the call, so nothing was done;
 * - `lost`: the connection broke, and it is unknown what was done;
 * - `late`: there was no answer within the limit, and it is unknown what was done;
 * - `wrong`: the answer cannot be read, or does not match the tool's schema.
 */
export type LinkFailure = 'unsent' | 'refused' | 'lost' | 'late' | 'wrong'

/** A call over a link failed. The message is for the log and, cleaned, for the model, but never for a caller. */
export class LinkError extends Error {
  override readonly name = 'LinkError'
  readonly kind: LinkFailure

  constructor(kind: LinkFailure, message: string, cause?: unknown) {
    super(message, { cause })
    this.kind = kind
  }
}
