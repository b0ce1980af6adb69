import { isSchema, referredTo, type Schema } from '../settings/schema-walk.ts'

type Given = Readonly<Record<string, unknown>>

const DEEPEST = 20
/** Schemas whose choices refer to each other would take for ever. */
const MOST_STEPS = 10_000
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/
/** What some models put around the arguments. */
const WRAPPERS = ['arguments', 'parameters', 'args', 'input']
interface Walk {
  readonly document: Schema
  steps: number
}

/** A value that no conversion fits to the schema. */
const MISFIT = Symbol('misfit')

/**
 * What a model wrote as a tool's arguments, made to fit the schema where that does not change the meaning: null for what
 * may be left out, numbers and booleans as text, a single value for a list, JSON in a text. Anything else stays as it is,
 * for the check to refuse. Undefined if it is no object at all.
 */
export function fittingArguments(text: string, schema: Schema): Given | undefined {
  const found = objectIn(parsed(text.trim() || '{}'))
  if (!found) return undefined
  const fit = fitted(unwrapped(found, schema), schema, { document: schema, steps: 0 }, 0)
  return isSchema(fit) ? fit : found
}

/** The object in a value: also JSON in a text, a list of one, and nothing for no arguments. */
function objectIn(value: unknown): Given | undefined {
  if (value === null) return {}
  if (typeof value === 'string') {
    const inside = value.trim() === '' ? {} : parsed(value)
    return isSchema(inside) ? inside : undefined
  }
  if (Array.isArray(value)) return value.length === 1 && isSchema(value[0]) ? value[0] : undefined
  return isSchema(value) ? value : undefined
}

function unwrapped(given: Given, { properties }: Schema): Given {
  const [key, ...others] = Object.keys(given)
  const isWrapper = key !== undefined && others.length === 0 && WRAPPERS.includes(key)
  if (!isWrapper || (isSchema(properties) && Object.hasOwn(properties, key))) return given
  return objectIn(given[key]) ?? given
}

/** The value converted for the schema, or MISFIT. */
function fitted(value: unknown, schema: unknown, walk: Walk, depth: number): unknown {
  if (!isSchema(schema) || depth > DEEPEST || walk.steps++ > MOST_STEPS) return value
  if (schema.$ref !== undefined) return fitted(value, referredTo(walk.document, schema.$ref), walk, depth + 1)
  const choices = [schema.anyOf, schema.oneOf].find(Array.isArray)
  if (choices) return fittedToOne(value, choices, walk, depth)
  const types = typesOf(schema)
  if (types.includes('object') && isSchema(value)) return fittedObject(value, schema, walk, depth)
  if (types.includes('array') && Array.isArray(value)) return fittedList(value, schema, walk, depth)
  const allowed = 'const' in schema ? [schema.const] : schema.enum
  if (Array.isArray(allowed)) return oneOf(Array.isArray(value) && value.length === 1 ? value[0] : value, allowed)
  if (types.length === 0 || types.some(type => isOf(value, type))) return value
  for (const type of types) {
    const converted = convertedTo(value, type)
    if (converted !== MISFIT) return fitted(converted, schema, walk, depth + 1)
  }
  if (types.includes('array') && !isNothing(value)) return fitted([value], schema, walk, depth + 1)
  if (Array.isArray(value) && value.length === 1 && !types.includes('array'))
    return fitted(value[0], schema, walk, depth + 1)
  return MISFIT
}

/** The first choice that the value is already of, or else the first to which it can be converted. */
function fittedToOne(value: unknown, choices: readonly unknown[], walk: Walk, depth: number): unknown {
  const fits = choices.map(choice => fitted(value, choice, walk, depth + 1))
  const text = JSON.stringify(value)
  const isSame = (fit: unknown): boolean => fit === value || (isSchema(fit) && JSON.stringify(fit) === text)
  const possible = fits.filter(fit => fit !== MISFIT)
  if (possible.some(isSame)) return value
  return possible.length > 0 ? possible[0] : MISFIT
}

function fittedObject(given: Given, schema: Schema, walk: Walk, depth: number): Given {
  const { properties, required, additionalProperties } = schema
  const known = isSchema(properties) ? properties : {}
  const needed = Array.isArray(required) ? required : []
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]): [string, unknown][] => {
      const one = Object.hasOwn(known, key) ? known[key] : additionalProperties
      const fit = fitted(value, one, walk, depth + 1)
      const isUnknown = one === false
      if (fit !== MISFIT && !isUnknown) return [[key, fit]]
      return isNothing(value) && !needed.includes(key) ? [] : [[key, value]]
    }),
  )
}

function fittedList(list: readonly unknown[], { items }: Schema, walk: Walk, depth: number): unknown {
  return list.map(value => {
    const fit = fitted(value, items, walk, depth + 1)
    return fit === MISFIT ? value : fit
  })
}

/** Models leave something out by writing null or an empty text, where that is not a value of its own. */
const isNothing = (value: unknown): boolean => value === null || (typeof value === 'string' && value.trim() === '')

/** The allowed value that is meant: also in other letters, or as text. */
function oneOf(value: unknown, allowed: readonly unknown[]): unknown {
  if (allowed.includes(value)) return value
  const meant = allowed.filter(one => sameWord(one) === sameWord(value))
  return meant.length === 1 && sameWord(value) !== '' ? meant[0] : MISFIT
}

const sameWord = (value: unknown): string =>
  ['string', 'number', 'boolean'].includes(typeof value)
    ? String(value)
        .toLowerCase()
        .replace(/[\s_-]+/g, ' ')
        .trim()
    : ''

function typesOf({ type, properties, items }: Schema): readonly string[] {
  if (Array.isArray(type)) return type.filter(one => typeof one === 'string')
  if (typeof type === 'string') return [type]
  return [...(properties === undefined ? [] : ['object']), ...(items === undefined ? [] : ['array'])]
}

function isOf(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'integer':
      return Number.isInteger(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isSchema(value)
    default:
      return typeof value === type
  }
}

function convertedTo(value: unknown, type: string): unknown {
  switch (type) {
    case 'number':
    case 'integer':
      return numberIn(value, type)
    case 'boolean':
      return booleanIn(value)
    case 'string':
      return typeof value === 'number' && isExact(value) ? String(value) : MISFIT
    case 'array':
    case 'object': {
      const inside = typeof value === 'string' ? parsed(value) : undefined
      return isOf(inside, type) ? inside : MISFIT
    }
    default:
      return MISFIT
  }
}

/** Only a number that is written exactly as one: "5", not "5 of them" or "0x5", and none that would be rounded. */
function numberIn(value: unknown, type: 'number' | 'integer'): unknown {
  if (typeof value !== 'string' || !NUMBER.test(value.trim())) return MISFIT
  const number = Number(value)
  return isExact(number) && (type === 'number' || Number.isInteger(number)) ? number : MISFIT
}

const isExact = (number: number): boolean => Math.abs(number) <= Number.MAX_SAFE_INTEGER

function booleanIn(value: unknown): unknown {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : ''
  return word === 'true' ? true : word === 'false' ? false : MISFIT
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
