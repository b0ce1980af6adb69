import { createHash } from 'node:crypto'

const LONGEST = 64
const HASH_DIGITS = 8
const NOT_TAKEN = /[^A-Za-z0-9_-]/g
const IS_ASCII = /^[\x20-\x7e]*$/

/**
 * The name under which a tool is offered to models: letters, digits, _ and -, at most 64. Servers may use others:
 * "calendar.list" becomes calendar_list.
 */
export function offeredName(name: string): string {
  const valid = name.replace(NOT_TAKEN, '_')
  return valid.length <= LONGEST && IS_ASCII.test(name) ? valid : ownName(name)
}

/** A name that no other tool has, for one whose offered name is taken. */
export function ownName(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_DIGITS)
  return `${name.replace(NOT_TAKEN, '_').slice(0, LONGEST - HASH_DIGITS - 1)}_${hash}`
}
