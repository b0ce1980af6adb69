import { isAway } from '../database/away.ts'

/** Logs what failed. A database that is away is logged once by itself, and not by each who asks it. */
export const loggedFailures =
  (log: { error(fields: object, message: string): void }) =>
  (error: unknown): void => {
    if (!isAway(error)) log.error({ err: error }, 'the Task Manager failed')
  }
