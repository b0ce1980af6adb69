import { isE164 } from './caller-secrets.ts'
import { type CallQuery, type Outcome, QueryError } from './records.ts'
import { tokensOf } from './words.ts'

/** A query that was read. Places are those of the index: `from` and `after` are limits, the latter not included. */
export interface ReadQuery {
  readonly fromPlace: number | undefined
  readonly beforePlace: number | undefined
  readonly outcome: Outcome | undefined
  readonly agent: string | undefined
  readonly tag: string | undefined
  readonly slowMs: number | undefined
  readonly interrupted: boolean | undefined
  readonly failed: boolean | undefined
  readonly words: readonly string[]
  readonly caller: string | undefined
  readonly most: number
}

/** A millisecond has room for so many calls. */
export const PLACES_PER_MS = 1_000

const DEFAULT_MOST = 50
const LARGEST_PAGE = 100
const MOST_WORDS = 20
const MOST_LETTERS = 500
const MOST_TAGS = 20
const MOST_LETTERS_OF_TAG = 40
const PLACE = /^\d{1,16}$/
const OUTCOMES: readonly Outcome[] = ['hung-up', 'goodbye', 'transferred', 'failed', 'killed']

/** Reads what staff ask for. Throws QueryError. */
export function readQuery(query: CallQuery): ReadQuery {
  const { from, to, outcome, agent, tag, slowMs, interrupted, failed, words, caller, after, most } = query
  const beforePlaces = [
    ...(to === undefined ? [] : [placeAt(to, 'to')]),
    ...(after === undefined
      ? []
      : [PLACE.test(after) ? Number(after) : wrong('after', 'is not a cursor of this list')]),
  ]
  if (outcome !== undefined && !OUTCOMES.includes(outcome)) wrong('outcome', `must be one of ${OUTCOMES.join(', ')}`)
  if (most !== undefined && !(Number.isInteger(most) && most >= 1 && most <= LARGEST_PAGE))
    wrong('most', `must be a whole number from 1 to ${LARGEST_PAGE}`)
  if (slowMs !== undefined && !(slowMs >= 0 && slowMs <= Number.MAX_SAFE_INTEGER))
    wrong('slowMs', 'must be a time in ms')
  if (caller !== undefined && !isE164(caller)) wrong('caller', 'must be a phone number like +15551234567')
  for (const [name, text] of Object.entries({ agent, tag, words }))
    if (text !== undefined && text.length > MOST_LETTERS) wrong(name, `is longer than ${MOST_LETTERS} letters`)
  const tokens = [...new Set(tokensOf(words ?? ''))]
  if (words !== undefined && words.trim() !== '' && tokens.length === 0) wrong('words', 'has no word')
  if (tokens.length > MOST_WORDS) wrong('words', `has more than ${MOST_WORDS} different words`)
  return {
    ...{ outcome, agent, tag, slowMs, interrupted, failed, caller },
    fromPlace: from === undefined ? undefined : placeAt(from, 'from'),
    beforePlace: beforePlaces.length > 0 ? Math.min(...beforePlaces) : undefined,
    words: tokens,
    most: most ?? DEFAULT_MOST,
  }
}

/** The tags as they are kept: without space around, each once. Throws QueryError. */
export function readTags(tags: readonly string[]): readonly string[] {
  const kept = [...new Set(tags.map(tag => tag.trim()))]
  if (kept.length > MOST_TAGS) wrong('tags', `a call has at most ${MOST_TAGS}`)
  if (kept.some(tag => tag === '' || tag.length > MOST_LETTERS_OF_TAG || !tag.isWellFormed() || tag.includes('\0')))
    wrong('tags', `each must have 1 to ${MOST_LETTERS_OF_TAG} letters`)
  return kept
}

function placeAt(time: string, name: string): number {
  const ms = Date.parse(time)
  return ms >= 0 && ms < 9e12 ? ms * PLACES_PER_MS : wrong(name, 'must be a time like 2026-11-27T12:00:00Z')
}

function wrong(name: string, why: string): never {
  throw new QueryError(`${name}: ${why}`)
}
