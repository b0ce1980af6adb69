import { numberBefore, numbersIn, placeIn, type Schema } from './words-in-schema.ts'

const LEADS_IN =
  /^(?:(?:um|uh|well|yes|no|okay|please|it is|it's|its|that is|that's|my \w+ is|i am|i'm|this is|the name is|for|to|at)\b[\s,]*)+/i

/** What the caller's words give of a tool's arguments. `isAsked`: the whole text answers a question for this one. */
export function saidArguments(text: string, { properties = {} }: Schema, asked?: string): Record<string, unknown> {
  const found = Object.entries(properties).flatMap(([name, property]) => {
    const value = saidValue(text, name, property, name === asked)
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(found)
}

/** The first argument that must be there and is not. */
export const missingOf = ({ required = [] }: Schema, given: Readonly<Record<string, unknown>>): string | undefined =>
  required.find(name => given[name] === undefined)

function saidValue(text: string, name: string, property: Schema, isAsked: boolean): unknown {
  const [first] = property.anyOf ?? []
  const { type, enum: options = [] } = first ?? property
  const items = (first ?? property).items
  const named = options.filter(option => placeIn(text, String(option)) >= 0)
  // What is said last is meant: "no, make that large".
  if (options.length > 0) return named.toSorted((a, b) => placeIn(text, String(b)) - placeIn(text, String(a)))[0]
  switch (type) {
    case 'integer':
    case 'number':
      return numbersIn(text).at(-1)
    case 'boolean':
      return saidBoolean(text, name, isAsked)
    case 'array':
      return items && saidItems(text, items)
    case 'string':
      return isAsked ? spokenText(text) : undefined
    default:
      return undefined
  }
}

function saidBoolean(text: string, name: string, isAsked: boolean): boolean | undefined {
  const isNo = /\b(?:no|not|without|don't|nope)\b/i.test(text)
  if (isAsked) return !isNo
  return placeIn(text, name.replaceAll('_', ' ')) < 0 ? undefined : !isNo
}

/** Each thing that is named, with the number before it: "two margheritas and a funghi". */
function saidItems(text: string, items: Schema): readonly unknown[] | undefined {
  const { enum: options, properties = {} } = items
  if (options) return atLeastOne(options.filter(option => placeIn(text, String(option)) >= 0))
  const [what] = Object.entries(properties).filter(([, { enum: names }]) => names)
  if (!what) return undefined
  const [field, { enum: names = [] }] = what
  const places = names
    .map(value => ({ value, at: placeIn(text, String(value)) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)
  const counts = Object.entries(properties).find(([, { type }]) => type === 'integer' || type === 'number')
  return atLeastOne(
    places.map(({ value, at }, index) => {
      const since = index === 0 ? 0 : (places[index - 1]?.at ?? 0)
      const count = numberBefore(text.slice(since), at - since)
      return { [field]: value, ...(counts && { [counts[0]]: count ?? 1 }) }
    }),
  )
}

const atLeastOne = <T>(some: readonly T[]): readonly T[] | undefined => (some.length > 0 ? some : undefined)

const spokenText = (text: string): string | undefined =>
  text.replace(LEADS_IN, '').replace(/[\s.!?]+$/, '') || undefined
