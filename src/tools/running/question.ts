const LONGEST_QUESTION = 160
const MOST_READ = 2_000
const AND_SO_ON = ' and so on'
/** Where the words of the description go in a question such as "Delete {words}?". */
export const WORDS = '{words}'

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
export function questionOf(ask: string, text: string): string | undefined {
  const words = wordsInQuestion(text)
  if (words === '') return undefined
  const room = roomIn(ask)
  const fits = words.length <= room ? words : `${cutAtWord(words, room - AND_SO_ON.length)}${AND_SO_ON}`
  return ask.split(WORDS).join(fits)
}

/** Whether the question has room for all of the words. */
export function fitsInQuestion(ask: string, text: string): boolean {
  return text.length <= MOST_READ && wordsInQuestion(text).length <= roomIn(ask)
}

const roomIn = (ask: string): number => LONGEST_QUESTION - (ask.length - WORDS.length)

function cutAtWord(words: string, most: number): string {
  const cut = words.slice(0, most + 1)
  return (/\s/.test(cut) ? cut.replace(/\s+\S*$/, '') : words.slice(0, most)).toWellFormed().replace(/[\s,]+$/, '')
}
