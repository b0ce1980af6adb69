import { PAGE_ORIGIN } from './rest-origin.ts'

/** A request as JSON, so that it can be edited like any message. */
export interface RestRequest {
  readonly method: string
  readonly path: string
  readonly params: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const entriesOf = (value: unknown): readonly (readonly [string, Json])[] =>
  isObject(value) ? Object.entries(value).flatMap(([name, one]) => (isObject(one) ? [[name, one] as const] : [])) : []

/** What a schema's patterns and words allow, by the names that the documents have. */
const KNOWN: Readonly<Record<string, unknown>> = {
  ...{
    id: 'CA0',
    noteId: 'n1',
    attempt: '1',
    from: '2026-11-01',
    to: '2026-12-01T10:00:00Z',
    slowMs: '100',
    most: '5',
  },
  ...{
    caller: '+15551234567',
    number: '+15551234567',
    pin: '2468',
    call: 'CA0',
    words: 'milk',
    due: 'tomorrow at five',
  },
  ...{
    code: '123456',
    after: 'x',
    name: 'mine',
    text: 'Ask for the name.',
    tags: ['late'],
    atMs: 10,
    title: 'Buy milk',
  },
}

/** A value that fits the schema, near enough. */
function exampleOf(schema: Json, name: string): unknown {
  if (name in KNOWN) return KNOWN[name]
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return schema.enum[0]
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const [first] = Array.isArray(schema[key]) ? schema[key] : []
    if (isObject(first)) return exampleOf(first, name)
  }
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return Object.fromEntries(entriesOf(schema.properties).map(([key, of]) => [key, exampleOf(of, key)]))
    case 'array':
      return isObject(schema.items) ? [exampleOf(schema.items, name)] : []
    case 'number':
    case 'integer':
      return 1
    case 'boolean':
      return true
    default:
      return 'some'
  }
}

/** A request for each operation of an OpenAPI document that is not left out. */
export function requestsOf(document: { readonly paths: object }, without: ReadonlySet<string>): readonly RestRequest[] {
  return entriesOf(document.paths).flatMap(([path, item]) =>
    entriesOf(item).flatMap(([method, operation]) => {
      if (!isObject(operation.responses) || without.has(String(operation.operationId))) return []
      const parameters = [item.parameters, operation.parameters].flatMap(some => (Array.isArray(some) ? some : []))
      const of = (place: string) =>
        Object.fromEntries(
          parameters
            .filter(one => one.in === place && isObject(one.schema))
            .map(({ name, schema }) => [name, exampleOf(schema, name)]),
        )
      const content = isObject(operation.requestBody) ? entriesOf(operation.requestBody.content) : []
      const schema = content[0]?.[1].schema
      return [
        {
          ...{ method: method.toUpperCase(), path, params: of('path'), query: of('query') },
          headers: { origin: PAGE_ORIGIN, ...of('header') },
          ...(isObject(schema) && { body: exampleOf(schema, '') }),
        },
      ]
    }),
  )
}
