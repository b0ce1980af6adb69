import { QUESTIONS, type Question } from './question.ts'
import { classOf, isNumber, startsClause } from './word-classes.ts'

/** The lowest bits of a feature's hash are the index of its weight. */
export const HASH_BITS = 18
const MASK = 2 ** HASH_BITS - 1
/** The most features of one judgement. */
export const MOST_FEATURES = 96
/** How many of the last words are read. */
const WINDOW = 7

/** FNV-1a over UTF-16 code units, as an unsigned 32-bit integer. */
export function hashWord(word: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < word.length; index++) hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/** Mixes one more 32-bit integer into a hash (murmur3's step and finaliser); order counts. */
export function mix(hash: number, value: number): number {
  let mixed = Math.imul(hash ^ Math.imul(value, 0xcc9e2d51), 0x1b873593)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

const bucket = (length: number): number => (length <= 5 ? length : length <= 7 ? 6 : length <= 10 ? 7 : 8)
/** Stands for the places before the first word. */
const BEFORE = hashWord('<before>')
const CLASS_BEFORE = 255
const LONGEST_ENDING = 3

/** How many number words and single letters the turn ends in. */
function trailingNumbers(words: readonly string[]): number {
  let count = 0
  while (count < words.length && isNumber(classOf(words[words.length - 1 - count] ?? ''))) count++
  return count
}

/**
 * Writes the weight indices of the features of a turn's normalised words into `into`, and returns how many there are.
 * With `wordless`, features of a word's spelling are left out, and only those of its class remain.
 */
export function featuresOf(
  words: readonly string[],
  question: Question,
  into: Uint32Array,
  wordless: boolean = false,
): number {
  const length = words.length
  const asked = QUESTIONS.indexOf(question) + 1
  const size = bucket(length)
  const hashes = new Uint32Array(WINDOW)
  const classes = new Uint32Array(WINDOW)
  for (let back = 0; back < WINDOW; back++) {
    const word = words[length - 1 - back]
    hashes[back] = word === undefined ? BEFORE : hashWord(word)
    classes[back] = word === undefined ? CLASS_BEFORE : classOf(word)
  }
  let count = 0
  let kind = 0
  const skip = (): void => void kind++
  const add = (...parts: readonly number[]): void => {
    let hash = ++kind
    for (const part of parts) hash = mix(hash, part)
    into[count++] = hash & MASK
  }
  const at = (back: number): number => hashes[back] ?? BEFORE
  const classAt = (back: number): number => classes[back] ?? CLASS_BEFORE

  const numbers = Math.min(trailingNumbers(words), 12)
  add(size)
  add(asked)
  add(asked, size)
  add(size, classAt(0))
  add(asked, classAt(0))
  add(asked, classAt(0), classAt(1))
  add(asked, size, classAt(0))
  add(asked, numbers)
  add(numbers, classAt(numbers < WINDOW ? numbers : 0))
  let shape = 1
  for (let back = 0; back < 6; back++) {
    shape = mix(shape, classAt(back))
    add(shape)
  }
  add(classAt(0), classAt(2))
  add(classAt(1), classAt(2))
  add(classOf(words[0] ?? ''), size)
  if (length <= 4) add(asked, shape)
  else skip()
  const bag = kind
  for (let back = 0; back < WINDOW - 1 && back < length - 1; back++) {
    kind = bag
    add(classAt(back), classAt(back + 1))
  }
  kind = bag + 1
  let since = 0
  while (since < WINDOW - 1 && since < length - 1 && !startsClause(classAt(since))) since++
  add(classAt(since), Math.min(since, 5), classAt(since + 1))
  add(classAt(since), Math.min(since, 5), classAt(0))
  if (wordless) return count

  let words1 = 1
  for (let back = 0; back < 5; back++) {
    words1 = mix(words1, at(back))
    add(words1)
  }
  add(at(1))
  add(at(2))
  add(at(0), at(2))
  add(at(1), at(2))
  add(at(0), classAt(1))
  add(classAt(0), at(1))
  add(at(0), classAt(1), classAt(2))
  add(classAt(0), at(1), at(2))
  add(at(0), asked)
  add(at(0), at(1), asked)
  add(at(0), size)
  const first = hashWord(words[0] ?? '')
  add(first, size)
  add(first, hashWord(words[1] ?? ''), size)
  add(first, classAt(0))
  if (length <= 4) add(words1, asked)
  else skip()
  const last = words[length - 1] ?? ''
  for (let letters = 2; letters <= LONGEST_ENDING; letters++) add(hashWord(last.slice(-letters)), classAt(0))
  const wordBag = kind
  for (let back = 0; back < 4 && back < length - 1; back++) {
    kind = wordBag
    add(at(back), at(back + 1))
  }
  return count
}
