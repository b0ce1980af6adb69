import type { Language } from '../../conversation/language.ts'
import { speltIn } from './letters.ts'
import { tokensOf, withoutFrame } from './words.ts'

/** A correction of a part: "with two Ls", "a C, not a K", "no dot". It did not fit the text, or was none. */
export type Correction =
  | { readonly kind: 'corrected'; readonly text: string }
  /** It is one, and it is not known which place is meant. */
  | { readonly kind: 'where' }
  | { readonly kind: 'none' }

interface Words {
  /** "With" before how often a letter stands. */
  readonly with: string
  readonly without: string
  readonly not: string
  readonly counts: Readonly<Record<string, number>>
  readonly insteadOf: string
}

const WORDS: Readonly<Record<string, Words>> = {
  en: {
    with: "with|has|have|there are|there is|there's|it's|needs",
    without: 'without|no|remove|leave out|drop',
    not: "not|isn't",
    counts: {
      one: 1,
      single: 1,
      a: 1,
      an: 1,
      two: 2,
      double: 2,
      three: 3,
      triple: 3,
      just: 1,
      only: 1,
      '1': 1,
      '2': 2,
      '3': 3,
    },
    insteadOf: 'instead of|rather than',
  },
  de: {
    with: 'mit|hat',
    without: 'ohne|kein|keinen',
    not: 'nicht|kein',
    counts: { ein: 1, einem: 1, einfachem: 1, zwei: 2, zwo: 2, doppel: 2, drei: 3, nur: 1, '1': 1, '2': 2, '3': 3 },
    insteadOf: 'statt|anstatt|anstelle von',
  },
  es: {
    with: 'con|lleva|tiene',
    without: 'sin',
    not: 'no',
    counts: { una: 1, un: 1, dos: 2, doble: 2, tres: 3, sola: 1, solo: 1, '1': 1, '2': 2, '3': 3 },
    insteadOf: 'en vez de|en lugar de',
  },
}

/** The letter that is counted: "ls", "l's", "l", "els". */
function letterOf(token: string | undefined): string | undefined {
  const letter = /^(\p{L})(?:'?s)?$/u.exec(token ?? '')?.[1]
  return (
    letter ??
    { els: 'l', ells: 'l', ens: 'n', ems: 'm', tees: 't', esses: 's', ees: 'e', pees: 'p', enes: 'n', eles: 'l' }[
      token ?? ''
    ]
  )
}

/** Sets how often a letter stands in a row, at the one place where it stands otherwise. */
function withCount(text: string, letter: string, count: number): Correction {
  const runs = [...text.matchAll(new RegExp(`${escaped(letter)}+`, 'gi'))].filter(([run]) => run.length !== count)
  const [only, ...others] = runs
  if (only === undefined) return { kind: 'none' }
  // "With two Ls" of Miler Al: the one inside a word is meant, if only one stands there.
  const inner = runs.filter(
    ({ 0: run, index }) => /\p{L}/u.test(text[index - 1] ?? '') && /\p{L}/u.test(text[index + run.length] ?? ''),
  )
  const run = others.length === 0 ? only : inner.length === 1 ? inner[0] : undefined
  if (run === undefined) return { kind: 'where' }
  const same = /\p{Lu}/u.test(run[0][0] ?? '') ? letter.toUpperCase() + letter.repeat(count - 1) : letter.repeat(count)
  return { kind: 'corrected', text: text.slice(0, run.index) + same + text.slice(run.index + run[0].length) }
}

/** Puts one text where another stands, if that stands there once. */
function swapped(text: string, old: string, by: string): Correction {
  const places = [...text.matchAll(new RegExp(escaped(old), 'gi'))]
  const [place, ...others] = places
  if (place === undefined || old === '') return { kind: 'none' }
  if (others.length > 0) return { kind: 'where' }
  const isUpper = /\p{Lu}/u.test(place[0][0] ?? '')
  const next = isUpper ? by.slice(0, 1).toUpperCase() + by.slice(1) : by
  return { kind: 'corrected', text: text.slice(0, place.index) + next + text.slice(place.index + place[0].length) }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const ARTICLES =
  /^(?:an?|the|ein|eine|einem|einer|das|die|der|una?|la|el|letter|buchstabe|letra|with|mit|con|it's|it is)\s+/u

/** The words of a letter, a sign or a piece, as it is written: "a c" is "c", "dash" is "-", "b as in bravo" is "b". */
function pieceOf(words: string, signs: ReadonlyMap<string, string>, language: Language): string {
  const bare = withoutFrame(words, ARTICLES, /(?!)/)
  const tokens = tokensOf(bare)
  const sign = signs.get(tokens.join(' '))
  if (sign !== undefined) return sign
  const [first] = tokens
  const [second] = tokens.slice(1)
  if (tokens.length > 2 && first?.length === 1 && /^(?:as|for|wie|de|como)$/.test(second ?? '')) return first
  const spelt = speltIn(tokens, language)
  if (spelt.length === 1 && spelt[0]?.from === 0 && spelt[0].to === tokens.length) return spelt[0].letters
  return tokens.map(token => signs.get(token) ?? token).join('')
}

interface Patterns {
  readonly countedAt: RegExp
  readonly isCounting: RegExp
  readonly pairs: readonly RegExp[]
  readonly replaced: RegExp
  readonly left: RegExp
}

const made = new Map<string, Patterns>()

/** The patterns of a language, made once. */
function patternsIn(code: string, say: Words): Patterns {
  const known = made.get(code)
  if (known) return known
  const counts = Object.keys(say.counts).join('|')
  const patterns: Patterns = {
    countedAt: new RegExp(
      `(?:^|\\s)(?:(?:${say.with})\\s+)?(?:(?:just|only|nur|solo)\\s+)?(${counts})\\s+(\\S+?)$`,
      'u',
    ),
    isCounting: new RegExp(`^(?:.*\\s)?(?:${say.with})\\s`, 'u'),
    pairs: [
      new RegExp(`^(.+?)\\s+(?:(?:and|und|y)\\s+)?(?:${say.not})\\s+(.+)$`, 'u'),
      new RegExp(`^(.+?)\\s+(?:${say.insteadOf})\\s+(.+)$`, 'u'),
    ],
    replaced: new RegExp(`^(?:${say.not})\\s+(.+?)\\s+(?:but|sondern|sino|it's)\\s+(.+)$`, 'u'),
    left: new RegExp(`^(?:${say.without})\\s+(.+)$`, 'u'),
  }
  made.set(code, patterns)
  return patterns
}

/**
 * The text with a part of it corrected by the caller's words. `signs`: what signs are called, by their words ("dash" → "-").
 * Words that are no correction of a part give `none`; they may be the whole value anew.
 */
export function corrected(
  text: string,
  words: string,
  language: Language,
  signs: ReadonlyMap<string, string> = new Map(),
): Correction {
  const say = WORDS[language.code] ?? WORDS.en
  if (!say) return { kind: 'none' }
  const said = tokensOf(words)
    .join(' ')
    .replace(
      /^(?:(?:no|nope|nein|nee|sorry|well|um|uh|actually|it's|it is|its|but|aber|pero|perdón|yes|ja|sí)\s+)+/u,
      '',
    )
  const { countedAt, isCounting, pairs, replaced, left } = patternsIn(language.code, say)
  const counted = countedAt.exec(said)
  const letter = letterOf(counted?.[2])
  const count = say.counts[counted?.[1] ?? '']
  const isCounted = counted !== null && isCounting.test(said)
  for (const pair of pairs) {
    const [, by, old] = pair.exec(said) ?? []
    if (by === undefined || old === undefined) continue
    const swap = swapped(text, pieceOf(old, signs, language), pieceOf(by, signs, language))
    if (swap.kind !== 'none') return swap
  }
  if (
    letter !== undefined &&
    count !== undefined &&
    (isCounted || count > 1 || /^(?:just|only|nur|solo|single)/.test(said))
  )
    return withCount(text, letter, count)
  const [, wrong, right] = replaced.exec(said) ?? []
  if (wrong !== undefined && right !== undefined)
    return swapped(text, pieceOf(wrong, signs, language), pieceOf(right, signs, language))
  const [, gone] = left.exec(said) ?? []
  const piece = gone === undefined ? '' : pieceOf(gone, signs, language)
  if (piece !== '' && piece.length <= 12 && text.toLowerCase().includes(piece)) return swapped(text, piece, '')
  return { kind: 'none' }
}
