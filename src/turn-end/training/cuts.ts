import { normalise } from '../normalise.ts'
import { classOf, isNumber } from '../word-classes.ts'
import type { Chance } from './chance.ts'
import type { ThinkingFamily } from './thinking.ts'

/** Where a turn was cut. Only cuts inside a clause are certainly unfinished. */
export type CutPlace = 'sentence end' | 'comma' | 'before a conjunction' | 'inside a clause'

export interface Cut {
  /** What was said until the cut, with case and punctuation, without any thinking words. */
  readonly said: string
  readonly place: CutPlace
  /** How readily people pause here; 1 is usual. */
  readonly readiness: number
}

const CONJUNCTIONS = new Set(
  'and or but because if when so then that which while unless until although before after as since'.split(' '),
)
const FUNCTION_WORDS = new Set(
  `a an the my your his her our their this that to of for with from at in on by about into and or but so if because
  is are was be i i'm i'd i'll we he she they you it's can could would will do does did have has not some any`.split(
    /\s+/,
  ),
)
const ABBREVIATED = /\b(?:[ap]\.m|mr|mrs|ms|dr|st|ave|no|vs|etc|[a-z])\.$/i

function placeAfter(token: string, next: string): CutPlace {
  if (/[.?!]["')]*$/.test(token) && !ABBREVIATED.test(token)) return 'sentence end'
  if (/[,;:]$/.test(token)) return 'comma'
  return CONJUNCTIONS.has(normalise(next)[0] ?? '') ? 'before a conjunction' : 'inside a clause'
}

/** People pause to think before a number or a name. */
const takesThought = (next: string): boolean => /^[A-Z]./.test(next) || isNumber(classOf(normalise(next)[0] ?? ''))

function readinessOf(place: CutPlace, token: string, next: string): number {
  switch (place) {
    case 'sentence end':
      return 0.5
    case 'comma':
      return 1
    case 'before a conjunction':
      return 2
    case 'inside a clause':
      if (FUNCTION_WORDS.has(normalise(token).at(-1) ?? '') || takesThought(next)) return 1.5
      return 0.25
  }
}

/** All the places where a whole turn can be cut. */
export function cutsOf(said: string): readonly Cut[] {
  const tokens = said.trim().split(/\s+/)
  return tokens.slice(0, -1).map((token, index) => {
    const next = tokens[index + 1] ?? ''
    const place = placeAfter(token, next)
    return { said: tokens.slice(0, index + 1).join(' '), place, readiness: readinessOf(place, token, next) }
  })
}

/** Draws up to `most` different cuts, preferring those where people pause more readily. */
export function drawCuts(cuts: readonly Cut[], most: number, chance: Chance): readonly Cut[] {
  const keyed = cuts.map(cut => ({ cut, key: chance.draw() ** (1 / cut.readiness) }))
  return keyed
    .sort((one, other) => other.key - one.key)
    .slice(0, most)
    .map(({ cut }) => cut)
}

/** A phrase of thinking aloud, more often from the first family than from any other. */
export function drawThinking(families: readonly ThinkingFamily[], chance: Chance): string {
  const [first, ...others] = families
  if (first === undefined) return ''
  const family = others.length === 0 || chance.draw() < 0.35 ? first : chance.pick([first, ...others])
  return family.phrases[Math.floor(chance.draw() * family.phrases.length)] ?? ''
}
