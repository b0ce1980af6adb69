import { bareText, type Said, wordsOf } from './said.ts'

/** How long the agent waits for the caller to go on, counted from his last voiced sample, and why. */
export interface Patience {
  readonly ms: number
  readonly why: 'complete' | 'uncertain' | 'trails off' | 'prompted' | 'spelling' | 'keys' | 'no words yet'
}

export interface PatienceWindow {
  /** For words that sound complete. */
  readonly shortMs: number
  /** For words that may or may not be all. */
  readonly middleMs: number
  /** For words that trail off. */
  readonly longMs: number
}

const KEYS_MS = 2_000
/** Between the groups of a number that is spelt out. */
const SPELLING_MS = 1_500
/** A caller who was told to take his time gets this much of it; then what he said is answered as it stands. */
const PROMPTED_MS = 6_000
/** Speech without words: this long for the transcript to come before the agent says that it did not catch it. */
const NO_WORDS_MS = 3_000

/** Words that hardly ever end a sentence. ("Turn it on", "cancel that", "yes it is": those do.) */
const UNFINISHED = new Set(
  `a an the and or but so because if when while whose to of for with at from by about into than as my your his her our
  their its um uh uhm erm hmm er well i'm we're we he she they i also plus maybe`.split(/\s+/),
)
const THINKING = /\b(let me (think|see|check|look)|hold on|one (moment|second)|give me a (moment|second))$/
/** "My name is", but not "yes, it is". */
const NAMING = /\b(?:my|our|the|your) [\p{L}' ]+ (?:is|are|was|were)$/u
const NUMBER = /^(?:\d+|zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)$/
/** So many numbers in a row are one that is being spelt out, and more may come after a breath. */
const SPELT = 3

/** Judges the words alone: endings that ask for more, or a caller who says that he is thinking. */
export function trailsOff(text: string): boolean {
  const words = bareWords(text)
  const sentence = words.join(' ')
  return UNFINISHED.has(words.at(-1) ?? '') || THINKING.test(sentence) || NAMING.test(sentence)
}

/** Do the words end in a number that is being spelt out? */
export function spells(text: string): boolean {
  const last = bareWords(text).slice(-SPELT)
  return last.length === SPELT && last.every(word => NUMBER.test(word))
}

const bareWords = (text: string): readonly string[] => bareText(text).split(' ')

/** More likely than not, on turns that the judge was not taught. */
const LIKELY = 0.5
/** Below this the end of a turn is unlikely: on the phone one complete turn in thirty is taken for such. */
const UNLIKELY = 0.12

/** Do the words so far sound like a whole turn? */
export function soundsComplete(said: Said): boolean {
  const words = wordsOf(said)
  return words !== '' && !trailsOff(words) && !spells(words) && (said.complete ?? 1) >= LIKELY
}

/** Decides how much silence to grant after what was said so far. */
export function patienceFor(said: Said, window: PatienceWindow): Patience {
  if (said.digits !== '') return { ms: KEYS_MS, why: 'keys' }
  const words = wordsOf(said)
  if (words === '') return { ms: NO_WORDS_MS, why: 'no words yet' }
  if (spells(words)) return { ms: Math.min(SPELLING_MS, window.longMs), why: 'spelling' }
  if (soundsComplete(said)) return { ms: window.shortMs, why: 'complete' }
  if (!trailsOff(words) && (said.complete ?? 0) >= UNLIKELY) return { ms: window.middleMs, why: 'uncertain' }
  return said.prompted ? { ms: PROMPTED_MS, why: 'prompted' } : { ms: window.longMs, why: 'trails off' }
}
