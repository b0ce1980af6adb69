import { z } from 'zod'
import { isSchema, leadsInside, type Schema, withEach } from './schema-walk.ts'

/** A schema that the models' APIs accept, or why there is none. */
export type ModelSchema =
  | { readonly kind: 'schema'; readonly schema: Record<string, unknown> }
  | { readonly kind: 'refused'; readonly why: string }

const REFUSED_ON_TOP = ['oneOf', 'anyOf', 'allOf', 'enum', 'not', '$ref']
/** References that are not resolved here. */
const UNRESOLVED = ['$dynamicRef', '$recursiveRef']
/** The dialects that can be checked. */
const DIALECT = /\/(?:draft-0[67]|draft\/2019-09|draft\/2020-12)\/schema#?$/

const typeName = z.enum(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'])
const oneSchema = z.custom(value => typeof value === 'boolean' || isSchema(value), 'is not a schema')
const choices = z.array(oneSchema).min(1).optional()
const count = z.int().min(0).optional()
const wellFormed = z.looseObject({
  type: z.union([typeName, z.array(typeName).min(1)]).optional(),
  properties: z.record(z.string(), oneSchema).optional(),
  ...keywords(['items', 'additionalProperties', 'not'], oneSchema.optional()),
  required: z.array(z.string()).optional(),
  enum: z.array(z.unknown()).min(1).optional(),
  ...keywords(['title', 'description', 'format', 'pattern'], z.string().optional()),
  ...keywords(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'], z.number().optional()),
  ...keywords(['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'], count),
  ...keywords(['allOf', 'anyOf', 'oneOf'], choices),
})

function keywords<T>(names: readonly string[], shape: T): Readonly<Record<string, T>> {
  return Object.fromEntries(names.map(name => [name, shape]))
}

/**
 * The schema of a tool's arguments for a request to a model. One bad schema makes the API refuse the whole request, and
 * so every call: missing keywords are added, and a tool whose schema the APIs do not accept is refused.
 */
export function modelSchema(given: Schema): ModelSchema {
  const onTop = REFUSED_ON_TOP.find(key => given[key] !== undefined)
  if (onTop !== undefined) return refused(`it has ${onTop} at its top, which models do not accept`)
  const { $schema = 'https://json-schema.org/draft/2020-12/schema' } = given
  if (!DIALECT.test(String($schema))) return refused(`it is written in ${String($schema).slice(0, 80)}`)
  let why: string | undefined
  const schema = withEach(given, one => {
    why ??= outsideReferenceIn(one, given) ?? malformed(one)
    return complete(one)
  })
  return why === undefined ? { kind: 'schema', schema: { ...schema } } : refused(why)
}

/** Why a schema is not complete in itself; undefined if it is. */
export function outsideReference(given: Schema): string | undefined {
  let why: string | undefined
  withEach(given, one => {
    why ??= outsideReferenceIn(one, given)
    return one
  })
  return why
}

function outsideReferenceIn(schema: Schema, document: Schema): string | undefined {
  const unresolved = UNRESOLVED.find(key => schema[key] !== undefined)
  if (unresolved === undefined && (schema.$ref === undefined || leadsInside(document, schema.$ref))) return undefined
  return `it refers to something outside of it: ${String(schema[unresolved ?? '$ref']).slice(0, 80)}`
}

function malformed(schema: Schema): string | undefined {
  const [issue] = wellFormed.safeParse(schema).error?.issues ?? []
  return issue && `${issue.path.join('.')}: ${issue.message}`
}

function complete(schema: Schema): Schema {
  const types = [schema.type].flat()
  return {
    ...schema,
    ...(types.includes('object') && !isSchema(schema.properties) && { properties: {} }),
    ...(types.includes('array') && schema.items === undefined && { items: {} }),
  }
}

const refused = (why: string): ModelSchema => ({ kind: 'refused', why })
