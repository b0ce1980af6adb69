import type { Language } from '../conversation/language.ts'
import { bareText } from '../conversation/turn/utterance.ts'
import { seeded } from '../sandbox/chance.ts'

/** Names that stand in for others. Nobody in particular has them. */
const STAND_INS = [
  'Alex',
  'Robin',
  'Kim',
  'Jordan',
  'Taylor',
  'Casey',
  'Morgan',
  'Jamie',
  'Riley',
  'Quinn',
  'Avery',
  'Rowan',
]
/** What callers say with a capital letter and is no name: nobody is known by it. English. */
const NO_NAMES = new Set(
  [
    'i i’m i’d i’ll i’ve mr mrs ms dr am pm ok okay yes no hello hi thanks thank please goodbye bye um uh',
    'monday tuesday wednesday thursday friday saturday sunday today tomorrow tonight',
    'january february march april may june july august september october november december easter christmas',
    'english german french spanish italian pin',
  ].flatMap(line => line.replaceAll('’', "'").split(' ')),
)
/** "My name is Anna Brandt", "this is Anna". What follows is a name even where nothing else tells. */
const SAYS_NAME =
  /\b(?:my name is|my name's|name is|this is|i am called|call me|speaking with|ask for)((?:\s+\p{Lu}[\p{L}'’-]*){1,3})/giu
const CAPITAL = /(?<=[\p{L}\p{N},;:'’"]\s)\p{Lu}[\p{L}'’-]+/gu
const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g
const EMAIL_INSTEAD = 'someone@example.com'
const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu
/** So many digits in a row may be a telephone number, a PIN, or a card. Times and amounts of people are shorter. */
const LEAST_DIGITS = 3
/** So many where some are said at once: "five twenty-five" is a time. */
const LEAST_GROUPED_DIGITS = 5
const DIGITS_APART = /\d(?:[\s().+/-]{0,3}\d)+/g
const DIGITS = [...'0123456789']

/** A part of a text, and what stands there instead. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** What is replaced in a call, the same everywhere in it. */
export interface PrivateWords {
  /** Where in this text something is replaced; in order, and apart from each other. */
  spansIn(text: string): readonly Span[]
  /** What stands for a digit. Each has another one, and different ones stay different; other signs stay. */
  otherDigit(digit: string): string
  /** What was replaced so far, in words, without the originals. */
  told(): readonly string[]
}

/**
 * Finds what tells of a person: names that callers say, or that `names` lists; numbers of three digits and more, spoken
 * or written; e-mail addresses. It finds what looks like it, not what is: a person looks at the result. Nobody who does
 * not know the `seed` can tell the digits from what stands there instead.
 */
export function privateWords(
  said: readonly string[],
  names: readonly string[],
  languages: readonly Language[],
  seed: number,
): PrivateWords {
  const digits = othersOf(DIGITS, seeded(seed))
  const otherDigit = (digit: string): string => digits.get(digit) ?? digit
  const instead = new Map<string, string>()
  for (const name of [...names.flatMap(name => name.split(/\s+/)), ...said.flatMap(namesIn)]) {
    const word = bareText(name)
    if (word === '' || instead.has(word)) continue
    instead.set(word, STAND_INS[instead.size % STAND_INS.length] ?? 'Alex')
  }
  const counts = new Map<string, number>()
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1)
  const used = new Set<string>()

  function nameSpans(text: string): readonly Span[] {
    return [...text.matchAll(WORD)].flatMap(found => {
      const whole = bareText(found[0])
      const word = instead.has(whole) ? whole : whole.replace(/'s$/, '')
      const stand = instead.get(word)
      if (stand === undefined) return []
      used.add(stand)
      const to = found.index + word.length
      return [{ from: found.index, to, text: likeIn(found[0], stand) }]
    })
  }

  function emailSpans(text: string): readonly Span[] {
    return [...text.matchAll(EMAIL)].map(found => {
      count('an e-mail address')
      return { from: found.index, to: found.index + found[0].length, text: EMAIL_INSTEAD }
    })
  }

  function numberSpans(text: string): readonly Span[] {
    const written = [...text.matchAll(DIGITS_APART)]
      .filter(([run]) => run.replace(/\D/g, '').length >= LEAST_DIGITS)
      .map(({ 0: run, index }) => ({ from: index, to: index + run.length, text: run.replace(/\d/g, otherDigit) }))
    const spoken = languages.flatMap(language => spokenNumbers(text, language, otherDigit))
    const spans = [...written, ...spoken]
    if (spans.length > 0) count('a number')
    return spans
  }

  return {
    spansIn(text) {
      const spans = [...emailSpans(text), ...numberSpans(text), ...nameSpans(text)]
      const inOrder = spans.toSorted((a, b) => a.from - b.from || b.to - a.to)
      return inOrder.filter((span, i) => inOrder.slice(0, i).every(other => other.to <= span.from))
    },
    otherDigit,
    told: () => [
      ...[...used].map(name => `a name by ${name}`),
      ...(counts.has('a number') ? ['numbers of three digits and more by others'] : []),
      ...(counts.has('an e-mail address') ? [`e-mail addresses by ${EMAIL_INSTEAD}`] : []),
    ],
  }
}

function namesIn(text: string): readonly string[] {
  const said = [...text.matchAll(SAYS_NAME)].flatMap(([, name = '']) => name.trim().split(/\s+/))
  // Without the flag for letters of any case in its second half the pattern would take every word after "this is".
  const capital = said.filter(word => /^\p{Lu}/u.test(word))
  const within = [...text.matchAll(CAPITAL)].map(([word]) => word)
  return [...capital, ...within].map(word => word.replace(/['’]s$/, '')).filter(word => !NO_NAMES.has(bareText(word)))
}

const likeIn = (original: string, stand: string): string => (/^\p{Lu}/u.test(original) ? stand : stand.toLowerCase())

/** Digits that are spoken one by one, "four two seven one", or some at once: "forty-two seventy". */
function spokenNumbers(
  text: string,
  { digits: { names, groups } }: Language,
  otherDigit: (digit: string) => string,
): readonly Span[] {
  const words = [...text.matchAll(WORD)]
  const wordFor = (digit: string): string => [...names].find(([, value]) => value === digit)?.[0] ?? digit
  const spans: Span[] = []
  let run: Span[] = []
  let digits = 0
  let namesInRow = 0
  let isLong = false
  const end = (): void => {
    if (isLong) spans.push(...run)
    run = []
    digits = 0
    namesInRow = 0
    isLong = false
  }
  for (const { 0: word, index } of words) {
    const said = names.get(word.toLowerCase()) ?? groups.get(word.toLowerCase())
    if (said === undefined) end()
    else {
      const others = [...said].map(digit => wordFor(otherDigit(digit))).join(' ')
      run.push({ from: index, to: index + word.length, text: likeIn(word, capitalised(others)) })
      digits += said.length
      namesInRow = said.length === 1 ? namesInRow + 1 : 0
      isLong ||= namesInRow >= LEAST_DIGITS || digits >= LEAST_GROUPED_DIGITS
    }
  }
  end()
  return spans
}

/** Each sign with another one for it: shuffled until none stands for itself. */
function othersOf(signs: readonly string[], draw: () => number): ReadonlyMap<string, string> {
  const others = [...signs]
  do {
    for (let i = others.length - 1; i > 0; i--) {
      const j = Math.floor(draw() * (i + 1))
      const [one = '', other = ''] = [others[i], others[j]]
      others[i] = other
      others[j] = one
    }
  } while (others.some((other, i) => other === signs[i]))
  return new Map(signs.map((sign, i) => [sign, others[i] ?? sign]))
}

const capitalised = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)

/** The text with everything replaced. */
export function without(text: string, words: PrivateWords): string {
  return inPieces([text], '', words)[0] ?? ''
}

/**
 * Replaces in a text that came in pieces, so that what lies across two of them is found too. What stands instead comes
 * with the piece in which the original began.
 */
export function inPieces(pieces: readonly string[], between: string, words: PrivateWords): readonly string[] {
  const spans = words.spansIn(pieces.join(between))
  let at = 0
  return pieces.map(piece => {
    const [from, to] = [at, at + piece.length]
    at = to + between.length
    let made = ''
    let next = from
    for (const span of spans) {
      if (span.to <= from || span.from >= to) continue
      made += piece.slice(next - from, Math.max(next, span.from) - from)
      if (span.from >= from) made += span.text
      next = Math.min(to, Math.max(next, span.to))
    }
    return made + piece.slice(next - from)
  })
}
