import type { Edit } from './edit.ts'
import { HOSTILE_VALUES, NAMES } from './hostile.ts'

type Container = Record<string, unknown> | unknown[]
interface Place {
  readonly of: Container
  readonly key: string
}

const MOST_GROWTH = 2_000
const MOST_LEVELS = 2_000
/** What was grown three times has millions. */
const MOST_PLACES = 20_000

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null
/** Also for `__proto__`, which an assignment would take for something else. */
const put = (of: Container, key: string, value: unknown): void =>
  void Object.defineProperty(of, key, { value, enumerable: true, configurable: true, writable: true })
const get = (of: Container, key: string): unknown => Object.getOwnPropertyDescriptor(of, key)?.value

/** The places that have a value in them, outermost first. */
function placesIn(root: Container): readonly Place[] {
  const places: Place[] = []
  const containers: Container[] = [root]
  // The list grows while it is gone through.
  for (const of of containers) {
    for (const key of Object.keys(of)) {
      if (places.length >= MOST_PLACES) return places
      places.push({ of, key })
      const value = get(of, key)
      if (isContainer(value)) containers.push(value)
    }
  }
  return places
}

export const nth = <T>(all: readonly T[], index: number): T => {
  const one = all[index % all.length]
  if (one === undefined && !(index % all.length in all)) throw new Error('nothing to choose from')
  return one as T
}

/** The JSON text with one edit made in it; undefined if the text is no JSON, or has nothing to edit, or would get too deep to write. */
export function editedJson(text: string, edit: Edit): string | undefined {
  try {
    return withEdit(text, edit)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function withEdit(text: string, edit: Edit): string | undefined {
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    return undefined
  }
  const holder: Container = { root }
  const places = placesIn(holder)
  const { of, key } = nth(places, edit.where)
  const value = get(of, key)
  switch (edit.kind) {
    case 'replace':
      put(of, key, nth(HOSTILE_VALUES, edit.what))
      break
    case 'remove':
      if (of === holder) return ''
      if (Array.isArray(of)) of.splice(Number(key), 1)
      else delete of[key]
      break
    case 'rename':
      if (of === holder || Array.isArray(of)) return undefined
      delete of[key]
      put(of, nth(NAMES, edit.what), value)
      break
    case 'nest': {
      let nested = value
      for (let level = 0; level <= edit.what % MOST_LEVELS; level++) nested = edit.where % 2 ? [nested] : { a: nested }
      put(of, key, nested)
      break
    }
    case 'copy': {
      const from = nth(places, edit.what)
      put(of, key, structuredClone(get(from.of, from.key)))
      break
    }
    case 'grow': {
      const times = 2 + (edit.what % MOST_GROWTH)
      if (typeof value === 'string') put(of, key, value.repeat(Math.min(times, 1 + 100_000 / (value.length + 1))))
      else if (typeof value === 'number') put(of, key, value * times * 1e6)
      else if (Array.isArray(value)) put(of, key, Array.from({ length: times % 200 }, () => value).flat())
      else
        put(
          of,
          key,
          Array.from({ length: times % 50 }, () => value),
        )
      break
    }
    case 'extra':
      if (Array.isArray(of)) of.splice(Number(key), 0, nth(HOSTILE_VALUES, edit.what))
      else put(of, nth(NAMES, edit.what), nth(HOSTILE_VALUES, edit.where))
      break
    default:
      return undefined
  }
  return JSON.stringify(get(holder, 'root')) ?? ''
}
