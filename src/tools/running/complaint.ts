import { isSchema, referredTo, type Schema } from '../settings/schema-walk.ts'

const NOT_ALLOWED = /(^|[\s,])([\w-]+) must be equal to (?:one of the allowed values|constant)/g
const ADDITIONAL = /(^|, )must NOT have additional properties/

/** The checker's complaint about arguments in words for a model: with the names and values that would be right. */
export function complaint(wrong: string | undefined, schema: Schema): string | undefined {
  const properties = isSchema(schema.properties) ? schema.properties : {}
  return wrong
    ?.replaceAll('data/', '')
    .replaceAll('data must', 'must')
    .replace(NOT_ALLOWED, (all, before: string, name: string) => {
      const allowed = Object.hasOwn(properties, name) ? allowedBy(properties[name], schema) : []
      return allowed.length === 0 ? all : `${before}${name} must be one of: ${allowed.map(String).join(', ')}`
    })
    .replace(ADDITIONAL, `$1must have no other names than: ${Object.keys(properties).join(', ') || 'none'}`)
}

function allowedBy(given: unknown, document: Schema): readonly unknown[] {
  const schema = isSchema(given) && given.$ref !== undefined ? referredTo(document, given.$ref) : given
  if (!isSchema(schema)) return []
  return Array.isArray(schema.enum) ? schema.enum : 'const' in schema ? [schema.const] : []
}
