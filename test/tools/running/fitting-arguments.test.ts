import fc from 'fast-check'
import { expect, test } from 'vitest'
import { complaint } from '../../../src/tools/running/complaint.ts'
import { fittingArguments } from '../../../src/tools/running/fitting-arguments.ts'

const SCHEMA = {
  type: 'object',
  properties: {
    title: { type: 'string' },
    count: { type: 'integer' },
    price: { type: 'number' },
    done: { type: 'boolean' },
    status: { type: 'string', enum: ['pending', 'in_progress', 'High'] },
    tags: { type: 'array', items: { type: 'string' } },
    sizes: { type: 'array', items: { type: 'integer' } },
    where: { type: 'object', properties: { floor: { type: 'integer' } } },
    note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    age: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
    either: { type: ['string', 'integer'] },
    day: { $ref: '#/$defs/day' },
  },
  required: ['title'],
  additionalProperties: false,
  $defs: { day: { type: 'integer' } },
}
const fitted = (given: unknown) => fittingArguments(JSON.stringify(given), SCHEMA)

test.each<[string, object, object]>([
  [
    'null for what may be left out',
    { title: 'a', count: null, done: null, tags: null, where: null, day: null },
    { title: 'a' },
  ],
  ['an empty text for a number, a list or a choice', { title: 'a', count: '', tags: ' ', status: '' }, { title: 'a' }],
  ['a null that nobody asked for', { title: 'a', color: null }, { title: 'a' }],
  [
    'numbers as text',
    { count: '5', price: '-2.50', day: ' 7 ', age: '40' },
    { count: 5, price: -2.5, day: 7, age: 40 },
  ],
  ['a whole number with a point', { count: '5.0' }, { count: 5 }],
  ['booleans as text', { done: 'True' }, { done: true }],
  ['a number for a text', { title: 2024 }, { title: '2024' }],
  ['a single value for a list', { tags: 'red', sizes: '5' }, { tags: ['red'], sizes: [5] }],
  ['a list of one for a single value', { title: ['a'], status: ['pending'] }, { title: 'a', status: 'pending' }],
  [
    'JSON in a text',
    { tags: '["red","blue"]', where: '{"floor":"2"}' },
    { tags: ['red', 'blue'], where: { floor: 2 } },
  ],
  ['a choice in other letters', { status: 'In Progress' }, { status: 'in_progress' }],
  [
    'values inside of lists and objects',
    { sizes: ['1', 2], where: { floor: '2' } },
    { sizes: [1, 2], where: { floor: 2 } },
  ],
  ['arguments in a wrapper', { arguments: { title: 'a' } }, { title: 'a' }],
  ['arguments in a text in a wrapper', { parameters: '{"title":"a"}' }, { title: 'a' }],
])('%s fits', (_, given, wanted) => {
  expect(fitted(given)).toEqual(wanted)
})

test.each([['null'], [''], [' \n'], ['""'], ['"  "'], ['{}'], ['[{}]'], ['"{}"']])('%j means no arguments', text => {
  expect(fittingArguments(text, SCHEMA)).toEqual({})
})

test('arguments that are a text with JSON are read', () => {
  expect(fitted('{"title":"a","count":"5"}')).toEqual({ title: 'a', count: 5 })
})

test.each([['"some words"'], ['5'], ['[]'], ['[1,2]'], ['{"title":'], ['true']])('%j is no object', text => {
  expect(fittingArguments(text, SCHEMA)).toBeUndefined()
})

test.each<[string, object]>([
  ['null where null is a value', { note: null, age: null }],
  ['an empty text where text is allowed', { title: '', note: '' }],
  ['null for what is needed', { title: null }],
  ['words for a number', { count: 'five', price: '5 dollars', day: '0x5' }],
  ['a number that would change', { count: '007', sizes: ['12345678901234567890'] }],
  ['a fraction for a whole number', { count: '5.5' }],
  ['yes and 1 for a boolean', { done: 'yes' }],
  ['one for true', { done: 1 }],
  ['a text that looks like a number where both are allowed', { either: '5' }],
  ['a text that looks like something else', { title: 'null', note: '5' }],
  ['a choice that is not there', { status: 'done' }],
  ['several values for one', { title: ['a', 'b'] }],
  ['a name that is not there', { color: 'red' }],
])('%s stays as it is', (_, given) => {
  expect(fitted(given)).toEqual(given)
})

test('choices that refer to each other do not take for ever', () => {
  const either = { anyOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/a' }, { $ref: '#/$defs/a' }] }
  const schema = { type: 'object', properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: either } }
  expect(fittingArguments('{"a":"5"}', schema)).toEqual({ a: '5' })
})

const wrapping = { type: 'object', properties: { input: { type: 'object', properties: { title: {} } } } }

test.each<[string, object, object, object]>([
  ['a name that is an argument’s own is no wrapper', wrapping, { input: { title: '5' } }, { input: { title: '5' } }],
  ['what has other names beside it is no wrapper', {}, { args: { a: 1 }, b: 2 }, { args: { a: 1 }, b: 2 }],
  ['another name is no wrapper', {}, { wrapped: { a: 1 } }, { wrapped: { a: 1 } }],
  ['a wrapper that holds no object stays', {}, { args: 5 }, { args: 5 }],
  ['a wrapper for no arguments', {}, { input: null }, {}],
  ['a wrapper is taken off where the schema names nothing', {}, { args: { a: 1 } }, { a: 1 }],
  [
    'one value alone is allowed, in other letters',
    { properties: { a: { const: 'Room 5' } } },
    { a: 'room_5' },
    { a: 'Room 5' },
  ],
  ['numbers are allowed, and are given as text', { properties: { a: { enum: [1, 2] } } }, { a: '2' }, { a: 2 }],
  ['true is allowed, and is given as text', { properties: { a: { enum: [true, 'x'] } } }, { a: 'True' }, { a: true }],
  ['two that are alike are allowed', { properties: { a: { enum: ['a b', 'a_b'] } } }, { a: 'A-B' }, { a: 'A-B' }],
  [
    'nothing is not taken for null',
    { properties: { a: { enum: [null, 'x'] } }, required: ['a'] },
    { a: {} },
    { a: {} },
  ],
  [
    'an object and a list without a type are what they hold',
    { properties: { a: { properties: { b: { type: 'integer' } } }, c: { items: { type: 'integer' } } } },
    { a: { b: '5' }, c: ['6'] },
    { a: { b: 5 }, c: [6] },
  ],
  [
    'of several types the first that fits',
    { properties: { a: { type: ['integer', 'boolean'] }, b: { type: ['boolean', 'integer'] } } },
    { a: 'true', b: '5' },
    { a: true, b: 5 },
  ],
  [
    'of choices the one that it is already, before one that it can become',
    {
      properties: {
        a: { oneOf: [{ type: 'integer' }, { type: 'string' }] },
        b: { anyOf: [{ type: 'integer' }, { type: 'boolean' }] },
      },
    },
    { a: '5', b: 'true' },
    { a: '5', b: true },
  ],
  [
    'an object among choices, where another would be changed',
    {
      properties: {
        a: { anyOf: [{ properties: { b: { type: 'integer' } } }, { properties: { b: { type: 'string' } } }] },
      },
    },
    { a: { b: '5' } },
    { a: { b: '5' } },
  ],
  [
    'other names have a schema too',
    { properties: {}, additionalProperties: { type: 'integer' } },
    { a: '5', b: null },
    { a: 5 },
  ],
  [
    'a number among text for a list',
    { properties: { a: { items: { type: 'string' } } } },
    { a: [5, {}] },
    { a: ['5', {}] },
  ],
])('what fits: %s', (_, schema, given, wanted) => {
  expect(fittingArguments(JSON.stringify(given), { type: 'object', ...schema })).toEqual(wanted)
})

test('what is nested deeper than twenty stays as it is', () => {
  const schema = { type: 'object', properties: { in: { $ref: '#' }, count: { type: 'integer' } } }
  const nested = (levels: number): object => (levels === 0 ? { count: '5' } : { in: nested(levels - 1) })
  const text = (levels: number): string => JSON.stringify(fittingArguments(JSON.stringify(nested(levels)), schema))
  expect(text(9)).toContain('"count":5')
  expect(text(10)).toContain('"count":"5"')
})

test('valid arguments never change', () => {
  const valid = fc.record(
    {
      title: fc.string(),
      count: fc.integer(),
      price: fc.double({ noNaN: true, noDefaultInfinity: true }),
      done: fc.boolean(),
      status: fc.constantFrom('pending', 'High'),
      tags: fc.array(fc.string()),
      note: fc.option(fc.string()),
      either: fc.oneof(fc.string(), fc.integer()),
    },
    { requiredKeys: ['title'] },
  )
  fc.assert(
    fc.property(valid, given => {
      expect(fitted(given)).toEqual(JSON.parse(JSON.stringify(given)))
    }),
  )
})

test('a complaint names what would be right', () => {
  expect(complaint('data/status must be equal to one of the allowed values', SCHEMA)).toBe(
    'status must be one of: pending, in_progress, High',
  )
  expect(complaint('data must NOT have additional properties', { properties: { a: {}, b: {} } })).toBe(
    'must have no other names than: a, b',
  )
  expect(complaint('data/count must be integer', SCHEMA)).toBe('count must be integer')
  expect(complaint(undefined, SCHEMA)).toBeUndefined()
})
