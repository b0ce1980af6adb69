import { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv'
import { z } from 'zod'
import { type Schema, withEach } from '../settings/schema-walk.ts'

/** What is wrong with a value; undefined if nothing is. */
export type Check = (value: unknown) => string | undefined

/** Checking these can take minutes for a short text or a long list, so only the server checks them. */
const SLOW = ['pattern', 'patternProperties', 'uniqueItems']
/** Without the slow keywords these could reject valid values. */
const UNRELIABLE = [
  ...['not', 'if', 'then', 'else', 'oneOf', 'contains', 'minContains', 'maxContains'],
  ...['unevaluatedItems', 'unevaluatedProperties'],
]

/**
 * Letters of a schema, times its references, since what they name is compiled anew for each: more would hold up all calls
 * for more than some tens of milliseconds, so only the server checks.
 */
const MOST_WORK = 6_000

/**
 * Makes the checks for the schemas of one list. Each list has its own validator, because a validator keeps schemas by
 * their $id and other lists may use the same one.
 */
export function schemaChecks(): (schema: Schema) => Check {
  const validator = new AjvJsonSchemaValidator()
  return schema => {
    let check: Check | undefined
    // Compiled when it is first needed, because that can block all calls for a tenth of a second.
    return value => {
      check ??= compiled(validator, schema)
      return check(value)
    }
  }
}

const jsonObject = z.record(z.string(), z.json())

function compiled(validator: AjvJsonSchemaValidator, schema: Schema): Check {
  const { $id: _, ...anonymous } = loosened(schema)
  const text = JSON.stringify(anonymous)
  const references = text.split('"$ref"').length - 1
  if (text.length * (1 + references) > MOST_WORK) return () => undefined
  try {
    const check = validator.getValidator(jsonObject.parse(anonymous))
    return value => check(value).errorMessage
  } catch {
    // This validator does not support the schema, so only the server checks it.
    return () => undefined
  }
}

/** A schema that accepts all that the given one does, and perhaps more. */
function loosened(schema: Schema): Schema {
  let isLoose = false
  const without = withEach(schema, one => {
    if (!SLOW.some(key => key in one)) return one
    isLoose = true
    return omit(one, 'patternProperties' in one ? [...SLOW, 'additionalProperties'] : SLOW)
  })
  return isLoose ? withEach(without, one => omit(one, UNRELIABLE)) : schema
}

const omit = (schema: Schema, keys: readonly string[]): Schema =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)))
