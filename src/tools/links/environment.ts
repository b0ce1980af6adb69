const REFERENCE = /\$\{([^}]*)\}/g
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** A value in which every `${NAME}` below `servers` has been filled in, and a line for each that could not be. */
export interface Filled {
  readonly value: unknown
  readonly missing: readonly string[]
  /** What was filled in: it may be secret. */
  readonly filled: readonly string[]
}

/** Fills the `${NAME}`s of the servers' strings from the environment; an empty variable counts as missing. */
export function withEnvironment(given: unknown, environment: Readonly<Record<string, string | undefined>>): Filled {
  const missing: string[] = []
  const filled = new Set<string>()

  function fill(value: unknown, place: string): unknown {
    if (typeof value === 'string') {
      return value.replace(REFERENCE, (whole, name: string) => {
        const found = NAME.test(name) ? environment[name] : undefined
        if (found) {
          filled.add(found)
          return found
        }
        missing.push(
          NAME.test(name) ? `${place}: the environment has no ${name}` : `${place}: \${…} must hold a variable’s name`,
        )
        return whole
      })
    }
    if (Array.isArray(value)) return value.map((item, index) => fill(item, `${place}.${index}`))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, `${place}.${key}`)]))
  }

  if (typeof given !== 'object' || given === null || !('servers' in given)) return { value: given, missing, filled: [] }
  const value = { ...given, servers: fill(given.servers, 'servers') }
  return { value, missing, filled: [...filled] }
}
