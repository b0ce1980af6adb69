/** Vendors quote whole pages in their errors. */
const MOST_LETTERS = 500
const MOST_READ = 4_000
const TOKEN = /[\w+/=-]{12,}/g
const [DIGIT, LETTER] = [/\d/, /[A-Za-z]/]

/**
 * The text without what may be a key: vendors quote the one that they refuse. A key has a run of letters and digits together
 * that no model's name and no word has.
 */
export function withoutKeys(text: string): string {
  return text.replace(TOKEN, token => {
    const runs = token.split(/[^A-Za-z\d]+/)
    return runs.some(run => run.length >= 12 && DIGIT.test(run) && LETTER.test(run)) ? '…' : token
  })
}

/** A speech-to-text, model or voice provider failed. `retryable`: the same request may succeed a moment later. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  readonly provider: string
  readonly retryable: boolean

  constructor(provider: string, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(`${provider}: ${withoutKeys(message.slice(0, MOST_READ)).slice(0, MOST_LETTERS)}`, { cause: options.cause })
    this.provider = provider
    this.retryable = options.retryable
  }
}
