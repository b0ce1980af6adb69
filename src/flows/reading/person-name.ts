import { distance } from 'fastest-levenshtein'
import type { About, Reading } from '../collector.ts'
import { unclear } from '../collector.ts'
import { COMMON_NAMES } from './common-names.ts'
import { corrected } from './corrected.ts'
import { type Spelt, speltIn } from './letters.ts'
import { isNothing, isRefused, tokensOf, withoutFrame } from './words.ts'

const BEFORE: Readonly<Record<string, RegExp>> = {
  en: /^(?:(?:um|uh|er|erm|well|so|oh|yes|yeah|yep|sure|okay|ok|hi|hello|hey|right|and|no|sorry|actually|please|of course)[,.!]?\s+|(?:it's|it is|its|that's|that is|that would be|this is|i'm|i am|call me|put it under|put|under|you can call me|the name is|the name's|name's|name is|(?:my|the|his|her)(?: (?:full|first|last|family|given|sur))?\s?name(?: is|'s)|for|i said|i mean|make it|make that)[,:]?\s+)/i,
  de: /^(?:(?:äh|ähm|also|ja|nein|hallo|guten (?:tag|morgen|abend)|okay|gern|bitte|doch|und)[,.!]?\s+|(?:mein (?:vor|nach)?name ist|ich heiße|ich bin|das ist|hier ist|hier spricht|der name ist|auf den namen|auf|für|es ist)[,:]?\s+)/i,
  es: /^(?:(?:eh|pues|sí|si|no|hola|buenas|buenos días|vale|claro)[,.!]?\s+|(?:me llamo|mi (?:nombre|apellido) es|soy|es|a nombre de|el nombre es)[,:]?\s+)/i,
}
const AFTER =
  /[,.]?\s+(?:please|thanks|thank you|bitte|danke|por favor|gracias|that's it|here|speaking|am apparat|(?:that(?:'s| is) |it's |it is )?(?:spelled|spelt)|is my name|(?:ist )?mein name)[.!]?$/i
/** Words that say which name is meant, and are none. */
const LABELS =
  /^(?:first|last|family|given|full|sur|surname|name|names|spelled|spelt|spelling|it's|its|that's|that|is|and|then|space|new|word|with|vorname|nachname|familienname|buchstabiert|geschrieben|leerzeichen|und|dann|nombre|apellido|apellidos|espacio|se|escribe|deletreado|with|again)$/
const SPACES = /^(?:space|leerzeichen|espacio)$/
const SMALL = /^(?:de|del|la|las|los|van|von|der|den|zu|zum|da|dos|di|du|le|al|bin|ibn|y|e)$/
/** Texts that are an answer to something else. */
const NO_NAME =
  /^(?:what|why|who|how|where|when|can|could|do|does|i|is|are|yes|no|nope|nein|ja|sí|warum|wieso|was|wie|qué|que|por qué|quién|anonymous|nobody|customer|caller|user|guest|test)$/
/** Words of sentences, which no name has: "can you repeat that" is none. */
const SENTENCE =
  /(?<!\p{L})(?:can|could|would|should|you|your|repeat|that|this|those|what|which|where|when|how|again|understand|hear|heard|have|has|had|not|please|wrong|incorrect|correct|right|like|order|about|können|könnten|sie|wiederholen|nochmal|nicht|falsch|richtig|stimmt|habe|puede|podría|usted|repetir|otra vez|está|correcto|incorrecto|mal|quiero)(?!\p{L})/u
const MOST_WORDS = 6
const MOST_LETTERS = 60

const AGAIN = {
  en: 'I did not catch the name.',
  de: 'Den Namen habe ich nicht verstanden.',
  es: 'No he entendido el nombre.',
}
const WHICH = {
  en: 'I am not sure which letter you mean.',
  de: 'Ich weiß nicht, welcher Buchstabe gemeint ist.',
  es: 'No sé qué letra quiere decir.',
}

const capital = (word: string): string =>
  SMALL.test(word)
    ? word
    : word
        .replace(/(?<![\p{L}])\p{L}/gu, letter => letter.toUpperCase())
        .replace(/^Mc(\p{L})/u, (_, letter: string) => `Mc${letter.toUpperCase()}`)

/** "anna de la cruz" as it is written: "Anna de la Cruz". */
function asName(words: readonly string[]): string {
  const [first = '', ...others] = words
  const all = [first, ...others].map(capital)
  return all.join(' ').replace(/^\p{L}/u, letter => letter.toUpperCase())
}

/** Whether the letters spell this word as it may have been heard. */
const isSpellingOf = (letters: string, word: string): boolean =>
  letters === word || distance(letters, word) <= Math.max(1, Math.floor(Math.max(letters.length, word.length) / 2))

/** A spelling of two words without a break between them, as these two were heard. */
function twoIn(letters: string, [first = '', second = '']: readonly string[]): readonly string[] | undefined {
  if (second === '' || letters.length < first.length + second.length - 2) return undefined
  const cuts = Array.from({ length: Math.max(0, letters.length - 3) }, (_, index) => index + 2)
  const ways = cuts.map(cut => [letters.slice(0, cut), letters.slice(cut)] as const)
  const off = ([one, other]: readonly [string, string]) => distance(one, first) + distance(other, second)
  const [best] = ways.sort((one, other) => off(one) - off(other))
  return best !== undefined && off(best) <= 3 ? best : undefined
}

/** The words of the name, with spellings in the place of the words that they spell. */
function namesIn(tokens: readonly string[], spelt: readonly Spelt[]): readonly string[] {
  const names: string[] = []
  let at = 0
  for (const { from, to, letters } of [...spelt, { from: tokens.length, to: tokens.length, letters: '' }]) {
    names.push(...tokens.slice(at, from).filter(token => !LABELS.test(token) || SPACES.test(token)))
    at = to
    if (letters === '') continue
    const two = twoIn(letters, names.slice(-2))
    const heard = names.findLastIndex(name => !SPACES.test(name) && isSpellingOf(letters, name))
    if (two !== undefined) names.splice(-2, 2, ...two)
    else if (heard < 0) names.push(letters)
    else names[heard] = letters
  }
  return names.filter(name => !SPACES.test(name))
}

/** A person's name, said, spelt, or both: "Anna Miller", "Shayne, S H A Y N E", "Miler with two Ls" after "Miler". */
export function readName(words: string, about: About, before: string | undefined): Reading<string> {
  const { language } = about
  if (isNothing(words)) return unclear(AGAIN, about)
  if (before !== undefined) {
    const correction = corrected(before, words, language)
    if (correction.kind === 'corrected') return { kind: 'value', value: correction.text, inDoubt: true }
    if (correction.kind === 'where') return unclear(WHICH, about)
  }
  const bare = withoutFrame(words.toLowerCase(), BEFORE[language.code] ?? /^$/, AFTER)
  const tokens = tokensOf(bare).filter(token => /\p{L}/u.test(token))
  const spelt = speltIn(tokens, language)
  const names = namesIn(tokens, spelt)
  const name = asName(names)
  const isName = names.length > 0 && names.length <= MOST_WORDS && name.length <= MOST_LETTERS && !/[\d@_/&]/.test(bare)
  if (
    !isName ||
    NO_NAME.test(names.join(' ')) ||
    SENTENCE.test(names.join(' ')) ||
    isRefused(words) ||
    name.replace(/\P{L}/gu, '').length < 2
  )
    return unclear(AGAIN, about)
  const [only] = names
  // "No, M I L L E R": a single spelling corrects the part of the name that it spells.
  if (before !== undefined && names.length === 1 && spelt.length > 0 && only !== undefined) {
    const parts = before.toLowerCase().split(' ')
    const part = parts.findLastIndex(one => isSpellingOf(only, one))
    if (part >= 0 && parts.length > 1) {
      const value = asName(parts.map((one, index) => (index === part ? only : one)))
      return { kind: 'value', value, inDoubt: true }
    }
  }
  return { kind: 'value', value: name, inDoubt: spelt.length > 0 || !names.every(one => COMMON_NAMES.has(one)) }
}
