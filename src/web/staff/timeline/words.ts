import type { SpokenWord } from './lines.ts'

/** A word of the transcript. `heard` is false for what the caller never heard. Times are ms of the call. */
export interface Word {
  readonly text: string
  readonly fromMs: number
  readonly toMs: number
  readonly heard: boolean
}

/** One part of a reply, as far as the journal has it. */
export interface SaidPart {
  readonly spoken: readonly SpokenWord[]
  readonly clauses: readonly string[]
  /** When the caller began to hear it; undefined if never. */
  readonly soundsMs: number | undefined
  /** What was heard of it, as it grew. */
  readonly heard: readonly { readonly atMs: number; readonly text: string }[]
}

/** A mark that comes so much later than its word says that the voice was held in between. */
const HELD_MS = 700
/** Marks come every so often. */
const MARK_MS = 240
/** Where no voice told its words: a usual pace. */
const LETTER_MS = 65

/** The agent's words with their times, corrected by what was heard when. `elseMs` is for what never sounded. */
export function agentWords(part: SaidPart, elseMs: number): readonly Word[] {
  const spoken = part.spoken.length > 0 ? part.spoken : paced(part.clauses)
  const told = part.heard.at(-1)?.text ?? ''
  const heardCount = countHeard(spoken, told)
  const heardWords = wordsIn(told)
  const baseMs = part.soundsMs ?? elseMs
  const marks = part.heard.map(({ atMs, text }) => ({ atMs, count: countHeard(spoken, text) }))
  let mark = 0
  let shiftMs = 0
  const words: Word[] = spoken.map((word, index) => {
    const isHeard = part.soundsMs !== undefined && index < heardCount
    // The first mark that covers this word.
    while (mark < marks.length && (marks[mark]?.count ?? 0) <= index) mark++
    const atMs = marks[mark]?.atMs
    if (isHeard && atMs !== undefined) {
      const endMs = baseMs + shiftMs + word.endMs
      if (atMs - endMs > HELD_MS + MARK_MS) shiftMs += atMs - endMs - MARK_MS
      else if (endMs > atMs) shiftMs -= endMs - atMs
    }
    const [fromMs, toMs] = [baseMs + shiftMs + word.startMs, baseMs + shiftMs + word.endMs]
    // Single words for numbers are hidden from listeners. What was heard is a whole text, in which only long ones are.
    const text = isHidden(word.text) && isHeard ? (heardWords[index] ?? word.text) : word.text
    return { text, fromMs: Math.max(baseMs, fromMs), toMs: Math.max(baseMs, toMs), heard: isHeard }
  })
  const endMs = words.at(-1)?.toMs ?? baseMs
  const rest = part.spoken.length > 0 ? unspoken(part.spoken, part.clauses) : []
  return [...words, ...rest.map(text => ({ text, fromMs: endMs, toMs: endMs, heard: false }))]
}

/** The caller's words, laid over the time in which they spoke: recognisers tell words later than they are said. */
export function callerWords(
  text: string,
  voiced: readonly (readonly [fromMs: number, toMs: number])[],
): readonly Word[] {
  const words = text.split(/\s+/).filter(word => word !== '')
  const letters = words.reduce((sum, word) => sum + word.length + 1, 0)
  const totalMs = voiced.reduce((sum, [fromMs, toMs]) => sum + toMs - fromMs, 0)
  const at = (share: number): number => {
    let leftMs = share * totalMs
    for (const [fromMs, toMs] of voiced) {
      if (leftMs <= toMs - fromMs) return fromMs + leftMs
      leftMs -= toMs - fromMs
    }
    return voiced.at(-1)?.[1] ?? 0
  }
  let said = 0
  return words.map(word => {
    const fromMs = at(said / letters)
    said += word.length + 1
    return { text: word, fromMs, toMs: at(said / letters), heard: true }
  })
}

/** The server hides words that a listener may not read. */
const isHidden = (word: string): boolean => word.includes('•')

/** How many of these words are in the text that was heard. */
function countHeard(spoken: readonly SpokenWord[], heard: string): number {
  let rest = heard
  let count = 0
  for (const { text } of spoken) {
    rest = rest.trimStart()
    const next = /^\S+/.exec(rest)?.[0] ?? ''
    // Where one of the two is hidden from who looks, they are the same word.
    const isEither = isHidden(text) || isHidden(next)
    if (next === '' || !(isEither || rest.startsWith(text))) break
    rest = rest.slice(isEither ? next.length : text.length)
    count++
  }
  return count
}

/** The words of clauses, each as long as its letters. */
function paced(clauses: readonly string[]): readonly SpokenWord[] {
  let startMs = 0
  return wordsIn(clauses.join(' ')).map(text => {
    const word = { text, startMs, endMs: startMs + text.length * LETTER_MS }
    startMs = word.endMs + LETTER_MS
    return word
  })
}

/** Words that the voice may have changed at a clause's beginning: "3" is spoken "three". */
const LOOSE = 4
/** So far around the place where a clause is expected it is looked for. */
const NEAR = 12

/** The words of the clauses that were written but never given a voice: the caller was quicker. */
function unspoken(spoken: readonly SpokenWord[], clauses: readonly string[]): readonly string[] {
  const voiced = spoken.map(({ text }) => bare(text))
  let at = 0
  for (const [index, clause] of clauses.entries()) {
    const words = wordsIn(clause)
    const looked = voiced.slice(Math.max(0, at - NEAR), at + NEAR)
    const isVoiced = words.slice(0, LOOSE).some(word => looked.includes(bare(word)))
    if (words.length > 0 && !isVoiced) return clauses.slice(index).flatMap(wordsIn)
    at += words.length
  }
  return []
}

const wordsIn = (text: string): readonly string[] => text.split(/\s+/).filter(word => word !== '')
const bare = (word: string): string => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
