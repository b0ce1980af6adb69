import { reasonOf } from '../failure-reason.ts'
import { BusyError } from './sqlite-turns.ts'

/** The database cannot be used now; nothing was done, or it is not known. The message says why. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway'
}

/** Whether something failed because the database is away: that is logged once, not by everyone who meets it. */
export function isAway(error: unknown): boolean {
  return error instanceof DatabaseAway || (error instanceof Error && error.cause !== undefined && isAway(error.cause))
}

export const awayFor = (cause: unknown): DatabaseAway =>
  cause instanceof DatabaseAway ? cause : new DatabaseAway(reasonOf(cause), { cause })

/** SQLite's result codes, without the higher bits: busy, read-only, I/O error, damaged, full, cannot open, no database. */
const SQLITE_CODES: ReadonlySet<number> = new Set([5, 8, 10, 11, 13, 14, 26])
/**
 * SQLSTATE's classes and codes: connections, resources, who may log in, no such database, operators, the system, and
 * a server that can only be read. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const SQLSTATES = /^(?:08|28|53|57P|58|3D000$|25006$)/

/** Whether this error of a driver is about the database as a whole, and not about what it was asked. */
export function saysAway(error: unknown): boolean {
  if (error instanceof DatabaseAway || error instanceof BusyError) return true
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return false
  if ('errcode' in error) return typeof error.errcode === 'number' && SQLITE_CODES.has(error.errcode & 255)
  // What PostgreSQL itself says has a severity; all else that its client says is of the connection.
  return !('severity' in error) || ('code' in error && SQLSTATES.test(String(error.code)))
}

/** What may be refused again: values, constraints, and what there is no such table for. */
const REFUSED = /^(?:22|23|42(?!501))/

/** Whether PostgreSQL refused something for a moment: a lock, a time limit, a right that its owner may give. */
export function isForNow(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('severity' in error && 'code' in error) return !REFUSED.test(String(error.code))
  return error.cause !== undefined && isForNow(error.cause)
}

/** PostgreSQL takes no more connections; those that are open go on. */
export const isCrowded = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '53300'
