import { distance } from 'fastest-levenshtein'
import type { Language } from '../../conversation/language.ts'
import { saidDigits } from '../../conversation/turn/said-digits.ts'
import type { About, Reading } from '../collector.ts'
import { unclear, wordsIn } from '../collector.ts'
import { corrected } from './corrected.ts'
import { KNOWN_HOSTS, PROVIDERS, SAID, SIGNS } from './email-words.ts'
import { lettersApart, speltIn } from './letters.ts'
import { withHundreds } from './numbers-in-words.ts'
import { isNothing, isRefused, tokensOf, withoutFrame } from './words.ts'

const BEFORE =
  /^(?:(?:um|uh|er|well|so|oh|yes|yeah|sure|okay|ok|and|no|sorry|actually|please|äh|ähm|also|ja|nein|pues|sí|eh)[,.!]?\s+|(?:it's|it is|its|that's|that is|this is|you can (?:reach|email) me (?:at|on|under)|send it to|i said|i mean|make it|es ist|das ist|die ist|meine ist|es|mi)[,:]?\s+|(?:my|the|meine|die|mi|el)?\s?(?:e-?\s?mail|mail|correo)(?:[- ]?(?:adresse|address|electrónico))?(?: is| ist| lautet| es|'s)?[,:]?\s+|(?:my|the) address is\s+)/i
const AFTER = /[,.]?\s+(?:please|thanks|thank you|bitte|danke|por favor|gracias)[.!]?$/i
const EMPTY =
  /(?<![\p{L}])(?:(?:all|as) (?:in )?(?:one word|lower ?case|together|small letters?)|one word|lower ?case|no spaces?|without spaces|(?:alles )?(?:klein|zusammen)(?:geschrieben)?|ein wort|ohne leerzeichen|todo junto|todo en minúsculas?|sin espacios|um|uh|erm|äh|ähm|okay|ok)(?![\p{L}])/gu
/** How ".com" is misheard. */
const MISHEARD: Readonly<Record<string, string>> = {
  calm: 'com',
  comm: 'com',
  come: 'com',
  kom: 'com',
  con: 'com',
  komm: 'com',
  nett: 'net',
}
const ENDS = /^(?:com|net|org|de|es|uk|eu|io|edu|info|co|me|at|ch|fr|it|us|ca|mx|ar)$/
const SPLIT_NAMES: readonly (readonly [RegExp, string])[] = [
  [/(?<![\p{L}])g[- ]?mail(?![\p{L}])/gu, 'gmail'],
  [/(?<![\p{L}])(?:hot|hop) mail(?![\p{L}])/gu, 'hotmail'],
  [/(?<![\p{L}])(?:i|eye) cloud(?![\p{L}])/gu, 'icloud'],
  [/(?<![\p{L}])out look(?![\p{L}])/gu, 'outlook'],
  [/(?<![\p{L}])g ?m ?x(?![\p{L}])/gu, 'gmx'],
  [/(?<![\p{L}])a ?o ?l(?![\p{L}])/gu, 'aol'],
]
const LOCAL = /^[a-z\d](?:[a-z\d._+-]*[a-z\d_])?$/
const HOST = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,4}[a-z]{2,12}$/
const MOST_LOCAL = 64

const PHRASES = {
  again: {
    en: 'I did not catch the e-mail address.',
    de: 'Die E-Mail-Adresse habe ich nicht verstanden.',
    es: 'No he entendido el correo.',
  },
  host: { en: 'And what comes after the at?', de: 'Und was kommt nach dem ät?', es: '¿Y qué va después de la arroba?' },
  which: {
    en: 'I am not sure which place you mean.',
    de: 'Ich weiß nicht, welche Stelle gemeint ist.',
    es: 'No sé qué parte quiere decir.',
  },
}

const signsIn = (language: Language) => SIGNS[language.code] ?? SIGNS.en ?? []

const patterns = new Map<string, RegExp>()

/** All names of signs in a language, made once. */
function signNames(language: Language): RegExp {
  const known = patterns.get(language.code)
  if (known) return known
  const names = signsIn(language).map(([name]) => name)
  const pattern = new RegExp(`(?<=\\s)(${names.join('|')})(?=[\\s,.]|$)[,.]?`, 'gu')
  patterns.set(language.code, pattern)
  return pattern
}

/** The words, in lower case, with signs in the place of their names. */
function withSigns(text: string, language: Language): string {
  const signs = new Map(signsIn(language))
  return ` ${text} `
    .replace(/(?<=[\p{L}\p{N}])[,;](?= )/gu, '')
    .replace(signNames(language), (_, name: string) => signs.get(name) ?? name)
    .trim()
}

/** The tokens of a part as it is written: spellings in the place of the words that they spell, numbers in figures. */
function written(tokens: readonly string[], language: Language): string {
  const spelt = speltIn(tokens, language)
  const parts: string[] = []
  let at = 0
  for (const { from, to, letters } of [...spelt, { from: tokens.length, to: tokens.length, letters: '' }]) {
    const words = withHundreds(tokens.slice(at, from), language)
    for (let index = 0; index < words.length; ) {
      // A row of number words is read as a whole: "nineteen eighty four" is 1984.
      let end = index
      while (end < words.length && saidDigits(words[end] ?? '', language) !== '') end++
      while (end < words.length && end > index && language.digits.times.has(words[end] ?? '')) end++
      const times = language.digits.times.has(words[index] ?? '') && saidDigits(words[index + 1] ?? '', language) !== ''
      if (times && end === index) end = index + 2
      const isNumber = end > index && !(end === index + 1 && /^(?:oh|o)$/.test(words[index] ?? ''))
      parts.push(isNumber ? saidDigits(words.slice(index, end).join(' '), language) : (words[index] ?? ''))
      index = isNumber ? end : index + 1
    }
    at = to
    if (letters === '') continue
    const last = parts.at(-1)
    const isSame =
      last !== undefined &&
      /^\p{L}+$/u.test(last) &&
      (last === letters || distance(last, letters) <= Math.max(1, Math.floor(letters.length / 2)))
    if (isSame) parts.pop()
    parts.push(letters)
  }
  return parts
    .join('')
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/[\u0300-\u036f']/g, '')
}

interface Host {
  readonly host: string
  readonly isGuessed: boolean
}

function hostOf(tokens: readonly string[], language: Language): Host | undefined {
  const raw = written(tokens, language).replace(/^\.+|\.+$/g, '')
  const known = PROVIDERS[raw]
  if (known !== undefined) return { host: known, isGuessed: true }
  const last = tokens.at(-1) ?? ''
  const dotless =
    !raw.includes('.') && tokens.length > 1 && ENDS.test(last)
      ? `${written(tokens.slice(0, -1), language)}.${last}`
      : raw
  const heard = dotless.replace(/\.([a-z]+)$/, (all, end: string) =>
    MISHEARD[end] === undefined ? all : `.${MISHEARD[end]}`,
  )
  return HOST.test(heard) ? { host: heard, isGuessed: heard !== raw } : undefined
}

/** An e-mail address in words, spelt, or as it is written: "anna dot miller at gmail dot com". */
export function readEmail(words: string, about: About, before: string | undefined): Reading<string> {
  const { language } = about
  const { again, host: askHost, which } = PHRASES
  if (isNothing(words) || isRefused(words)) return unclear(again, about)
  if (before?.includes('@')) {
    // "Dash, not dot" is about the name, where that has a dot.
    const [local = '', host = ''] = before.split('@')
    const signs = new Map(signsIn(language))
    const inLocal = corrected(local, words, language, signs)
    const inHost = inLocal.kind === 'none' ? corrected(host, words, language, signs) : inLocal
    if (inHost.kind === 'where') return unclear(which, about)
    const value =
      inLocal.kind === 'corrected'
        ? `${inLocal.text}@${host}`
        : inHost.kind === 'corrected'
          ? `${local}@${inHost.text}`
          : ''
    if (isEmail(value)) return { kind: 'value', value, inDoubt: true }
  }
  const bare = SPLIT_NAMES.reduce(
    (text, [split, name]) => text.replace(split, name),
    withoutFrame(words.toLowerCase(), BEFORE, AFTER).replace(EMPTY, ' ').replace(/\s+/g, ' '),
  )
  const signed = withSigns(bare, language)
  // "Reach me at anna at gmail": the last one divides the address.
  const at = signed.lastIndexOf('@')
  const ahead = signed.slice(0, Math.max(0, at)).replace(/^.*@/s, '')
  const [first, second] = [tokensOfPart(ahead), tokensOfPart(at < 0 ? signed : signed.slice(at + 1))]
  if (at < 0) {
    const host = hostOf(second, language)
    if (before !== undefined && host !== undefined) return asAddress(before.replace(/@.*$/s, ''), host, about)
    const local = written(second, language)
    const isOne = LOCAL.test(local) && local.length <= MOST_LOCAL && second.length <= 12 && before === undefined
    return isOne ? { kind: 'more', value: local, ask: wordsIn(askHost, about) } : unclear(again, about)
  }
  const local = written(first, language)
  const host = hostOf(second, language)
  const kept = local === '' && before !== undefined ? before.replace(/@.*$/s, '') : local
  if (host === undefined) {
    return LOCAL.test(kept) && second.length === 0
      ? { kind: 'more', value: kept, ask: wordsIn(askHost, about) }
      : unclear(again, about)
  }
  return asAddress(kept, host, about)
}

const tokensOfPart = (text: string): readonly string[] =>
  // Signs keep their own places, so that words around them are read by themselves.
  text.split(/([._+@-])/).flatMap(piece => (/^[._+@-]$/.test(piece) ? [piece] : tokensOf(piece)))

const isEmail = (text: string): boolean => {
  const [local = '', host = '', ...more] = text.toLowerCase().split('@')
  return (
    more.length === 0 && LOCAL.test(local) && !local.includes('..') && local.length <= MOST_LOCAL && HOST.test(host)
  )
}

function asAddress(local: string, { host, isGuessed }: Host, about: About): Reading<string> {
  const value = `${local}@${host}`
  return isEmail(value) ? { kind: 'value', value, inDoubt: isGuessed } : unclear(PHRASES.again, about)
}

/** The address in words: "anna dot miller at gmail dot com". */
export function sayEmail(email: string, { language }: About): string {
  const said = SAID[language.code] ?? SAID.en ?? {}
  return email
    .replace(/[@._+-]/g, sign => ` ${said[sign]} `)
    .replace(/\d+/g, digits => ` ${[...digits].join(' ')} `)
    .replace(/\s+/g, ' ')
    .trim()
}

/** The address with its words spelt: "anna, A N N A, dot miller, M I L L E R, at gmail dot com". */
export function spellEmail(email: string, about: About, isCareful: boolean): string {
  const [local = '', host = ''] = email.split('@')
  const said = SAID[about.language.code] ?? SAID.en ?? {}
  const spelt = (part: string): string =>
    part
      .split(/([._+-]|\d+)/)
      .filter(piece => piece !== '')
      .map(piece => {
        if (/^\d/.test(piece)) return [...piece].join(' ')
        if (piece.length === 1) return said[piece] ?? piece.toUpperCase()
        return isCareful ? `${lettersApart(piece)},` : `${piece}, ${lettersApart(piece)},`
      })
      .join(' ')
  const [first = '', ...ends] = host.split('.')
  const after = KNOWN_HOSTS.has(host)
    ? sayEmail(host, about)
    : `${spelt(first)} ${sayEmail(`.${ends.join('.')}`, about)}`
  return `${spelt(local)} ${said['@']} ${after}`.replace(/,$/, '')
}
