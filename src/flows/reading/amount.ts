import type { About, Reading } from '../collector.ts'
import { unclear, wordsIn } from '../collector.ts'
import { numberAt } from './numbers-in-words.ts'
import { isNothing, tokensOf } from './words.ts'

/** What numbers there can be. Whole ones, unless `decimals`. */
export interface Amount {
  readonly least?: number
  readonly most?: number
  readonly decimals?: boolean
}

interface Words {
  readonly minus: RegExp
  readonly point: RegExp
  readonly or: RegExp
  /** After these words the answer begins anew. */
  readonly again: RegExp
  /** Words for a number, longer ones first. */
  readonly names: readonly (readonly [RegExp, number])[]
  readonly half: RegExp
}

const WORDS: Readonly<Record<string, Words>> = {
  en: {
    minus: /^(?:minus|negative)$/,
    point: /^point$/,
    or: /\b(?:or|between|to|maybe|from)\b/,
    again: /\b(?:no|wait|i mean|sorry|scratch that|actually|make (?:it|that)|rather|correction)\b/g,
    names: [
      [/\bhalf a dozen\b/g, 6],
      [/\ba couple(?: of)?\b/g, 2],
      [/\bjust me\b|\bonly me\b|\bmyself\b|\bonce\b/g, 1],
      [/\btwice\b|\bboth(?: of us)?\b/g, 2],
    ],
    half: /\band a half\b/,
  },
  de: {
    minus: /^minus$/,
    point: /^komma$/,
    or: /(?:^| )(?:oder|bis|zwischen)(?: |$)/,
    again: /(?:^| )(?:nein|moment|ich meine|doch lieber|falsch|sondern)(?: |$)/g,
    names: [
      [/(?:^| )nur ich(?: |$)/g, 1],
      [/(?:^| )(?:ein )?halbes dutzend(?: |$)/g, 6],
      [/(?:^| )anderthalb(?: |$)/g, 1.5],
      [/(?:^| )(?:zu zweit)(?: |$)/g, 2],
      [/(?:^| )(?:zu dritt)(?: |$)/g, 3],
      [/(?:^| )(?:zu viert)(?: |$)/g, 4],
    ],
    half: /(?:^| )(?:und ein(?:e|en)? halbe?[ns]?)(?: |$)/,
  },
  es: {
    minus: /^menos$/,
    point: /^coma$/,
    or: /(?:^| )(?:o|entre|hasta)(?: |$)/,
    again: /(?:^| )(?:no|perdón|digo|mejor|quiero decir)(?: |$)/g,
    names: [
      [/(?:^| )(?:solo yo|yo solo|yo sola)(?: |$)/g, 1],
      [/(?:^| )(?:un )?par(?: de)?(?: |$)/g, 2],
      [/(?:^| )media docena(?: |$)/g, 6],
    ],
    half: /(?:^| )y medi[oa](?: |$)/,
  },
}

const PHRASES = {
  again: {
    en: 'I did not catch the number.',
    de: 'Die Zahl habe ich nicht verstanden.',
    es: 'No he entendido el número.',
  },
  several: {
    en: 'I heard {one} and {other}.',
    de: 'Ich habe {one} und {other} verstanden.',
    es: 'He entendido {one} y {other}.',
  },
  whole: {
    en: 'It must be a whole number.',
    de: 'Es muss eine ganze Zahl sein.',
    es: 'Tiene que ser un número entero.',
  },
  least: {
    en: 'It must be at least {least}.',
    de: 'Es müssen mindestens {least} sein.',
    es: 'Tiene que ser al menos {least}.',
  },
  most: {
    en: 'It can be {most} at most.',
    de: 'Es sind höchstens {most} möglich.',
    es: 'Puede ser {most} como máximo.',
  },
}
const DECIMAL = /^\d+[.,]\d+$/
const MOST = 1_000_000_000

/** All numbers in these words, in their order. */
function numbersIn(text: string, about: About, say: Words): readonly number[] {
  let plain = ` ${text} `
  for (const [name, value] of say.names) plain = plain.replace(name, ` ${value} `)
  const half = say.half.test(plain) ? 0.5 : 0
  const tokens = tokensOf(plain.replace(say.half, ' ').replace(/(\d)\s*(?:%|€|\$|£|°)/g, '$1'))
  const found: number[] = []
  for (let at = 0; at < tokens.length; ) {
    const word = tokens[at] ?? ''
    const isMinus = say.minus.test(word) || /^-\d/.test(word)
    const from = say.minus.test(word) ? at + 1 : at
    const bare = (tokens[from] ?? '').replace(/^-/, '')
    const isThousands = about.language.code !== 'en' && /^\d{1,3}(?:\.\d{3})+$/.test(bare)
    if (isThousands || (DECIMAL.test(bare) && !/^\d{1,3}(?:,\d{3})+$/.test(bare))) {
      const value = Number(isThousands ? bare.replaceAll('.', '') : bare.replace(',', '.'))
      found.push(isMinus ? -value : value)
      at = from + 1
      continue
    }
    const number = /^-?\d+$/.test(tokens[from] ?? '')
      ? { value: Number(bare), to: from + 1 }
      : numberAt(tokens, from, about.language)
    if (number === undefined) {
      at++
      continue
    }
    let { value, to } = number
    if (say.point.test(tokens[to] ?? '')) {
      let decimals = ''
      for (
        let digit = numberAt(tokens, to + 1, about.language);
        digit && decimals.length < 6;
        digit = numberAt(tokens, to + 1, about.language)
      ) {
        decimals += String(digit.value)
        to = digit.to - 1
      }
      if (decimals !== '') value = Number(`${value}.${decimals}`)
      to++
    }
    found.push(isMinus ? -value : value)
    at = Math.max(to, at + 1)
  }
  const last = found.at(-1)
  return half > 0 && last !== undefined ? [...found.slice(0, -1), last + half] : found
}

/** A number: "a couple", "twenty five", "three point five", "two, no, three". Of two different ones it is not known which is meant. */
export function readAmount(
  words: string,
  about: About,
  { least = 0, most = MOST, decimals = false }: Amount,
): Reading<number> {
  const { again, several, whole, least: tooFew, most: tooMany } = PHRASES
  const say = WORDS[about.language.code] ?? WORDS.en
  if (!say || isNothing(words)) return unclear(again, about)
  const plain = words
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[!?;:]|,(?!\d)|(?<=\p{L})-(?=\p{L})/gu, ' ')
    .replace(/\s+/g, ' ')
  const parts = plain.split(say.again)
  const numbers = parts.map(part => numbersIn(part, about, say)).filter(found => found.length > 0)
  const last = numbers.at(-1) ?? []
  const [first, ...others] = last
  if (first === undefined) return unclear(again, about)
  const other = others.find(one => one !== first)
  const value = other === undefined ? first : undefined
  if (value === undefined) {
    const said = wordsIn(several, about).replace('{one}', String(first)).replace('{other}', String(other))
    return { kind: 'unclear', why: said }
  }
  if (!decimals && !Number.isInteger(value)) return unclear(whole, about)
  if (value < least) return { kind: 'unclear', why: wordsIn(tooFew, about).replace('{least}', String(least)) }
  if (value > most) return { kind: 'unclear', why: wordsIn(tooMany, about).replace('{most}', String(most)) }
  return { kind: 'value', value }
}
