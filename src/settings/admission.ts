import { number } from './shapes.ts'

/** Settings of how many calls a server takes, by the names of their environment variables. */
export const ADMISSION_SETTINGS = {
  /** Simultaneous calls. */
  MAX_CALLS: number(1, 10_000).default(100),
  /** How many more callers may wait for a place, three minutes at most; any more get twiml/busy.xml. */
  QUEUE_CALLS: number(0, 1_000).default(10),
  /** Simultaneous calls of one number. Default: 2 in production, else no limit, as recorded callers share few numbers. */
  MAX_CALLS_PER_CALLER: number(1, 10_000).optional(),
  /** Calls of one number within an hour. Default: 30 in production, else no limit. */
  CALLER_CALLS_PER_HOUR: number(1, 100_000).optional(),
}

/** A household has one number for all its people, so one call is not enough; a firm behind its one number needs more. */
const AT_ONCE = 2
/** Who rings again every two minutes is still answered. */
const AN_HOUR = 30

type Given = { readonly [Name in 'MAX_CALLS_PER_CALLER' | 'CALLER_CALLS_PER_HOUR']?: number | undefined }

/** The limits of each caller, with their defaults. */
export const limitsOfCaller = (given: Given, production: boolean): Readonly<Record<keyof Given, number>> => ({
  MAX_CALLS_PER_CALLER: given.MAX_CALLS_PER_CALLER ?? (production ? AT_ONCE : 10_000),
  CALLER_CALLS_PER_HOUR: given.CALLER_CALLS_PER_HOUR ?? (production ? AN_HOUR : 100_000),
})
