/**
 * Whether `given` has all that is expected of it. Objects may have more; lists have as many items; a pattern matches a
 * text; a function says yes.
 */
export function isPartly(given: unknown, expected: unknown): boolean {
  if (expected instanceof RegExp)
    return typeof given === 'string' && new RegExp(expected.source, flagsOf(expected)).test(given)
  if (typeof expected === 'function') return expected(given) === true
  if (Array.isArray(expected))
    return (
      Array.isArray(given) && given.length === expected.length && expected.every((item, i) => isPartly(given[i], item))
    )
  if (typeof expected === 'object' && expected !== null) {
    if (typeof given !== 'object' || given === null) return false
    return Object.entries(expected).every(([name, value]) =>
      isPartly(Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined, value),
    )
  }
  return Object.is(given, expected)
}

/** A pattern with g or y remembers where it was; two looks at one text must not differ. */
export const flagsOf = ({ flags }: RegExp): string => flags.replace(/[gy]/g, '')

/** What was expected, in one line. */
export function shown(value: unknown): string {
  if (value instanceof RegExp) return String(value)
  if (typeof value === 'function') return '(what the test says)'
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, some]) => `${name}: ${shown(some)}`)
      .join(', ')} }`
  return JSON.stringify(value) ?? 'undefined'
}
