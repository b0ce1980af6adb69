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

test.each([['null'], [''], ['""'], ['{}'], ['[{}]'], ['"{}"']])('%j means no arguments', text => {
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
