/** A JSON Schema that is an object. A boolean schema contains no others. */
export type Schema = Readonly<Record<string, unknown>>

const DEEPEST = 100
/** Keywords that hold a schema or a list of schemas. */
const SCHEMAS: ReadonlySet<string> = new Set([
  ...['items', 'prefixItems', 'additionalItems', 'unevaluatedItems', 'contains'],
  ...['additionalProperties', 'unevaluatedProperties', 'propertyNames'],
  ...['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'contentSchema'],
])
/** Keywords that hold schemas by name. What is under any other keyword is data. */
const NAMED: ReadonlySet<string> = new Set([
  ...['properties', 'patternProperties', 'dependentSchemas', 'dependencies', '$defs', 'definitions'],
])

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Applies `change` to each schema inside, and then to the schema itself. Throws a RangeError if it is nested too deep.
 */
export function withEach(schema: Schema, change: (schema: Schema) => Schema, depth = 0): Schema {
  if (depth > DEEPEST) throw new RangeError(`it is nested deeper than ${DEEPEST}`)
  const inside = (value: unknown): unknown => (isSchema(value) ? withEach(value, change, depth + 1) : value)
  const entries = Object.entries(schema).map(([key, value]): [string, unknown] => {
    if (SCHEMAS.has(key)) return [key, Array.isArray(value) ? value.map(inside) : inside(value)]
    if (!NAMED.has(key) || !isSchema(value)) return [key, value]
    return [key, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inside(one)]))]
  })
  return change(Object.fromEntries(entries))
}

/** Whether a reference such as "#/$defs/day" leads to a schema in this document, along keywords that hold schemas. */
export const leadsInside = (document: Schema, reference: unknown): boolean =>
  referredTo(document, reference) !== undefined

/** The schema in this document to which a reference leads; undefined if there is none. */
export function referredTo(document: Schema, reference: unknown): Schema | boolean | undefined {
  if (reference === '#') return document
  if (typeof reference !== 'string' || !/^#\/[^%]+$/.test(reference)) return undefined
  const steps = reference.slice(2).split('/').map(unescaped)
  let at: unknown = document
  while (steps.length > 0) {
    const keyword = steps.shift() ?? ''
    if (!isSchema(at) || !(SCHEMAS.has(keyword) || NAMED.has(keyword)) || !Object.hasOwn(at, keyword)) return undefined
    const held: unknown = at[keyword]
    const isOne = SCHEMAS.has(keyword) && !Array.isArray(held)
    const step = isOne ? undefined : steps.shift()
    if (!isOne && (step === undefined || !Object(held) || !Object.hasOwn(Object(held), step))) return undefined
    at = step === undefined ? held : Reflect.get(Object(held), step)
  }
  return isSchema(at) || typeof at === 'boolean' ? at : undefined
}

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~')
