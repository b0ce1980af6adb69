import type { ToolCallContext } from '../agents/author/tool.ts'
import type { SecretNumber } from '../conversation/secret/ask-secret.ts'
import type { HowGiven } from '../conversation/secret-asked.ts'
import { type About, type InLanguages, wordsIn } from './collector.ts'

/**
 * Gets what the caller gave, at once. What it returns is the value of the step: it is written down and may reach the model, so
 * it is a token of a payment service, or the last four digits, and nothing secret. `failed('why')` of `partyline/tool` is said
 * to the caller, who may try again. It has 7.5 s; `call.idempotencyKey` is another one for each try.
 */
export type Take<Given> = (given: Given, call: ToolCallContext, signal: AbortSignal) => unknown

/** Something that only a function may know: neither the model, nor the journal, the recording or the log. */
export interface Secret {
  /** What it is, in one word for the journal: "card". */
  readonly what: string
  numbers(about: About, how: HowGiven): readonly [SecretNumber, ...SecretNumber[]]
  readonly refused: InLanguages
  /** What is said does not count, and no speech-to-text hears it. */
  readonly isSilent?: true
  take(digits: readonly string[], call: ToolCallContext, signal: AbortSignal): unknown
}

/** A payment card, as the caller keyed, typed or said it. */
export interface Card {
  /** 12 to 19 digits, whose check digit is right. */
  readonly number: string
  /** 1 to 12. */
  readonly month: number
  /** Such as 2029. Cards that have expired are not taken. */
  readonly year: number
  /** Three digits, or four of American Express. */
  readonly code: string
}

/** People look for their card, and put on their glasses. */
const SILENCE_MS = 20_000
const AMERICAN_EXPRESS = /^3[47]/
const HOW: Readonly<Record<HowGiven, InLanguages>> = {
  key: { en: 'key in', de: 'tippen Sie … ein', es: 'marque' },
  'key or say': { en: 'key in or say', de: 'tippen oder sagen Sie …', es: 'marque o diga' },
  type: { en: 'type', de: 'schreiben Sie …', es: 'escriba' },
  'type or say': { en: 'type or say', de: 'schreiben oder sagen Sie …', es: 'escriba o diga' },
}
// Without words for digits: on a line that echoes they would be heard as some of the number.
const CARD = {
  number: {
    en: 'Please {how} the card number. Nobody else hears it, and it is not recorded.',
    de: 'Bitte {how die Kartennummer}. Niemand sonst hört sie, und sie wird nicht aufgezeichnet.',
    es: 'Por favor, {how} el número de la tarjeta. Nadie más lo oye, y no se graba.',
  },
  noNumber: {
    en: 'That is not the number of a card. Please try once more.',
    de: 'Das ist keine Kartennummer. Bitte versuchen Sie es noch einmal.',
    es: 'Ese no es un número de tarjeta. Inténtelo otra vez, por favor.',
  },
  expires: {
    en: 'Now the expiry date, as figures: the month and then the year.',
    de: 'Nun das Ablaufdatum in Ziffern: den Monat und dann das Jahr.',
    es: 'Ahora la fecha de caducidad en cifras: el mes y luego el año.',
  },
  notExpires: {
    en: 'That date is past, or it is no date. Please try once more, with a zero before a small month.',
    de: 'Dieses Datum ist vorbei, oder es ist keines. Bitte noch einmal, kleine Monate mit führender Null.',
    es: 'Esa fecha ha pasado, o no es una fecha. Otra vez, por favor, con un cero delante de los meses pequeños.',
  },
  code: {
    en: 'And the security code of the card.',
    de: 'Und die Prüfnummer der Karte.',
    es: 'Y el código de seguridad de la tarjeta.',
  },
  noCode: {
    en: 'That is not the security code. Please try once more.',
    de: 'Das ist keine Prüfnummer. Bitte versuchen Sie es noch einmal.',
    es: 'Ese no es el código de seguridad. Inténtelo otra vez, por favor.',
  },
  refused: {
    en: 'I am sorry, I could not take the card.',
    de: 'Es tut mir leid, ich konnte die Karte nicht annehmen.',
    es: 'Lo siento, no he podido aceptar la tarjeta.',
  },
} as const satisfies Readonly<Record<string, InLanguages>>

/** Who takes a card, and how it can be given. */
export interface CardOptions {
  readonly take: Take<Card>
  /** `false`: it is keyed or typed alone, so that it reaches no vendor of speech-to-text. */
  readonly spoken?: boolean
}

/** A payment card: number, expiry date and security code, each checked as it comes. `take` has them made a token, or a payment. */
export const card = ({ take, spoken = true }: CardOptions): Secret => ({
  what: 'card',
  ...(!spoken && { isSilent: true }),
  refused: CARD.refused,
  numbers(about, how) {
    const said = (words: InLanguages): string => withHow(words, how, about)
    return [
      {
        ...{ leastDigits: 12, mostDigits: 19, silenceMs: SILENCE_MS, fits: isCardNumber },
        ...{ ask: said(CARD.number), wrong: said(CARD.noNumber) },
      },
      {
        ...{ leastDigits: 4, mostDigits: 4, silenceMs: SILENCE_MS, fits: digits => isToCome(digits, about.now) },
        ...{ ask: said(CARD.expires), wrong: said(CARD.notExpires) },
      },
      {
        ...{ leastDigits: 3, mostDigits: 4, silenceMs: SILENCE_MS },
        fits: (digits, [number = '']) => digits.length === (AMERICAN_EXPRESS.test(number) ? 4 : 3),
        ...{ ask: said(CARD.code), wrong: said(CARD.noCode) },
      },
    ]
  },
  take([number = '', expires = '', code = ''], call, signal) {
    return take(
      { number, month: Number(expires.slice(0, 2)), year: 2_000 + Number(expires.slice(2)), code },
      call,
      signal,
    )
  },
})

/** Any other number that only a function may know, such as a customer's PIN. `ask` and `wrong` have no words for digits in them. */
export const secretNumber = (options: {
  /** In one word, for the journal: "pin". */
  readonly what: string
  readonly ask: InLanguages
  readonly wrong: InLanguages
  readonly refused: InLanguages
  readonly leastDigits: number
  readonly mostDigits: number
  readonly take: Take<string>
}): Secret => ({
  what: options.what,
  refused: options.refused,
  numbers(about, how) {
    const { leastDigits, mostDigits } = options
    const said = { ask: withHow(options.ask, how, about), wrong: withHow(options.wrong, how, about) }
    return [{ leastDigits, mostDigits, silenceMs: SILENCE_MS, ...said }]
  },
  take: ([digits = ''], call, signal) => options.take(digits, call, signal),
})

/** "{how}" is how the caller can give it; in "{how the number}" the object stands where its verb wants it. */
function withHow(words: InLanguages, how: HowGiven, about: About): string {
  const verb = wordsIn(HOW[how], about)
  return wordsIn(words, about).replace(/\{how(?: ([^}]*))?\}/, (_, object?: string) =>
    object === undefined ? verb.replace(' …', '') : verb.replace('…', object),
  )
}

/** ISO/IEC 7812: the last digit checks the others (Luhn). */
export function isCardNumber(digits: string): boolean {
  const sum = [...digits].toReversed().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 1 : 2)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return digits.length >= 12 && digits.length <= 19 && sum % 10 === 0 && !/^0+$/.test(digits)
}

/** Month and year of a card that is valid now: it is until the end of its month. */
function isToCome(digits: string, now: Date): boolean {
  const month = Number(digits.slice(0, 2))
  const ends = Date.UTC(2_000 + Number(digits.slice(2)), month, 1)
  // The month ends later in the west.
  return month >= 1 && month <= 12 && ends > now.getTime() - 86_400_000
}
