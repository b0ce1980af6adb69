import { distance } from 'fastest-levenshtein'
import { bareText } from '../../conversation/turn/utterance.ts'
import type { About, Reading } from '../collector.ts'
import { unclear, wordsIn } from '../collector.ts'
import { isNothing } from './words.ts'

/** The value of an option, and the words by which callers name it in this language. */
export interface Option {
  readonly value: string
  readonly names: readonly string[]
}

interface Words {
  readonly or: string
  readonly and: string
  readonly places: readonly string[]
  readonly last: RegExp
  readonly none: RegExp
  readonly all: RegExp
  readonly except: RegExp
  readonly add: RegExp
  readonly not: RegExp
  readonly again: RegExp
  /** All up to a no, where that is no "not" too. */
  readonly no?: RegExp
}

const WORDS: Readonly<Record<string, Words>> = {
  en: {
    or: 'or',
    and: 'and',
    places: [
      '(?:the )?first(?: one)?',
      '(?:the )?second(?: one)?',
      '(?:the )?third(?: one)?',
      '(?:the )?fourth(?: one)?',
      '(?:the )?fifth(?: one)?',
    ],
    last: /^(?:the )?last(?: one)?$/,
    none: /^(?:(?:no|um|uh|just|please|thanks|thank you|i want|i'd like) )*(?:none|nothing|nothing else|no thanks|no thank you|no|neither|plain|without anything|none of (?:them|those|these)|no extras|not any)(?: (?:please|thanks|on it|extra|else))*$/,
    all: /\b(?:all of (?:them|it|those)|everything|the lot|all three|all four|all|both)\b/,
    except: /\b(?:except(?: for)?|but not|but no|but without|all but|everything but|apart from|other than)\b/,
    add: /\b(?:add|also|plus|as well|too|on top|another)\b/,
    not: /(?:\b(?:no|not|without|hold|remove|skip|leave (?:off|out)|take (?:off|out|away)|minus|isn't|wasn't|instead of|rather than)(?: (?:the|a|an|any|that))?) $/,
    again: /\b(?:no wait|wait|i mean|scratch that|sorry|actually|make (?:it|that)|changed my mind)\b/g,
    no: /^(?:.* )?(?:no|nope)(?= )(?! (?:the|a|an|any)\b)/,
  },
  de: {
    or: 'oder',
    and: 'und',
    places: [
      '(?:das|die|der|den) erste',
      '(?:das|die|der|den) zweite',
      '(?:das|die|der|den) dritte',
      '(?:das|die|der|den) vierte',
      '(?:das|die|der|den) fünfte',
    ],
    last: /^(?:das|die|der|den) letzten?$/,
    none: /^(?:(?:ich|möchte|will|bitte|nein|danke) )*(?:nichts|keine|keins|keinen|nein|nein danke|ohne alles|gar nichts)(?: (?:bitte|danke|davon|extra|mehr))*$/,
    all: /(?:^| )(?:alles|alle|beide|beides)(?: |$)/,
    except: /(?:^| )(?:außer|bis auf|aber nicht|aber ohne|aber keine?)(?: |$)/,
    add: /(?:^| )(?:noch|dazu|auch|zusätzlich|plus)(?: |$)/,
    not: /(?:^| )(?:nicht|ohne|keine?|keinen|statt|anstatt)(?: (?:das|die|den|der|dem))? $/,
    again: /(?:^| )(?:nein warte|moment|ich meine|doch lieber|sondern)(?: |$)/g,
    no: /^(?:.* )?(?:nein|nee|nö)(?= )/,
  },
  es: {
    or: 'o',
    and: 'y',
    places: [
      '(?:el|la) primer[oa]?',
      '(?:el|la) segund[oa]',
      '(?:el|la) tercer[oa]?',
      '(?:el|la) cuart[oa]',
      '(?:el|la) quint[oa]',
    ],
    last: /^(?:el|la) últim[oa]$/,
    none: /^(?:(?:quiero|por favor|gracias|no) )*(?:nada|ningun[oa]|no|no gracias|nada más|sin nada)(?: (?:por favor|gracias|más))*$/,
    all: /(?:^| )(?:todo|todos|todas|ambos|los dos|las dos)(?: |$)/,
    except: /(?:^| )(?:menos|excepto|salvo|pero sin|pero no)(?: |$)/,
    add: /(?:^| )(?:también|además|añade|más|agrega)(?: |$)/,
    not: /(?:^| )(?:no|sin|en vez de|en lugar de|quita)(?: (?:el|la|los|las))? $/,
    again: /(?:^| )(?:no espera|espera|digo|perdón|mejor|quiero decir)(?: |$)/g,
  },
}

const PHRASES = {
  unknown: { en: 'There is {all}.', de: 'Es gibt {all}.', es: 'Hay {all}.' },
  which: { en: 'Do you mean {some}?', de: 'Meinen Sie {some}?', es: '¿Quiere decir {some}?' },
}
const MOST_SAID = 7
const COURTESY = /(?:^| )(?:please|thanks|thank you|bitte|danke|por favor|gracias|um|uh)(?= |$)/g

/** "small, medium or large". */
export function listOf(words: readonly string[], last: string): string {
  if (words.length < 2) return words[0] ?? ''
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}

export const andIn = ({ language }: About): string => (WORDS[language.code] ?? WORDS.en)?.and ?? 'and'

interface Place {
  readonly option: Option
  readonly from: number
  readonly to: number
}

const stem = (word: string): string => word.replace(/(?:es|s|n|e)$/u, '')

/** Where the options are named in the text, the longest names first, so that "extra large" is not "large". */
function placesIn(text: string, options: readonly Option[]): readonly Place[] {
  const names = options
    .flatMap(option => option.names.map(name => ({ option, name: bareText(name) })))
    .sort((one, other) => other.name.length - one.name.length)
  const places: Place[] = []
  const isFree = (from: number, to: number) => places.every(place => to <= place.from || from >= place.to)
  const words = [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({ word, from: index, to: index + word.length }))
  for (const isExact of [true, false]) {
    for (const { option, name } of names) {
      const size = name.split(' ').length
      for (let at = 0; at + size <= words.length; at++) {
        const some = words.slice(at, at + size)
        const [from, to] = [some[0]?.from ?? 0, some.at(-1)?.to ?? 0]
        const said = text.slice(from, to)
        const isSame = isExact
          ? said === name || some.every(({ word }, index) => stem(word) === stem(name.split(' ')[index] ?? ''))
          : isHeardAs(said, name)
        if (isSame && isFree(from, to)) places.push({ option, from, to })
      }
    }
  }
  return places.sort((one, other) => one.from - other.from)
}

/** A long name with a letter or two misheard; short ones are too easily something else. */
function isHeardAs(said: string, name: string): boolean {
  if (name.length < 5 || said[0] !== name[0]) return false
  return distance(said, name) <= (name.length > 7 ? 2 : 1)
}

/** What was named, and what was named to be left out. */
function namedIn(
  text: string,
  options: readonly Option[],
  say: Words,
): { readonly wanted: readonly string[]; readonly unwanted: readonly string[] } {
  const wanted = new Set<string>()
  const unwanted = new Set<string>()
  let isOut = false
  let end = 0
  for (const { option, from, to } of placesIn(text, options)) {
    // "No onions or peppers": what follows with "or" and "and" is left out as well.
    const between = text.slice(end, from)
    if (say.not.test(` ${between}`)) isOut = true
    else if (!(isOut && new RegExp(`^ (?:${say.or}|${say.and}) $`).test(between))) isOut = false
    const [into, other] = isOut ? [unwanted, wanted] : [wanted, unwanted]
    into.add(option.value)
    other.delete(option.value)
    end = to
  }
  return { wanted: [...wanted], unwanted: [...unwanted] }
}

function unknown(options: readonly Option[], about: About, say: Words): Reading<never> {
  const names = options.slice(0, MOST_SAID).map(({ names: [name = ''] }) => name)
  return { kind: 'unclear', why: wordsIn(PHRASES.unknown, about).replace('{all}', listOf(names, say.and)) }
}

/** One of the options: by its name, a synonym, or its place ("the second one"). What was corrected counts last. */
export function readChoice(words: string, about: About, options: readonly Option[]): Reading<string> {
  const say = WORDS[about.language.code] ?? WORDS.en
  if (!say) return { kind: 'unclear', why: '' }
  if (isNothing(words)) return unknown(options, about, say)
  const parts = bareText(words)
    .split(say.again)
    .map(part => part.trim())
    .filter(part => part !== '')
  for (const part of parts.reverse()) {
    // "No, small" and "large, no, small": of one choice a no takes back what was before it.
    const taken = say.no === undefined ? part : part.replace(say.no, '')
    const { wanted } = namedIn(taken, options, say)
    const [only, ...others] = wanted
    if (only !== undefined && others.length === 0) return { kind: 'value', value: only }
    if (only !== undefined) {
      const names = wanted.map(value => options.find(option => option.value === value)?.names[0] ?? value)
      return unclear(wordsIn(PHRASES.which, about).replace('{some}', listOf(names, say.or)), about)
    }
    const bare = taken.replace(COURTESY, '').trim()
    const place = say.places.findIndex(pattern => new RegExp(`^(?:${pattern})$`, 'u').test(bare))
    const option = say.last.test(bare) ? options.at(-1) : options[place]
    if (option !== undefined) return { kind: 'value', value: option.value }
  }
  return unknown(options, about, say)
}

/** Some of the options, also none and all: "everything but olives"; after a choice "add onions", "no mushrooms". */
export function readSeveral(
  words: string,
  about: About,
  options: readonly Option[],
  before: readonly string[] | undefined,
): Reading<readonly string[]> {
  const say = WORDS[about.language.code] ?? WORDS.en
  if (!say) return { kind: 'unclear', why: '' }
  // "No, mushrooms" is an answer, "no mushrooms" leaves them out.
  const text = bareText(words.replace(/^\s*(?:no|nope|nein|nee)\s*[,.!]\s*(?=\p{L})/iu, ''))
  const inOrder = (values: ReadonlySet<string>): Reading<readonly string[]> => ({
    kind: 'value',
    value: options.map(({ value }) => value).filter(value => values.has(value)),
  })
  if (say.none.test(text)) return { kind: 'value', value: [] }
  if (isNothing(words)) return unknown(options, about, say)
  const [part = ''] = text
    .split(say.again)
    .map(one => one.trim())
    .filter(one => one !== '')
    .slice(-1)
  const { wanted, unwanted } = namedIn(part, options, say)
  if (say.all.test(part) && (say.except.test(part) || wanted.length === 0)) {
    const [, rest = ''] = part.split(say.except)
    const out = new Set([...unwanted, ...namedIn(rest, options, say).wanted])
    return inOrder(new Set(options.map(({ value }) => value).filter(value => !out.has(value))))
  }
  if (wanted.length === 0 && unwanted.length === 0) return unknown(options, about, say)
  const isChange = before !== undefined && (wanted.length === 0 || unwanted.length > 0 || say.add.test(part))
  const from = isChange ? before : []
  return inOrder(new Set([...from, ...wanted].filter(value => !unwanted.includes(value))))
}
