import { ENGLISH_WORDS, type QuestionWords, WORDS } from './question-words.ts'

const LONGEST_QUESTION = 160
/** Of a question about several things, which must name each of them. */
const LONGEST_SEVERAL = 320
/** A caller cannot remember more. */
const MOST_ASKED_AT_ONCE = 8
const MOST_READ = 2_000
/** Dots in an e-mail or web address end no sentence: they are spoken as "dot". */
const ADDRESS =
  /((?<![\p{L}\p{N}+.@/-])(?:(?:https?:\/\/|www\.)[\p{L}\p{N}/.-]*[\p{L}\p{N}]|[\p{L}\p{N}+.-]*[\p{L}\p{N}]@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]*[\p{L}\p{N}])+))/u
const SCHEME = /^https?:\/\/(?:www\.)?/

/**
 * A server's words made safe for a question: letters, numbers, commas and characters inside words. Characters that could
 * end a sentence, begin another or be read as markup are removed, so that the question keeps its form.
 */
export function wordsInQuestion(text: string): string {
  return text
    .slice(0, MOST_READ)
    .toWellFormed()
    .normalize('NFKC')
    .replace(/[^\p{L}\p{M}\p{N},'’&+%$€£@/.:-]/gu, ' ')
    .split(ADDRESS)
    .map((part, index) =>
      index % 2 === 1 ? part.replace(SCHEME, 'www.') : part.replace(/(?<!\p{N})[.:]|[.:](?!\p{N})/gu, ' '),
    )
    .join('')
    .replace(/(?<![\p{L}\p{M}\p{N}])['’/-]+|['’/-]{2,}/gu, ' ')
    .replace(/(\p{M}{2})\p{M}+/gu, '$1')
    .replace(/((?<=\p{N}),(?=\p{N}))|[\s,]*,[\s,]*/gu, (_, inNumber?: string) => inNumber ?? ', ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s,]+|[\s,]+$/g, '')
}

/**
 * The question to be spoken, of at most 160 characters: `ask` with the words in their place. Undefined if there are no
 * words to say.
 */
export function questionOf(ask: string, text: string, andSoOn = ENGLISH_WORDS.andSoOn): string | undefined {
  const words = wordsInQuestion(text)
  if (words === '') return undefined
  const room = roomIn(ask)
  const fits = words.length <= room ? words : `${cutAtWord(words, room - andSoOn.length)}${andSoOn}`
  return ask.split(WORDS).join(fits)
}

/** What is asked about one of several changes: "Delete {words}?", the words, and what the words name: "tasks". */
export interface Clause {
  readonly ask: string
  readonly words: string
  readonly things: string
  /** The words may not be cut. */
  readonly isWhole: boolean
}

/**
 * One question about several changes, of at most 320 characters: "Delete these two tasks: …, and …?", or where they are
 * of several kinds, "Delete …, and mark … as done?". Long words are cut. Undefined if one cannot be named, or if there
 * are more than eight.
 */
export function questionAboutSeveral(
  clauses: readonly Clause[],
  said: QuestionWords = ENGLISH_WORDS,
): string | undefined {
  const [first] = clauses
  if (first === undefined || clauses.length > MOST_ASKED_AT_ONCE) return undefined
  const isOneKind = clauses.every(({ ask, things }) => ask === first.ask && things === first.things)
  const frame = isOneKind
    ? roomFor([first.ask], clauses.length)
    : roomFor(
        clauses.map(({ ask }) => ask),
        clauses.length,
      )
  const named = clauses.map(({ words, isWhole }) => {
    const safe = wordsInQuestion(words)
    if (safe.length <= frame) return safe
    return isWhole ? '' : cutAtWord(safe, frame)
  })
  if (named.includes('')) return undefined
  if (!isOneKind)
    return `${listed(
      clauses.map(({ ask }, index) => clauseOf(ask, named[index] ?? '', index)),
      said.and,
    )}?`
  // "Shall I really do that: …" says already that a list follows.
  const these = first.ask.includes(`: ${WORDS}`)
    ? ''
    : `${said.these} ${said.counted[clauses.length]} ${first.things}: `
  return first.ask.split(WORDS).join(`${these}${listed(named, said.and)}`)
}

const roomFor = (asks: readonly string[], count: number): number =>
  Math.floor((LONGEST_SEVERAL - 40 - asks.join('').length) / count)

function clauseOf(ask: string, words: string, index: number): string {
  const clause = ask.slice(0, -1).split(WORDS).join(words)
  return index === 0
    ? clause
    : `${clause.replace(/^¿/, '').charAt(0).toLowerCase()}${clause.replace(/^¿/, '').slice(1)}`
}

const listed = (parts: readonly string[], and: string): string =>
  `${parts.slice(0, -1).join(', ')}${and} ${parts.at(-1) ?? ''}`

/** Whether the question has room for all of the words. */
export function fitsInQuestion(ask: string, text: string): boolean {
  return text.length <= MOST_READ && wordsInQuestion(text).length <= roomIn(ask)
}

const roomIn = (ask: string): number => LONGEST_QUESTION - (ask.length - WORDS.length)

function cutAtWord(words: string, most: number): string {
  const cut = words.slice(0, most + 1)
  return (/\s/.test(cut) ? cut.replace(/\s+\S*$/, '') : words.slice(0, most)).toWellFormed().replace(/[\s,]+$/, '')
}
