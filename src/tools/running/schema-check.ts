import { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv'
import { z } from 'zod'
import { type Schema, withEach } from '../settings/schema-walk.ts'

/** What is wrong with a value; undefined if nothing is. */
export type Check = (value: unknown) => string | undefined

/** They can take minutes over a short text or a long list. Whoever announced them checks them itself. */
const ENDLESS = ['pattern', 'patternProperties', 'uniqueItems']
/** Where one of those is gone, these could call wrong what is right. */
const UNSURE = [
  ...['not', 'if', 'then', 'else', 'oneOf', 'contains', 'minContains', 'maxContains'],
  ...['unevaluatedItems', 'unevaluatedProperties'],
]

/** Makes checks of the schemas of one list: this validator keeps schemas by their $id, and others' must not stand for them. */
export function schemaChecks(): (schema: Schema) => Check {
  const validator = new AjvJsonSchemaValidator()
  return schema => {
    let check: Check | undefined
    // Compiled when it is first needed: that can take a tenth of a second, in which all calls stand still.
    return value => {
      check ??= compiled(validator, schema)
      return check(value)
    }
  }
}

const jsonObject = z.record(z.string(), z.json())

function compiled(validator: AjvJsonSchemaValidator, schema: Schema): Check {
  const { $id: _, ...anonymous } = loosened(schema)
  try {
    const check = validator.getValidator(jsonObject.parse(anonymous))
    return value => check(value).errorMessage
  } catch {
    // Well formed as far as could be seen, and beyond this validator: the server alone checks it.
    return () => undefined
  }
}

/** Takes all that the schema takes, and perhaps more. */
function loosened(schema: Schema): Schema {
  let isLoose = false
  const without = withEach(schema, one => {
    if (!ENDLESS.some(key => key in one)) return one
    isLoose = true
    return leaving(one, 'patternProperties' in one ? [...ENDLESS, 'additionalProperties'] : ENDLESS)
  })
  return isLoose ? withEach(without, one => leaving(one, UNSURE)) : schema
}

const leaving = (schema: Schema, keys: readonly string[]): Schema =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)))
