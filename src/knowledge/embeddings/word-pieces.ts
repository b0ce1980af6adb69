const UNKNOWN = '[UNK]'
const FIRST = '[CLS]'
const LAST = '[SEP]'
const LONGEST_WORD = 100
/** Written without spaces: each sign is a word. */
const HAN = /\p{Script=Han}/gu
const PUNCTUATION = /[\p{P}\p{S}]/u

/** Cuts a text into the numbers of BERT's word pieces, as uncased models want them. */
export interface WordPieces {
  /** With the first and the last sign; at most `most` numbers. */
  cut(text: string, most: number): readonly number[]
}

/** `vocabulary`: the model's vocab.txt, a piece on each line. Throws an Error where it lacks what every text needs. */
export function wordPieces(vocabulary: string): WordPieces {
  const numbers = new Map(vocabulary.split('\n').map((piece, number) => [piece.replace(/\r$/, ''), number]))
  const numberOf = (piece: string): number => {
    const number = numbers.get(piece)
    if (number === undefined) throw new Error(`the vocabulary has no ${piece}`)
    return number
  }
  const [unknown, first, last] = [numberOf(UNKNOWN), numberOf(FIRST), numberOf(LAST)]

  /** The longest pieces that the word begins and goes on with. */
  function piecesOf(word: string): readonly number[] {
    if (word.length > LONGEST_WORD) return [unknown]
    const found: number[] = []
    for (let from = 0; from < word.length; ) {
      let to = word.length
      let number: number | undefined
      while (to > from && number === undefined) {
        number = numbers.get(`${from > 0 ? '##' : ''}${word.slice(from, to)}`)
        if (number === undefined) to--
      }
      if (number === undefined) return [unknown]
      found.push(number)
      from = to
    }
    return found
  }

  return {
    cut(text, most) {
      const cut = [first]
      for (const word of wordsOf(text)) {
        cut.push(...piecesOf(word))
        if (cut.length >= most - 1) break
      }
      return [...cut.slice(0, most - 1), last]
    },
  }
}

function* wordsOf(text: string): Generator<string> {
  const clean = text
    .replaceAll(/[\p{Cc}\p{Cf}\ufffd]/gu, sign => (/\s/.test(sign) ? ' ' : ''))
    .replaceAll(HAN, ' $& ')
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
  for (const word of clean.split(/\s+/)) {
    let letters = ''
    for (const letter of word) {
      if (!PUNCTUATION.test(letter)) {
        letters += letter
        continue
      }
      if (letters !== '') yield letters
      yield letter
      letters = ''
    }
    if (letters !== '') yield letters
  }
}
