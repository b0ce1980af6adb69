import type { CallRecords } from './call-records.ts'

/** What is done for calls that are over, behind those that go on. */
export interface BehindCalls {
  /** Seals and indexes what a killed server left before `before`. */
  finishLeft(before: Date): Promise<void>
  /** Resolves when that is done, if it was begun. */
  leftFinished(): Promise<void>
  /** Stops all of it. What is not uploaded by then is uploaded at the next start. */
  stop(): Promise<void>
}

/** Begins it. `signal` is the server's: uploads go on after it, for the records that are sealed last. */
export function behindCalls(
  { keepUp, upload, finishLeftCalls }: Pick<CallRecords, 'keepUp' | 'upload' | 'finishLeftCalls'>,
  log: { warn(fields: object, message: string): void },
  signal: AbortSignal,
): BehindCalls {
  const uploading = new AbortController()
  const working = [keepUp(signal), upload(uploading.signal)]
  let finishing = Promise.resolve()
  return {
    finishLeft(before) {
      finishing = finishLeftCalls(before, signal).catch(error => {
        if (!signal.aborted) log.warn({ err: error }, 'records of calls cannot be finished')
      })
      return finishing
    },
    leftFinished: () => finishing,
    async stop() {
      uploading.abort(new Error('the server is closing'))
      await Promise.all(working)
    },
  }
}
