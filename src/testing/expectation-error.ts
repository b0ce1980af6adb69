import { AssertionError } from 'node:assert'

/** What was expected and what was there, for the runner that shows the difference. */
export interface ErrorOptions {
  readonly expected?: unknown
  readonly actual?: unknown
  readonly cause?: Error
}

/** What a test expected did not happen. Every test runner shows it as a failed assertion. */
export class ExpectationError extends AssertionError {
  constructor(problem: string, transcript?: string, { expected, actual, cause }: ErrorOptions = {}) {
    const soFar = transcript === '' ? '     (nobody has said anything)' : transcript
    super({
      message: soFar === undefined ? problem : `${problem}\n\nThe call so far:\n${soFar}\n`,
      operator: 'expected',
      ...(expected !== undefined && { expected }),
      ...(actual !== undefined && { actual }),
    })
    if (cause) this.cause = cause
    // Runners that show a diff of their own would show the name of Node's.
    if ('diff' in this) delete this.diff
  }
}
