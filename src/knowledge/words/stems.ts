import { stemmer as english } from '@orama/stemmers/english'
import { stemmer as german } from '@orama/stemmers/german'
import { stemmer as spanish } from '@orama/stemmers/spanish'
import { STOP_WORDS, WORD_LANGUAGES, type WordLanguage } from './stop-words.ts'

const STEMMERS: Readonly<Record<WordLanguage, (word: string) => string>> = { en: english, de: german, es: spanish }
const LONGEST_WORD = 60
/** A question has no more words that matter, whatever a caller or a model makes of it. */
const MOST_ASKED = 24
const LONGEST_QUESTION = 2_000
/** So much of a document tells its language. */
const SAMPLE_LETTERS = 20_000

/** Without accents and umlauts, which callers' words may lack. */
const folded = (word: string): string => word.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll('ß', 'ss')

const wordsOf = (text: string): readonly string[] =>
  (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).map(word => word.slice(0, LONGEST_WORD))

const stemOf = (word: string, language: WordLanguage): string => folded(STEMMERS[language](word))

/** The stems of a text's words, in their order, as both databases keep them: letters and digits alone. */
export const stemsOf = (text: string, language: WordLanguage): readonly string[] =>
  wordsOf(text).map(word => stemOf(word, language))

/**
 * What a question asks for: for each of its words that matters, its stems in all languages, as it is not known in which one
 * the documents are written. Empty where no word matters, such as in "could you tell me?".
 */
export function askedIn(question: string): readonly (readonly string[])[] {
  const words = [...new Set(wordsOf(question.slice(0, LONGEST_QUESTION)))].filter(word => !isStopWord(folded(word)))
  const all = words.map(word => [...new Set(WORD_LANGUAGES.map(language => stemOf(word, language)))])
  return all.filter((stems, i) => all.findIndex(other => other.join() === stems.join()) === i).slice(0, MOST_ASKED)
}

const isStopWord = (word: string): boolean =>
  (word.length === 1 && !/\p{N}/u.test(word)) || WORD_LANGUAGES.some(language => STOP_WORDS[language].has(word))

/** The language of a text, by its most frequent words. English where nothing tells. */
export function languageOfText(text: string): WordLanguage {
  const words = wordsOf(text.slice(0, SAMPLE_LETTERS)).map(folded)
  const counts = WORD_LANGUAGES.map(language => ({
    language,
    count: words.filter(word => STOP_WORDS[language].has(word)).length,
  }))
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).language
}
