import type { ToolCallContext } from '../agents/author/tool.ts'
import type { SecretNumber } from '../conversation/secret/ask-secret.ts'
import { ofLength } from '../conversation/secret/secret-entry.ts'
import type { HowGiven } from '../conversation/secret-asked.ts'
import { type About, type InLanguages, wordsIn } from './collector.ts'
import { expiryIn, judgedCard, judgedExpiry } from './reading/card-numbers.ts'

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
  /** 13 to 19 digits, whose check digit is right. */
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
// Without words for digits, and without a no: a line that echoes brings them back.
const CARD = {
  number: {
    en: 'Please {how} the card number. It goes to the payment service alone.',
    de: 'Bitte {how die Kartennummer}. Sie geht allein an den Zahlungsdienst.',
    es: 'Por favor, {how} el número de la tarjeta. Solo llega al servicio de pago.',
  },
  noNumber: {
    en: 'Sorry, please try that card number once more.',
    de: 'Bitte versuchen Sie es mit der Kartennummer noch einmal.',
    es: 'Inténtelo otra vez con el número de la tarjeta, por favor.',
  },
  expires: {
    en: 'Now the expiry date, as figures: the month and then the year.',
    de: 'Nun das Ablaufdatum in Ziffern: den Monat und dann das Jahr.',
    es: 'Ahora la fecha de caducidad en cifras: el mes y luego el año.',
  },
  notExpires: {
    en: 'Sorry, I need a date to come. Please try once more: the month, and then the year.',
    de: 'Ich brauche ein Datum in der Zukunft. Bitte noch einmal: den Monat und dann das Jahr.',
    es: 'Necesito una fecha futura. Otra vez, por favor: el mes y luego el año.',
  },
  code: {
    en: 'And the security code of the card.',
    de: 'Und die Prüfnummer der Karte.',
    es: 'Y el código de seguridad de la tarjeta.',
  },
  noCode: {
    en: 'Sorry, please try the security code once more.',
    de: 'Bitte versuchen Sie es mit der Prüfnummer noch einmal.',
    es: 'Inténtelo otra vez con el código de seguridad, por favor.',
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
        ...{ mostDigits: 19, silenceMs: SILENCE_MS, judge: judgedCard },
        ...{ ask: said(CARD.number), wrong: said(CARD.noNumber) },
      },
      {
        ...{ mostDigits: 6, silenceMs: SILENCE_MS, judge: digits => judgedExpiry(digits, about.now) },
        ...{ ask: said(CARD.expires), wrong: said(CARD.notExpires) },
      },
      {
        ...{ mostDigits: 4, silenceMs: SILENCE_MS },
        judge(digits, [number = '']) {
          const length = AMERICAN_EXPRESS.test(number) ? 4 : 3
          return ofLength(length, length).judge(digits, [])
        },
        ...{ ask: said(CARD.code), wrong: said(CARD.noCode) },
      },
    ]
  },
  take([number = '', expires = '', code = ''], call, signal) {
    const { month, year } = expiryIn(expires) ?? { month: 0, year: 0 }
    return take({ number, month, year, code }, call, signal)
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
    return [{ ...ofLength(leastDigits, mostDigits), silenceMs: SILENCE_MS, ...said }]
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
