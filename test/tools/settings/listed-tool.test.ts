import type { Tool } from '@modelcontextprotocol/client'
import { expect, test } from 'vitest'
import { listedTools } from '../../../src/tools/settings/listed-tool.ts'

type Shape = Readonly<Record<string, unknown>>

function listed(schemas: readonly { readonly input?: Shape; readonly output?: Shape }[]) {
  const refused: string[] = []
  const tools = schemas.map(
    ({ input = {}, output }, index): Tool => ({
      name: `tool_${index}`,
      inputSchema: { ...input, type: 'object' },
      ...(output && { outputSchema: { ...output, type: 'object' } }),
    }),
  )
  return { tools: listedTools(tools, (tool, why) => refused.push(`${tool}: ${why}`)), refused }
}

const day = { type: 'string', pattern: '^(a+)+$' }
/** Nearly as large as a schema may be. */
const long = (): Shape => ({
  properties: Object.fromEntries(
    Array.from({ length: 250 }, (_, id) => [`p${id}`, { type: 'object', properties: { a: { minLength: 1 } } }]),
  ),
})

test.each<[string, Shape, Shape]>([
  ['properties', {}, { properties: {} }],
  [
    'the properties and items of what is inside',
    { properties: { list: { type: 'array' }, map: { type: ['object', 'null'] } } },
    { properties: { list: { type: 'array', items: {} }, map: { type: ['object', 'null'], properties: {} } } },
  ],
  [
    'nothing where data only looks like a schema',
    { properties: { type: { enum: [{ type: 'array' }], default: { type: 'object' } } } },
    { properties: { type: { enum: [{ type: 'array' }], default: { type: 'object' } } } },
  ],
])('models get a schema to which is added: %s', (_, input, parameters) => {
  const { tools, refused } = listed([{ input }])
  expect(refused).toEqual([])
  expect(tools[0]?.parameters).toEqual({ type: 'object', ...parameters })
})

test.each<[RegExp, Shape]>([
  [/it has oneOf at its top/, { oneOf: [{}] }],
  [/it has anyOf at its top/, { anyOf: [{}] }],
  [/it has allOf at its top/, { allOf: [{}] }],
  [/it has enum at its top/, { enum: [{}] }],
  [/it has not at its top/, { not: {} }],
  [/type: /, { properties: { a: { type: 'any' } } }],
  [/minimum: /, { properties: { a: { minimum: 'none' } } }],
  [/maxLength: /, { properties: { a: { maxLength: -1 } } }],
  [/additionalProperties: /, { additionalProperties: 'no' }],
  [/properties\.a: /, { properties: { a: 'string' } }],
  [/items: /, { properties: { a: { type: 'array', items: [{}] } } }],
  [/it is written in http:\S+draft-03/, { $schema: 'http://json-schema.org/draft-03/schema#' }],
  [/refers to something outside of it: https:\/\/x\/y/, { properties: { a: { $ref: 'https://x/y' } } }],
  [/refers to something outside of it: #\/\$defs\/b/, { properties: { a: { $ref: '#/$defs/b' } } }],
  [/refers to something outside of it: #\/hidden/, { hidden: day, properties: { a: { $ref: '#/hidden' } } }],
  [/nested deeper than 100/, JSON.parse(`${'{"properties":{"a":'.repeat(101)}{}${'}}'.repeat(101)}`)],
])('a tool whose schema models do not accept is left out, the others stay: %s', (why, input) => {
  const { tools, refused } = listed([{ input }, {}])
  expect(tools.map(({ name }) => name)).toEqual(['tool_1'])
  expect(refused).toEqual([expect.stringMatching(why)])
})

test('references inside a schema, and the common dialects, are accepted', () => {
  const properties = { a: { $ref: '#/$defs/day' }, b: { items: { $ref: '#' } }, c: { $ref: '#/properties/b/items' } }
  const input = { $schema: 'http://json-schema.org/draft-07/schema#', $defs: { day: { type: 'string' } }, properties }
  const { tools, refused } = listed([{ input }])
  expect(refused).toEqual([])
  expect(tools[0]?.wrongArguments({ a: 'Monday' })).toBeUndefined()
  expect(tools[0]?.wrongArguments({ a: 1 })).toBe('a must be string')
})

test('schemas that are too large, alone or together, are left out', () => {
  const { tools, refused } = listed([{ output: { title: 'x'.repeat(32_000) } }, ...Array(40).fill({ input: long() })])
  expect(refused[0]).toBe('tool_0: the schema of its results is too large')
  expect(refused.at(-1)).toBe('tool_40: the schemas of its server are too large together')
  expect(tools.length).toBeGreaterThan(20)
})

test('a schema is compiled when it is first needed; one that cannot be compiled is left to the server', () => {
  const { tools, refused } = listed([{ output: { properties: { a: { minimum: 'none' } } } }])
  expect(refused).toEqual([])
  expect(tools[0]?.wrongResult({ a: 1 })).toBeUndefined()
})

test('a pattern that takes forever is left to the server, the rest is checked here', () => {
  const output = { properties: { day, count: { type: 'integer' }, pattern: { type: 'string' } }, required: ['pattern'] }
  const { tools } = listed([{ input: output, output }])
  const evil = `${'a'.repeat(200)}!`
  expect(tools[0]?.wrongResult({ day: evil, count: 1, pattern: 'x' })).toBeUndefined()
  expect(tools[0]?.wrongArguments({ day: evil, pattern: 'x' })).toBeUndefined()
  expect(tools[0]?.wrongResult({ day: evil, count: 'one', pattern: 'x' })).toBe('data/count must be integer')
  expect(tools[0]?.wrongArguments({ day: 'a' })).toContain("must have required property 'pattern'")
})

test.each<Shape>([
  { patternProperties: { '^x-': { type: 'string' } }, additionalProperties: false },
  { properties: { 'x-a': { not: { pattern: '^z' } } } },
  { properties: { 'x-a': { oneOf: [{ pattern: '^b' }, { pattern: '^z' }] } } },
  { patternProperties: { '^x-': { type: 'string' } }, unevaluatedProperties: false },
])('a valid value is not refused when patterns are left out: %j', input => {
  const { tools } = listed([{ input }])
  expect(tools[0]?.wrongArguments({ 'x-a': 'b' })).toBeUndefined()
})

function namesOf(...names: readonly string[]) {
  const refused: string[] = []
  const tools = names.map((name): Tool => ({ name, inputSchema: { type: 'object' } }))
  const found = listedTools(tools, (tool, why) => refused.push(`${tool}: ${why}`))
  return { offered: found.map(({ name }) => name), own: found.map(({ serversName }) => serversName), refused }
}

test('a name that models do not take is offered as another, and the own one is kept', () => {
  const names = ['calendar.list', 'user-profile/update', 'two words', 'a:b', '予定', '会議', 'x'.repeat(90), '...']
  const { offered, own, refused } = namesOf(...names)
  expect(offered.slice(0, 4)).toEqual(['calendar_list', 'user-profile_update', 'two_words', 'a_b'])
  for (const name of offered) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
  expect(new Set(offered).size).toBe(names.length)
  expect([own, refused]).toEqual([names, []])
})

test('names that become the same are told apart, and a valid name is never taken by another', () => {
  const { offered, own } = namesOf('a.b', 'a/b', 'a_b')
  expect(new Set(offered).size).toBe(3)
  expect(offered[own.indexOf('a_b')]).toBe('a_b')
  expect(namesOf('a', 'a', '').refused).toEqual(['a: its server lists it twice', ': it has no name'])
})

test.each<[string, Shape]>([
  ['is long', long()],
  [
    'names the same long part again and again',
    {
      $defs: {
        part: { type: 'object', properties: Object.fromEntries(Array.from({ length: 50 }, (_, id) => [`q${id}`, {}])) },
      },
      properties: Object.fromEntries(Array.from({ length: 40 }, (_, id) => [`p${id}`, { $ref: '#/$defs/part' }])),
    },
  ],
])('a schema whose check would take long to compile is left to its server: one that %s', (_, input) => {
  const { tools, refused } = listed([{ input }])
  expect(refused).toEqual([])
  expect(tools[0]?.wrongArguments({ p0: 5, p1: true })).toBeUndefined()
})
