/** Has no text in this JSON value a lone surrogate? Vendors cannot read the whole body for one; a backslash and a "u" are two letters like others. */
export function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, one]) => key.isWellFormed() && isWellFormed(one))
}
