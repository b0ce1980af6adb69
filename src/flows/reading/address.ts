import type { Language } from '../../conversation/language.ts'
import { saidDigits } from '../../conversation/turn/said-digits.ts'
import type { About, Reading } from '../collector.ts'
import { unclear, wordsIn } from '../collector.ts'
import { corrected } from './corrected.ts'
import { lettersApart, speltIn } from './letters.ts'
import { numberAt, withHundreds } from './numbers-in-words.ts'
import { isNothing, isRefused, tokensOf, withoutFrame } from './words.ts'

/** A postal address. A part that was not said is empty. */
export interface Address {
  /** The street with its house number, as it is written: "12 Baker Street", "Hauptstraße 5". */
  readonly street: string
  /** A flat or floor: "Flat 3". */
  readonly unit: string
  readonly postcode: string
  readonly city: string
}

/** What an address must have: where one delivers in one town, no city is asked for. */
export type AddressPart = 'street' | 'city' | 'postcode'

const BEFORE: Readonly<Record<string, RegExp>> = {
  en: /^(?:(?:um|uh|er|well|so|oh|yes|yeah|sure|okay|ok|and|no|sorry|actually|please)[,.!]?\s+|(?:it's|it is|its|that's|that is|i live (?:at|in|on)|i'm (?:at|on|in)|we're (?:at|on|in)|deliver (?:it )?to|send (?:it )?to|to|at|in|(?:my|the|our) (?:home |delivery |postal )?(?:address|street|city|town|zip code|zip|postcode|postal code|post code)(?: is)?|the (?:zip code|zip|postcode|city|street) is)[,:]?\s+)/i,
  de: /^(?:(?:äh|ähm|also|ja|nein|okay|und|bitte)[,.!]?\s+|(?:das ist|es ist|ich wohne (?:in der|im|am|in)|wir wohnen (?:in der|im|am|in)|in der|in die|im|am|meine adresse ist|die adresse ist|die postleitzahl ist|nach|in)[,:]?\s+)/i,
  es: /^(?:(?:eh|pues|sí|no|vale|y)[,.!]?\s+|(?:es|vivo en|estoy en|en|a|mi dirección es|la dirección es|el código postal es)[,:]?\s+)/i,
}
const AFTER = /[,.]?\s+(?:please|thanks|thank you|bitte|danke|por favor|gracias)[.!]?$/i
const STREET_EN =
  'street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|way|terrace|close|crescent|gardens|grove|hill|row|mews|walk|highway|hwy|parkway|pkwy|circle|trail|broadway|green|park|quay|rise|view'
const STREET_DE =
  '(?:\\p{L}+(?:straße|strasse|str|weg|platz|allee|gasse|ring|ufer|damm|steig|markt|chaussee|hof|berg)|(?:\\p{L}+ )*?(?:straße|strasse|weg|platz|allee|gasse|ring|ufer|damm|markt|chaussee))'
const STREET_ES = '(?:calle|c|avenida|avda|av|plaza|pza|paseo|camino|carretera|carrer|ronda|vía|travesía|glorieta)'
const UNIT: Readonly<Record<string, RegExp>> = {
  en: /(?<![\p{L}])(?:flat|apartment|apt|unit|suite|floor|room)\.? (?:number )?([\p{L}]?\d+[\p{L}]?|[\p{L}](?![\p{L}]))|(?<![\p{L}])(?:ground|first|second|third|top) floor(?: (?:flat|apartment))?/u,
  de: /(?<![\p{L}])(?:wohnung|apartment|stock|etage) (?:nummer )?(\d+)|(?<![\p{L}])(?:\d+|erster|zweiter|dritter|vierter) (?:stock|etage)/u,
  es: /(?<![\p{L}])(?:piso|puerta|apartamento|planta) (?:número )?([\p{L}\d]{1,3}(?![\p{L}]))|(?<![\p{L}])(?:primero|segundo|tercero|cuarto) [a-d](?![\p{L}])/u,
}
const POSTCODE: Readonly<Record<string, RegExp>> = {
  // Britain's, Canada's, and that of the United States.
  en: /(?<![\p{L}\d])(?:[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|[a-z]\d[a-z] ?\d[a-z]\d|\d{5}(?:[- ]\d{4})?)(?![\p{L}\d])(?!.*(?<![\p{L}\d])\d{5}(?![\p{L}\d]))/u,
  de: /(?<!\d)\d{5}(?!\d)|(?<!\d)\d{4}(?!\d)(?= \p{L})/u,
  es: /(?<!\d)\d{5}(?!\d)/u,
}
const LABELS: Readonly<Record<string, RegExp>> = {
  en: /(?<![\p{L}])(?:(?:the )?(?:zip(?: ?code)?|post ?code|postal code|city|town)(?: is)?|house number|number|in the city of)(?![\p{L}])/gu,
  de: /(?<![\p{L}])(?:(?:die )?(?:postleitzahl|plz|hausnummer|nummer)(?: ist)?|in der stadt)(?![\p{L}])/gu,
  es: /(?<![\p{L}])(?:(?:el )?(?:código postal|número|ciudad)(?: es| de)?)(?![\p{L}])/gu,
}
const PHRASES = {
  again: {
    en: 'I did not catch the address.',
    de: 'Die Adresse habe ich nicht verstanden.',
    es: 'No he entendido la dirección.',
  },
  which: {
    en: 'I am not sure which part you mean.',
    de: 'Ich weiß nicht, welcher Teil gemeint ist.',
    es: 'No sé qué parte quiere decir.',
  },
  street: {
    en: 'What are the street and the house number?',
    de: 'Wie heißen Straße und Hausnummer?',
    es: '¿Cuáles son la calle y el número?',
  },
  house: { en: 'And the house number?', de: 'Und die Hausnummer?', es: '¿Y el número?' },
  city: { en: 'And which city is that?', de: 'Und in welcher Stadt?', es: '¿Y en qué ciudad?' },
  postcode: { en: 'And the postal code?', de: 'Und die Postleitzahl?', es: '¿Y el código postal?' },
}
const MOST_LETTERS = 200
const SMALL = /^(?:de|del|la|las|los|el|der|die|das|den|dem|am|an|im|in|und|zum|zur|of|the|and|on|y|upon|ob|von|van)$/
export const NO_ADDRESS: Address = { street: '', unit: '', postcode: '', city: '' }

const title = (text: string): string =>
  text
    .split(' ')
    .filter(word => word !== '')
    .map((word, index) =>
      index > 0 && SMALL.test(word) ? word : word.replace(/^\p{L}|(?<=[-'])\p{L}/gu, letter => letter.toUpperCase()),
    )
    .join(' ')

const hasNumber = (street: string): boolean => /\d/.test(street)

/** The words with numbers in figures and spellings as words: "twenty two b" is "22b", "n w one six x e" is "nw16xe". */
function inFigures(text: string, language: Language): string {
  return text
    .split(/\s*[,;]\s*/)
    .map(part => {
      const tokens = withHundreds(tokensOf(part), language)
      const words: string[] = []
      for (let at = 0; at < tokens.length; ) {
        let end = at
        const digits = (from: number, to: number) =>
          saidDigits(tokens.slice(from, to).join(' '), language, new Map([['o', '0']]))
        while (
          end < tokens.length &&
          (digits(end, end + 1) !== '' || (language.digits.times.has(tokens[end] ?? '') && digits(end, end + 2) !== ''))
        )
          end++
        // "Fifth Avenue" is no number, "one" in "One Tree Hill" is.
        if (end === at) words.push(tokens[at] ?? '')
        else {
          // "Twenty-two" is one number, "one two three" are digits, and "five sixty two" is 562.
          const single = language.code === 'en' ? undefined : numberAt(tokens, at, language)
          words.push(single?.to === end ? String(single.value) : digits(at, end))
        }
        at = end === at ? at + 1 : end
      }
      return postcodesTogether(words, language)
    })
    .filter(part => part !== '')
    .join(', ')
    .replace(/(?<![\p{L}\d])([a-z]{1,2}) ?(\d{1,2}), (\d) ?([a-z]{2})(?![\p{L}\d])/gu, '$1$2$3$4')
}

/** Letters and digits that stand alone are one code: "n w 1 6 x e". */
function postcodesTogether(words: readonly string[], language: Language): string {
  const spelt = speltIn(words, language)
  const replaced: string[] = []
  let at = 0
  for (const { from, to, letters } of [...spelt, { from: words.length, to: words.length, letters: '' }]) {
    replaced.push(...words.slice(at, from))
    if (letters !== '') replaced.push(letters)
    at = to
  }
  return replaced
    .join(' ')
    .replace(
      /(?<![\p{L}\d])([a-z]{1,2}) (\d{1,3}) ([a-z]{1,2})(?![\p{L}\d])/gu,
      (all, one: string, digits: string, other: string) =>
        other.length === 2 || digits.length === 1 ? `${one}${digits}${other}` : all,
    )
    .replace(/(?<![\p{L}])(\d+) ([a-d])(?![\p{L}\d])/gu, '$1$2')
}

/** A British or Canadian code with its space, others as they are. */
function asPostcode(code: string): string {
  const bare = code.toUpperCase().replaceAll(' ', '')
  return /[A-Z]/.test(bare) ? `${bare.slice(0, -3)} ${bare.slice(-3)}` : code.replace(' ', '-')
}

/** A street with its number, by language. They are matched against lower case. */
const STREETS: Readonly<Record<string, RegExp>> = {
  en: new RegExp(
    `(?<![\\p{L}\\d])\\d+[a-z]? (?:[\\p{L}'.\\d-]+ ){0,5}?(?:${STREET_EN})(?![\\p{L}])(?: (?:north|south|east|west|n|s|e|w)(?![\\p{L}]))?`,
    'u',
  ),
  de: new RegExp(`${STREET_DE}\\.? \\d+ ?(?:[a-z](?![\\p{L}]))?`, 'u'),
  es: new RegExp(`(?<![\\p{L}])${STREET_ES}[./]? (?:[\\p{L}'.-]+ ){1,6}?,? ?\\d+`, 'u'),
}
/** A street without its number. */
const BARE_STREETS: Readonly<Record<string, RegExp>> = {
  en: new RegExp(`(?<![\\p{L}\\d])(?:[\\p{L}'.-]+ ){1,3}(?:${STREET_EN})(?![\\p{L}])`, 'u'),
  de: new RegExp(STREET_DE, 'u'),
  es: new RegExp(`(?<![\\p{L}])${STREET_ES}[./]? (?:[\\p{L}'.-]+ ?){1,4}`, 'u'),
}

function partsOf(text: string, language: Language): Address {
  let rest = ` ${text} `
  const take = (pattern: RegExp | undefined): string => {
    const found = pattern?.exec(rest)?.[0] ?? ''
    if (found !== '') rest = rest.replace(found, ' , ')
    return found.trim()
  }
  const unit = take(UNIT[language.code])
  let street = take(STREETS[language.code])
  if (street === '') {
    const [head = '', ...tail] = rest.split(',')
    const found = BARE_STREETS[language.code]?.exec(head)?.[0] ?? ''
    if (found !== '') {
      street = found.trim()
      rest = [head.replace(found, ' '), ...tail].join(',')
    }
  }
  const postcode = take(POSTCODE[language.code])
  const left = rest
    .split(',')
    .map(part =>
      part
        .replace(/\s+/g, ' ')
        .replace(/^ (?:in|im|an|en|and|und|y)(?= )/i, '')
        .trim(),
    )
    .filter(part => /[\p{L}\d]/u.test(part))
  // "12 Elm, Springfield": a street without the word for it.
  if (street === '' && left.length > 1 && /^\d+[a-z]? \p{L}|^\p{L}[\p{L} .-]* \d+[a-z]?$/u.test(left[0] ?? ''))
    street = left.shift() ?? ''
  if (street === '' && left.length === 1 && /^\d+[a-z]? \p{L}+(?: \p{L}+)?$/u.test(left[0] ?? ''))
    street = left.shift() ?? ''
  const city = left.filter(part => /\p{L}/u.test(part)).join(', ')
  return {
    street: title(street.replace(/,/g, '').replace(/\s+/g, ' ')),
    unit: title(unit),
    postcode: postcode === '' ? '' : asPostcode(postcode),
    city: title(city),
  }
}

const missing = (address: Address, needs: readonly AddressPart[]): keyof typeof PHRASES | undefined => {
  if (address.street === '') return 'street'
  if (!hasNumber(address.street)) return 'house'
  return needs.find(part => address[part] === '')
}

/** A postal address, whole or part by part; what is said later completes or replaces its parts. */
export function readAddress(
  words: string,
  about: About,
  before: Address | undefined,
  needs: readonly AddressPart[],
): Reading<Address> {
  const { language } = about
  const { again, which } = PHRASES
  if (isNothing(words) || words.length > MOST_LETTERS) return unclear(again, about)
  if (before !== undefined && before.street !== '') {
    for (const part of ['street', 'city', 'postcode'] as const) {
      const correction = corrected(before[part], words, language)
      if (correction.kind === 'corrected')
        return { kind: 'value', value: { ...before, [part]: correction.text }, inDoubt: true }
      if (correction.kind === 'where') return unclear(which, about)
    }
  }
  const bare = withoutFrame(words.toLowerCase().replace(/\bsaint\b/g, 'st'), BEFORE[language.code] ?? /^$/, AFTER)
  const plain = inFigures(bare, language)
    .replace(LABELS[language.code] ?? /(?!)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (/^(?:no|yes|what|why|nein|ja|sí)\W*$/.test(bare) || isRefused(bare)) return unclear(again, about)
  const alone = /^\d+[a-z]?$/.exec(plain)?.[0]
  // "And the house number?" "Twelve."
  const isHouse =
    alone !== undefined &&
    before !== undefined &&
    before.street !== '' &&
    (!hasNumber(before.street) || !/^\d{4,5}$/.test(alone))
  if (isHouse && before !== undefined)
    return whole({ ...before, street: withHouse(before.street, alone, language) }, needs, about)
  const said = partsOf(plain, language)
  const merged: Address = {
    street: streetOf(said.street, before?.street ?? '', language),
    unit: said.unit || (before?.unit ?? ''),
    postcode: said.postcode || (before?.postcode ?? ''),
    city: said.city || (before?.city ?? ''),
  }
  const isNothingNew = said.street === '' && said.unit === '' && said.postcode === '' && said.city === ''
  if (isNothingNew || (before === undefined && said.street === '' && said.postcode === '')) return unclear(again, about)
  return whole(merged, needs, about)
}

/** A street said anew without its number keeps the number: "no, Elm Road". */
function streetOf(said: string, before: string, language: Language): string {
  if (said === '') return before
  const house = /\d+[a-z]?/i.exec(before)?.[0]
  return hasNumber(said) || house === undefined ? said : withHouse(said, house, language)
}

function withHouse(street: string, house: string, language: Language): string {
  const bare = street.replace(/\s*\d+[a-z]?\s*/i, ' ').trim()
  return language.code === 'en' ? `${house} ${bare}` : `${bare} ${house}`
}

function whole(address: Address, needs: readonly AddressPart[], about: About): Reading<Address> {
  const lacks = missing(address, needs)
  if (lacks === undefined) return { kind: 'value', value: address }
  return { kind: 'more', value: address, ask: wordsIn(PHRASES[lacks], about) }
}

/** "12 Baker Street, Flat 3, London, N W 1 6 X E". */
export function sayAddress({ street, unit, postcode, city }: Address): string {
  const code = postcode === '' ? '' : [...postcode.replaceAll(/[ -]/g, '')].join(' ')
  return [street, unit, city, code].filter(part => part !== '').join(', ')
}

const STREET_WORD = new RegExp(`^(?:${STREET_EN}|straße|strasse|weg|platz|allee|gasse|calle|avenida|plaza|paseo)$`, 'u')

/** The same with the names of street and city spelt: "12 Baker, B A K E R, Street". */
export function spellAddress({ street, unit, postcode, city }: Address): string {
  const spelt = (text: string): string =>
    text
      .replace(/\p{L}{3,}/gu, word => (STREET_WORD.test(word.toLowerCase()) ? word : `${word}, ${lettersApart(word)},`))
      .replace(/,+$/, '')
  return [spelt(street), unit, spelt(city), sayAddress({ ...NO_ADDRESS, postcode })]
    .filter(part => part !== '')
    .join(', ')
}
