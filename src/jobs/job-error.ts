/**
 * Why a job was not done. `full`: too many wait; `late`: its turn did not come in time; `failed`: the work itself rejected it;
 * `died`, `hung`: the process with it; `unfit`: the process cannot start; `closed`: it was closed.
 */
export type JobProblem = 'full' | 'late' | 'failed' | 'died' | 'hung' | 'unfit' | 'closed'

export class JobError extends Error {
  override readonly name = 'JobError'
  readonly kind: JobProblem

  constructor(kind: JobProblem, message: string) {
    super(message)
    this.kind = kind
  }
}
