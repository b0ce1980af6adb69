/** Vendors quote whole pages in their errors. */
const MOST_LETTERS = 500

/** A speech-to-text, model or voice provider failed. `retryable`: the same request may succeed a moment later. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  readonly provider: string
  readonly retryable: boolean

  constructor(provider: string, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(`${provider}: ${message.slice(0, MOST_LETTERS)}`, { cause: options.cause })
    this.provider = provider
    this.retryable = options.retryable
  }
}
