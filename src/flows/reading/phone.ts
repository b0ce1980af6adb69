import type { Language } from '../../conversation/language.ts'
import { saidDigits } from '../../conversation/turn/said-digits.ts'
import type { About, Reading } from '../collector.ts'
import { unclear, wordsIn } from '../collector.ts'
import { numberAt } from './numbers-in-words.ts'
import { isNothing, tokensOf } from './words.ts'

const MORE_NAMES: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  en: new Map([
    ['o', '0'],
    ['nought', '0'],
    ['nil', '0'],
  ]),
  de: new Map([
    ['ein', '1'],
    ['zwo', '2'],
  ]),
  es: new Map([['un', '1']]),
}
const PLUS: Readonly<Record<string, RegExp>> = {
  en: /^\W*\+|^(?:(?:it's|it is|that's|my|number|phone|is|the|sure|yes|yeah|no)\W+)*plus\b/i,
  de: /^\W*\+|^(?:(?:das|ist|meine|nummer|telefonnummer|die|ja|nein)\W+)*plus\b/i,
  es: /^\W*\+|^(?:(?:es|el|mi|número|teléfono|sí|no)\W+)*más\b/i,
}
const LAST: Readonly<Record<string, RegExp>> = {
  en: /\b(?:last|ends?|ending|at the end)\b/i,
  de: /\b(?:letzte[nr]?|endet|hinten|am ende)\b/i,
  es: /últim[oa]s?|\btermina\b|\bal final\b/i,
}
const NOT: Readonly<Record<string, RegExp>> = {
  en: /\b(?:not|instead of|isn't)\b/i,
  de: /\b(?:nicht|statt|anstatt)\b/i,
  es: /\b(?:y no|en vez de|en lugar de)\b/i,
}
/** "Four nine, no, five nine": what follows replaces as many digits. */
const RETAKE: Readonly<Record<string, RegExp>> = {
  en: /\b(?:no wait|wait no|i mean|sorry|scratch that|correction|no)\b[,.]?/gi,
  de: /\b(?:nein|moment|ich meine|falsch|entschuldigung)\b[,.]?/gi,
  es: /\b(?:no|perdón|perdona|digo|mejor dicho)\b[,.]?/gi,
}
const AGAIN_WORDS: Readonly<Record<string, RegExp>> = {
  en: /\b(?:this number|the (?:number|one) i(?:'m| am) calling from|same number|this one)\b/i,
  de: /\b(?:diese nummer|von der ich anrufe|die gleiche nummer)\b/i,
  es: /\b(?:este número|desde el que llamo|el mismo número)\b/i,
}
const PHRASES = {
  again: {
    en: 'I did not catch the number.',
    de: 'Die Nummer habe ich nicht verstanden.',
    es: 'No he entendido el número.',
  },
  rest: {
    en: 'I have {digits} so far. How does it go on?',
    de: 'Bis jetzt habe ich {digits}. Wie geht es weiter?',
    es: 'Tengo {digits} hasta ahora. ¿Cómo sigue?',
  },
  long: {
    en: 'That has too many digits for a telephone number.',
    de: 'Das sind zu viele Ziffern für eine Telefonnummer.',
    es: 'Son demasiadas cifras para un teléfono.',
  },
  which: {
    en: 'I am not sure which digits you mean.',
    de: 'Ich weiß nicht, welche Ziffern gemeint sind.',
    es: 'No sé qué cifras quiere decir.',
  },
  say: { en: 'Please say the digits.', de: 'Bitte sagen Sie die Ziffern.', es: 'Diga las cifras, por favor.' },
}
const MOST_DIGITS = 15

/** The digits of all parts between commas: "thirty, one" is 301 and no 31. */
const digitsIn = (text: string, language: Language): string =>
  text
    .replace(/[()/–-]|\.(?!\d)/g, ' ')
    .split(/[,;.]/)
    .map(part => digitsOfPart(tokensOf(part), language))
    .join('')

function digitsOfPart(tokens: readonly string[], language: Language): string {
  const { times } = language.digits
  let digits = ''
  for (let at = 0; at < tokens.length; ) {
    let to = at + 1
    // "Eight hundred" is 800, and what follows comes after it.
    if (/^(?:hundred|thousand)$/.test(tokens[to] ?? '')) {
      digits += String(numberAt(tokens.slice(0, to + 1), at, language)?.value ?? '')
      at = to + 1
      continue
    }
    if (times.has(tokens[at] ?? '')) to++
    // "Twenty three" is one number; Germans say it in one word.
    else if (language.code !== 'de')
      while (to < tokens.length && isGroup(tokens[to] ?? '', language) && !isHundred(tokens[to + 1])) to++
    const found = numberAt(tokens, at, language)
    const isBig =
      found !== undefined &&
      found.value > 99 &&
      !/\d/.test(tokens[at] ?? '') &&
      (language.code !== 'en' || found.to <= to)
    digits += isBig
      ? String(found.value)
      : saidDigits(
          tokens
            .slice(at, to)
            .map(token => token.replace(/\D*(\d+)\D*/, '$1'))
            .join(' '),
          language,
          MORE_NAMES[language.code],
        )
    at = isBig ? found.to : to
  }
  return digits
}

const isHundred = (word: string | undefined): boolean => /^(?:hundred|thousand)$/.test(word ?? '')
/** Whether the word only goes on with the number before it: "twenty" THREE, "sesenta" Y "cinco". */
const isGroup = (word: string, { digits }: Language): boolean => digits.names.has(word) || digits.between.has(word)

/** Digits with what the caller corrects at once: "five five five, no, five five six" is 556. */
function retaken(text: string, language: Language): string {
  const parts = text.split(RETAKE[language.code] ?? /(?!)/).map(part => digitsIn(part, language))
  return parts.reduce((before, after) => {
    if (before === '' || after === '') return before + after
    return after.length >= before.length ? after : before.slice(0, before.length - after.length) + after
  }, '')
}

/** A telephone number, in digits with "double" and "oh", in groups, or in parts over several turns. `+` stays. */
export function readPhone(words: string, about: About, before: string | undefined, least: number): Reading<string> {
  const { language } = about
  const { again, rest, long, which, say } = PHRASES
  if (isNothing(words)) return unclear(again, about)
  if (AGAIN_WORDS[language.code]?.test(words) && digitsIn(words, language).length < 2) return unclear(say, about)
  const isWhole = before !== undefined && before.replace(/\D/g, '').length >= least
  if (before !== undefined && isWhole) {
    const [by, old] = (NOT[language.code]?.test(words) ? words.split(NOT[language.code] ?? /(?!)/) : []).map(part =>
      digitsIn(part, language),
    )
    if (by && old) {
      const places = before.split(old).length - 1
      if (places !== 1) return unclear(which, about)
      return { kind: 'value', value: before.replace(old, by), inDoubt: true }
    }
    // "The last two digits are four five": "two" says how many.
    const last = LAST[language.code] ?? /(?!)/
    if (last.test(words)) {
      const after = words
        .replace(/^.*?(?:\blast|\bletzte[nr]?|últim[oa]s?)\b/i, '')
        .replace(/^\s*(?:\w+\s+)?(?:digits?|ziffern?|cifras?|numbers?|números?)\b/i, '')
      const tail = digitsIn(after.replace(/^\s*\p{L}+\s+(?=(?:are|is|sind|son)\b)/u, ''), language)
      if (tail === '' || tail.length >= before.length) return unclear(which, about)
      return { kind: 'value', value: before.slice(0, -tail.length) + tail, inDoubt: true }
    }
  }
  const digits = retaken(words, language)
  if (digits === '') return unclear(again, about)
  const plus = PLUS[language.code]?.test(words) ? '+' : ''
  const all = before !== undefined && !isWhole && plus === '' && digits.length < least ? before + digits : plus + digits
  const count = all.replace(/\D/g, '').length
  if (count > MOST_DIGITS) return unclear(long, about)
  if (count < least && isWhole) return unclear(which, about)
  if (count < least)
    return { kind: 'more', value: all, ask: wordsIn(rest, about).replace('{digits}', sayPhone(all, about)) }
  return { kind: 'value', value: all }
}

const PLUS_SAID: Readonly<Record<string, string>> = { en: 'plus', de: 'plus', es: 'más' }

/** The digits one by one, in groups of three: "0 3 0, 1 2 3, 4 5 6 7". */
export function sayPhone(phone: string, { language }: About, size = 3): string {
  const digits = phone.replace(/\D/g, '')
  const groups: string[] = []
  for (let at = 0; at < digits.length; ) {
    const left = digits.length - at
    const length = left === size + 1 && size > 1 ? left : Math.min(size, left)
    groups.push([...digits.slice(at, at + length)].join(' '))
    at += length
  }
  return (phone.startsWith('+') ? `${PLUS_SAID[language.code] ?? 'plus'} ` : '') + groups.join(', ')
}
