import type { ModelMessage, ScriptedAnswer } from '../scripted-model.ts'
import { type Entry, SENTENCES, WORDS } from './sentences.ts'

const LANGUAGES = ['English', 'German', 'Spanish'] as const
type Place = 0 | 1 | 2

/** Said before what the script has no words for, so that nobody takes it for a translation. */
const UNKNOWN = [
  'The sandbox cannot translate this:',
  'Das kann die Sandbox nicht übersetzen:',
  'El sandbox no sabe traducir esto:',
]
/** Of a sentence that is put together of words, more than this share has to be known. */
const KNOWN_SHARE = 0.5
const MOST_WORDS_TOGETHER = 4

/** What the model of an interpreter says; undefined where it is asked something else. */
export function interpreted(messages: readonly ModelMessage[]): ScriptedAnswer | undefined {
  const system = messages.find(({ role }) => role === 'system')?.content ?? ''
  if (!system.startsWith('You are an interpreter')) return undefined
  const from = placeOf(/has just said in (\w+)/.exec(system)?.[1])
  const to = placeOf(/in spoken (\w+)/.exec(system)?.[1])
  const text = wordsIn(messages.findLast(({ role }) => role === 'user')?.content ?? '')
  if (from === undefined || to === undefined || text === undefined) return undefined
  return { kind: 'say', text: translation(text, from, to) }
}

function placeOf(name: string | undefined): Place | undefined {
  const place = (LANGUAGES as readonly (string | undefined)[]).indexOf(name)
  return place < 0 ? undefined : (place as Place)
}

function wordsIn(content: string): string | undefined {
  try {
    const read: unknown = JSON.parse(content)
    const found = typeof read === 'object' && read !== null && 'translate' in read ? read.translate : undefined
    return typeof found === 'string' ? found : undefined
  } catch {
    return undefined
  }
}

/** By a table of sentences and a list of words: the same text always becomes the same one. */
export function translation(text: string, from: Place, to: Place): string {
  const sentences = text.match(/[^.!?]+[.!?]*/g) ?? []
  return sentences.flatMap(sentence => sentenceIn(sentence.trim(), from, to)).join(' ')
}

function sentenceIn(sentence: string, from: Place, to: Place): readonly string[] {
  const bare = sentence.replace(/[.!?¿¡]+/g, '').trim()
  if (bare === '') return []
  const whole = bySentence(bare, from, to) ?? byGreeting(bare, from, to)
  if (whole !== undefined) return [whole]
  const { text, known } = byWords(bare, from, to)
  if (known <= KNOWN_SHARE) return [`${UNKNOWN[to]} ${bare}.`]
  return [`${text.charAt(0).toUpperCase()}${text.slice(1)}${/[?]/.test(sentence) ? '?' : '.'}`]
}

/** "Yes, I would like a room": a word or two before a sentence. */
function byGreeting(bare: string, from: Place, to: Place): string | undefined {
  const [first, rest] = split(bare)
  if (first === undefined || rest === undefined) return undefined
  const opening = wordFor(first, from, to) ?? bySentence(first, from, to)?.replace(/\.$/, '')
  const following = bySentence(rest, from, to)
  if (opening === undefined || following === undefined) return undefined
  const goesOn = /^I\b/.test(following) ? following : following.charAt(0).toLowerCase() + following.slice(1)
  return `${opening.charAt(0).toUpperCase()}${opening.slice(1)}, ${goesOn}`
}

function split(bare: string): readonly [string | undefined, string | undefined] {
  const at = bare.indexOf(',')
  return at < 0 ? [undefined, undefined] : [bare.slice(0, at).trim(), bare.slice(at + 1).trim()]
}

const patterns = new Map<string, RegExp>()

function patternOf(template: string): RegExp {
  const known = patterns.get(template)
  if (known) return known
  const source = alike(template)
    .replace(/[^\p{L}\p{N}{}' ]/gu, '')
    .replace(/ ?\{(?:x|name)\} ?/g, slot => slot.replace(/\{.*\}/, '(.+)'))
  const made = new RegExp(`^${source}$`, 'u')
  patterns.set(template, made)
  return made
}

/** Ears write commas and capitals as they like. */
const alike = (text: string): string => text.toLowerCase().replaceAll('’', "'")
const withoutCommas = (text: string): string =>
  text
    .replace(/[,;:¿¡]/g, '')
    .replace(/\s+/g, ' ')
    .trim()

function bySentence(bare: string, from: Place, to: Place): string | undefined {
  const given = withoutCommas(bare)
  for (const entry of SENTENCES) {
    const match = patternOf(entry[from]).exec(alike(given))
    if (!match) continue
    const [slot] = /\{(?:x|name)\}/.exec(entry[from]) ?? []
    // Its place in the text as it was written, with its capitals.
    const inner =
      slot === undefined ? '' : given.slice(alike(given).lastIndexOf(match[1] ?? '')).slice(0, match[1]?.length)
    const said = slot === '{x}' ? byWords(inner, from, to).text : inner
    const text = entry[to].replace(/\{(?:x|name)\}/, () => said)
    return /[?]$/.test(text) ? text : `${text}.`
  }
  return undefined
}

/** Word by word, the longest known ones first. What is not known stays, as names and numbers do. */
function byWords(text: string, from: Place, to: Place): { readonly text: string; readonly known: number } {
  const words = withoutCommas(text).split(' ')
  const said: string[] = []
  let known = 0
  for (let at = 0; at < words.length; ) {
    const found = longest(words, at, from, to)
    said.push(found?.text ?? words[at] ?? '')
    const isKept = /\d/.test(words[at] ?? '')
    known += found ? found.count : isKept ? 1 : 0
    at += found?.count ?? 1
  }
  return { text: said.join(' '), known: known / words.length }
}

function longest(words: readonly string[], at: number, from: Place, to: Place) {
  for (let count = Math.min(MOST_WORDS_TOGETHER, words.length - at); count > 0; count--) {
    const text = wordFor(words.slice(at, at + count).join(' '), from, to)
    if (text !== undefined) return { text, count }
  }
  return undefined
}

const lists = new Map<Place, ReadonlyMap<string, Entry>>()

function wordFor(text: string, from: Place, to: Place): string | undefined {
  const list = lists.get(from) ?? new Map(WORDS.toReversed().map(entry => [alike(entry[from]), entry]))
  lists.set(from, list)
  return list.get(alike(text))?.[to]
}
