/** Where the words of the description go in a question such as "Delete {words}?". */
export const WORDS = '{words}'

/** What a question about tools says besides its words. */
export interface QuestionWords {
  readonly really: string
  readonly tryAgain: string
  /** Before how many things are named: "these two tasks". */
  readonly these: string
  /** None to eight. */
  readonly counted: readonly string[]
  /** What is named where the settings name nothing. */
  readonly things: string
  /** Between the last two that are named. */
  readonly and: string
  /** After words that were cut. */
  readonly andSoOn: string
}

export const ENGLISH_WORDS: QuestionWords = {
  really: `Shall I really do that: ${WORDS}?`,
  tryAgain: `Shall I try again, though it may be done: ${WORDS}?`,
  these: 'these',
  counted: ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'],
  ...{ things: 'things', and: ', and', andSoOn: ' and so on' },
}

const IN_OTHERS: Readonly<Record<string, QuestionWords>> = {
  de: {
    really: `Soll ich das wirklich tun: ${WORDS}?`,
    tryAgain: `Vielleicht ist es schon getan, soll ich es noch einmal versuchen: ${WORDS}?`,
    these: 'diese',
    counted: ['keine', 'eine', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben', 'acht'],
    ...{ things: 'Dinge', and: ' und', andSoOn: ' und so weiter' },
  },
  es: {
    really: `¿De verdad lo hago: ${WORDS}?`,
    tryAgain: `Puede que ya esté hecho, ¿lo intento otra vez: ${WORDS}?`,
    these: 'estas',
    counted: ['ninguna', 'una', 'dos', 'tres', 'cuatro', 'cinco', 'seis', 'siete', 'ocho'],
    ...{ things: 'cosas', and: ' y', andSoOn: ' etcétera' },
  },
}

/** Those of a language; English where it has none. */
export const questionWords = (language = 'en'): QuestionWords => IN_OTHERS[language] ?? ENGLISH_WORDS
