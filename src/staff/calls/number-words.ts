import type { Language } from '../../conversation/language.ts'

type Digits = Language['digits']

/** How long a number must be to be hidden: so many names of single digits in a row, or so many digits in all. */
interface Least {
  readonly names: number
  readonly digits: number
}

/** Longer than a time, an amount or a year. */
const WHOLE: Least = { names: 3, digits: 5 }
/** A part of a number that may go on in the next text. */
const PART: Least = { names: 2, digits: 3 }
const HIDDEN = '•••'

/** Hides numbers that are said in words, word by word: what is hidden has as many words as before. */
export interface NumberWords {
  /** In a text that is whole, a row of words for a long number. */
  inText(text: string): string
  /** In a text after which a number may go on in another one, a shorter row too. */
  inPart(text: string): string
  /** In a word or a few, every word for a number. */
  inPiece(text: string): string
  /** In words of which a voice tells a few at a time: what `inPart` hides, and what begins or ends them. */
  inWords(some: readonly string[]): readonly string[]
}

const LETTER = '[\\p{L}\\p{N}]'
/** What stands between the words of one number; recognisers set commas and full stops at pauses. */
const BETWEEN = '[\\s\\u00a0,.;…–—-]{1,4}'
/** Figures among the words: recognisers write some of them so. */
const FIGURES = '\\d{1,16}'

/** By the number words of all these languages: a caller may know several. */
export function numberWordsOf(all: readonly Digits[]): NumberWords {
  const names = new Set(all.flatMap(one => [...one.names.keys(), ...one.namesInSecrets.keys()]))
  const times = new Map(all.flatMap(one => [...one.times]))
  const groups = new Map(all.flatMap(one => [...one.groups]))
  const between = new Set(all.flatMap(one => [...one.between]))
  const words = [...new Set([...names, ...times.keys(), ...groups.keys()])].toSorted((a, b) => b.length - a.length)
  const word = `(?:${words.join('|')}|${FIGURES})`
  const joint = between.size === 0 ? BETWEEN : `${BETWEEN}(?:(?:${[...between].join('|')})${BETWEEN})?`
  // No letter before or after it: "one" is in "phone" and "o" in "o'clock".
  const row = new RegExp(`(?<!${LETTER})${word}(?:${joint}${word})*(?!['’]?${LETTER})`, 'giu')
  const single = new RegExp(`${LETTER}+`, 'gu')

  function measured(said: string): Least {
    let [longest, inRow, digits, repeats, isOpen] = [0, 0, 0, 1, false]
    for (const [one] of said.toLowerCase().matchAll(single)) {
      if (between.has(one)) continue
      const more = times.get(one)
      const group = groups.get(one)
      const isName = names.has(one)
      // "Twenty-six" has two digits, "double six" too.
      if (isName) digits += isOpen ? 0 : repeats
      else if (more === undefined) digits += (group ?? one).length
      if (isName) inRow += repeats
      else if (more === undefined) inRow = 0
      longest = Math.max(longest, inRow)
      repeats = more ?? 1
      isOpen = group?.endsWith('0') === true
    }
    return { names: longest, digits }
  }

  const hidden = (text: string, isHidden: (said: string, at: number) => boolean): string =>
    text.replace(row, (said, at: number) =>
      /\p{L}/u.test(said) && isHidden(said, at) ? said.replace(single, HIDDEN) : said,
    )
  function isLong(said: string, least: Least): boolean {
    const { names: inRow, digits } = measured(said)
    return inRow >= least.names || digits >= least.digits
  }
  const inPiece = (text: string): string => hidden(text, () => true)

  return {
    inText: text => hidden(text, said => isLong(said, WHOLE)),
    inPart: text => hidden(text, said => isLong(said, PART)),
    inPiece,
    inWords(some) {
      const text = some.join(' ')
      const isAtEdge = (said: string, at: number): boolean =>
        !/[\p{L}\p{N}]/u.test(text.slice(0, at)) || !/[\p{L}\p{N}]/u.test(text.slice(at + said.length))
      const told = hidden(text, (said, at) => isAtEdge(said, at) || isLong(said, PART)).split(' ')
      return told.length === some.length ? told : some.map(inPiece)
    },
  }
}
