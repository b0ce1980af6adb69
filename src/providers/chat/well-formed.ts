/**
 * The same JSON value with every text in it made well-formed and without NUL: the API refuses a whole request for one
 * lone surrogate.
 */
export function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return wellFormedText(value)
  if (Array.isArray(value)) return value.map(wellFormed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [wellFormedText(key), wellFormed(one)]))
}

export const wellFormedText = (text: string): string => text.toWellFormed().replaceAll('\0', '')
