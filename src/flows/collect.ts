import { type Collector, type InLanguages, wordsIn } from './collector.ts'
import { type Address, type AddressPart, readAddress, sayAddress, spellAddress } from './reading/address.ts'
import { type Amount, readAmount } from './reading/amount.ts'
import { andIn, listOf, type Option, readChoice, readSeveral } from './reading/choice.ts'
import { readEmail, sayEmail, spellEmail } from './reading/email.ts'
import { lettersApart } from './reading/letters.ts'
import { readName } from './reading/person-name.ts'
import { readPhone, sayPhone } from './reading/phone.ts'
import { readWhen, sayWhen } from './reading/when.ts'
import { readYesNo, sayYesNo } from './reading/yes-no.ts'

const THAT_IS = { en: 'That is {value}.', de: 'Das ist {value}.', es: 'Es {value}.' }
const NOTHING: InLanguages = { en: 'nothing', de: 'nichts', es: 'nada' }

const that = (value: string, about: Parameters<typeof wordsIn>[1]): string =>
  wordsIn(THAT_IS, about).replace('{value}', () => value)

/**
 * A person's name as text: "Anna Miller". It is read back letter by letter when it was spelt, is not a common one, or with
 * `spell: 'always'`.
 */
export const name = (options: { readonly spell?: 'always' } = {}): Collector<string> => ({
  wanted: 'the name, and its spelling if they spell it',
  ask: { en: 'What is your name?', de: 'Wie ist Ihr Name?', es: '¿Cómo se llama?' },
  hint: { en: 'Please spell it, letter by letter.', de: 'Bitte buchstabieren Sie ihn.', es: 'Deletréelo, por favor.' },
  read: readName,
  spoken: value => value,
  readBack: (value, about, isCareful) =>
    isCareful || options.spell === 'always'
      ? that(`${value}, ${value.split(' ').map(lettersApart).join(', ')}`, about)
      : undefined,
})

/** An e-mail address as text: "anna.miller@gmail.com". It is always read back with its words spelt. */
export const email = (): Collector<string> => ({
  wanted: 'the e-mail address, in the words and letters in which they say it',
  ask: {
    en: 'What is your e-mail address?',
    de: 'Wie ist Ihre E-Mail-Adresse?',
    es: '¿Cuál es su correo electrónico?',
  },
  hint: {
    en: 'Please spell it, with dot and at.',
    de: 'Bitte buchstabieren Sie sie, mit Punkt und ät.',
    es: 'Deletréelo, por favor, con punto y arroba.',
  },
  read: readEmail,
  spoken: sayEmail,
  readBack: (value, about, isCareful) => that(spellEmail(value, about, isCareful), about),
})

/** A telephone number as digits, with `+` if it was said. Shorter than `leastDigits` (7) it goes on in the next turn. */
export const phone = ({ leastDigits = 7 }: { readonly leastDigits?: number } = {}): Collector<string> => ({
  wanted: 'the telephone number, as they say it, also a part of it; keys as "pressed 4 2"',
  ask: {
    en: 'What is your telephone number?',
    de: 'Wie ist Ihre Telefonnummer?',
    es: '¿Cuál es su número de teléfono?',
  },
  hint: {
    en: 'Please say it digit by digit, or key it in.',
    de: 'Bitte sagen Sie sie Ziffer für Ziffer, oder tippen Sie sie ein.',
    es: 'Dígalo cifra por cifra, o márquelo.',
  },
  read: (words, about, before) => readPhone(words, about, before, leastDigits),
  spoken: sayPhone,
  readBack: (value, about, isCareful) => that(sayPhone(value, about, isCareful ? 2 : 3), about),
})

/** A postal address. `needs`: what must be in it. Default: street, city. */
export const address = ({
  needs = ['street', 'city'],
}: {
  readonly needs?: readonly AddressPart[]
} = {}): Collector<Address> => ({
  wanted: 'the postal address, or the part of it that they say',
  ask: { en: 'What is the address?', de: 'Wie ist die Adresse?', es: '¿Cuál es la dirección?' },
  hint: {
    en: 'Please say the street and the house number first.',
    de: 'Bitte nennen Sie zuerst Straße und Hausnummer.',
    es: 'Diga primero la calle y el número, por favor.',
  },
  read: (words, about, before) => readAddress(words, about, before, needs),
  spoken: sayAddress,
  readBack: (value, about, isCareful) => that(isCareful ? spellAddress(value) : sayAddress(value), about),
})

/**
 * A day to come, as `2026-12-04`, and its time of day as `2026-12-04T17:30` where `wants` is 'day and time'. `zone` is the
 * caller's, such as Europe/Berlin. Words are read in English; from other languages the model translates them.
 */
export const dateTime = ({
  zone,
  wants,
}: {
  readonly zone: string
  readonly wants: 'day' | 'day and time'
}): Collector<string> => ({
  wanted:
    'when: in their own words, such as "Friday at half past five"; translated into English if they speak another language. Never reckon a date yourself',
  ask:
    wants === 'day'
      ? { en: 'Which day?', de: 'An welchem Tag?', es: '¿Qué día?' }
      : {
          en: 'Which day, and at what time?',
          de: 'An welchem Tag, und um wie viel Uhr?',
          es: '¿Qué día y a qué hora?',
        },
  hint: {
    en: 'Please say it like this: Friday the fourth, at half past five.',
    de: 'Bitte sagen Sie es so: Freitag, vierter Dezember, um halb sechs.',
    es: 'Dígalo así: el viernes cuatro, a las cinco y media.',
  },
  isTranslated: true,
  read: (words, about, before) => readWhen(words, about, before, zone, wants === 'day and time'),
  spoken: (value, about) => sayWhen(value, about, zone),
  readBack: (value, about, isCareful) => (isCareful ? that(sayWhen(value, about, zone), about) : undefined),
})

/** A number. `most` and `least` are told to the caller. Default: whole, from 0. */
export const number = (options: Amount = {}): Collector<number> => ({
  wanted: 'the number, as they say it',
  ask: { en: 'How many?', de: 'Wie viele?', es: '¿Cuántos?' },
  hint: {
    en: 'Please say one number.',
    de: 'Bitte sagen Sie eine einzelne Zahl.',
    es: 'Diga un solo número, por favor.',
  },
  read: (words, about) => readAmount(words, about, options),
  spoken: value => String(value),
  readBack: (value, about, isCareful) => (isCareful ? that(String(value), about) : undefined),
})

/** A yes (true) or a no. */
export const yesNo = (): Collector<boolean> => ({
  wanted: 'their yes or no, with all the words of it',
  ask: { en: 'Is that so?', de: 'Ist das so?', es: '¿Es así?' },
  hint: { en: 'Please say yes or no.', de: 'Bitte sagen Sie ja oder nein.', es: 'Diga sí o no, por favor.' },
  keys: ['true', 'false'],
  read: readYesNo,
  spoken: (value, { language }) => sayYesNo(value, language.code),
  readBack: () => undefined,
})

/** What one can choose: values that are words at once, or values with the words for them, by language or not. */
export type Options =
  | readonly string[]
  | Readonly<Record<string, readonly string[] | Readonly<Record<string, readonly string[]>>>>

function optionsIn(options: Options, code: string): readonly Option[] {
  if (isList(options)) return options.map(value => ({ value, names: [value] }))
  return Object.entries(options).map(([value, names]) => {
    const own = isList(names) ? names : (names[code] ?? names.en ?? [value])
    return { value, names: own.length === 0 ? [value] : own }
  })
}

const isList = (some: unknown): some is readonly string[] => Array.isArray(some)
const valuesOf = (options: Options): readonly string[] => (isList(options) ? options : Object.keys(options))

const asked = (options: Options) => ({
  en: `Which one: ${listOf(
    optionsIn(options, 'en').map(({ names: [name = ''] }) => name),
    'or',
  )}?`,
  de: `Was davon: ${listOf(
    optionsIn(options, 'de').map(({ names: [name = ''] }) => name),
    'oder',
  )}?`,
  es: `¿Cuál: ${listOf(
    optionsIn(options, 'es').map(({ names: [name = ''] }) => name),
    'o',
  )}?`,
})

const firstName = (options: Options, value: string, code: string): string =>
  optionsIn(options, code).find(option => option.value === value)?.names[0] ?? value

/** One of these. `{ small: ['small', 'little'] }`: the first name is said, all are understood. */
export const choice = (options: Options): Collector<string> => ({
  wanted: `which of these they choose (${valuesOf(options).join(', ')}), in their own words`,
  ask: asked(options),
  hint: asked(options),
  keys: valuesOf(options),
  read: (words, about) => readChoice(words, about, optionsIn(options, about.language.code)),
  spoken: (value, { language }) => firstName(options, value, language.code),
  readBack: (value, about, isCareful) =>
    isCareful ? that(firstName(options, value, about.language.code), about) : undefined,
})

/** Any of these, also none: "mushrooms and olives", "everything but onions". */
export const several = (options: Options): Collector<readonly string[]> => ({
  ...{
    wanted: `which of these they want (${valuesOf(options).join(', ')}), in their own words; also changes such as "add onions" or "none"`,
  },
  ask: asked(options),
  hint: asked(options),
  read: (words, about, before) => readSeveral(words, about, optionsIn(options, about.language.code), before),
  spoken: (value, about) =>
    value.length === 0
      ? wordsIn(NOTHING, about)
      : listOf(
          value.map(one => firstName(options, one, about.language.code)),
          andIn(about),
        ),
  readBack: (value, about, isCareful) =>
    isCareful
      ? that(
          value.length === 0
            ? wordsIn(NOTHING, about)
            : listOf(
                value.map(one => firstName(options, one, about.language.code)),
                andIn(about),
              ),
          about,
        )
      : undefined,
})
