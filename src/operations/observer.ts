import type { JournalLine } from '../conversation/lines.ts'

export interface ObserverParts {
  readonly callId: string
  /** Names it in the log, such as "the metrics". */
  readonly what: string
  readonly log: { warn(fields: object, message: string): void }
}

/** What only watches a call must never end it: after its first failure, which the log tells, it watches no more. */
export function observer(
  { callId, what, log }: ObserverParts,
  take: ((line: JournalLine) => void) | undefined,
): (line: JournalLine) => void {
  let watches = take
  return line => {
    try {
      watches?.(line)
    } catch (error) {
      watches = undefined
      log.warn({ call: callId, err: error }, `${what} cannot follow a call any further`)
    }
  }
}
