import type { Language } from '../conversation/language.ts'

/** Words in one language, or in several by their codes. Where a call's language is missing, English is said, or what there is. */
export type InLanguages = string | Readonly<Record<string, string>>

/** In which language, and when, something was said. */
export interface About {
  readonly language: Language
  readonly now: Date
}

/** What was understood of the caller's words. Each `ask` and `why` is a whole sentence that can be said. */
export type Reading<Value> =
  /** `inDoubt`: it is read back, even where it otherwise would not be. */
  | { readonly kind: 'value'; readonly value: Value; readonly inDoubt?: boolean }
  /** Only a part of it; the next words are read together with that part. */
  | { readonly kind: 'more'; readonly value: Value; readonly ask: string }
  | { readonly kind: 'unclear'; readonly why: string }

/**
 * How one thing is asked of a caller, understood, and read back. Everything in it is pure. Values are JSON, so that a call
 * can go on at another server.
 */
export interface Collector<Value = unknown> {
  /** For the model: which of the caller's words are meant, such as "the e-mail address, as they say or spell it". */
  readonly wanted: string
  /** The question, where a step has none of its own. */
  readonly ask: InLanguages
  /** What helps after words that were not understood, as a whole sentence: "Please spell it." */
  readonly hint: InLanguages
  /** All values there can be, where these are few: a branch needs a way for each. */
  readonly keys?: readonly string[]
  /** The words may be said in another language, or be translated by the model: they are not looked for in the caller's. */
  readonly isTranslated?: boolean
  /** `before`: what is noted already, whole or in part, which the words may complete or correct: "no, with two Ls". */
  read(words: string, about: About, before: Value | undefined): Reading<Value>
  /** The value inside a sentence: "large", "Friday at noon". */
  spoken(value: Value, about: About): string
  /**
   * A sentence that reads the value back, before the caller is asked whether it is right; nothing where it is only
   * mentioned. `isCareful`: in doubt, or after the caller said that it was wrong, so that it is spelt.
   */
  readBack(value: Value, about: About, isCareful: boolean): string | undefined
}

/** The words in the language of the call. */
export function wordsIn(words: InLanguages, { language }: Pick<About, 'language'>): string {
  if (typeof words === 'string') return words
  return words[language.code] ?? words.en ?? Object.values(words)[0] ?? ''
}

export const unclear = (why: InLanguages, about: About): { readonly kind: 'unclear'; readonly why: string } => ({
  kind: 'unclear',
  why: wordsIn(why, about),
})
