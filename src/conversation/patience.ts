import { type Said, wordsOf } from './said.ts'

/** How long the agent waits for the caller to go on, counted from his last voiced sample, and why. */
export interface Patience {
  readonly ms: number
  readonly why: 'complete' | 'trails off' | 'keys' | 'no words yet'
}

export interface PatienceWindow {
  /** For words that sound complete. */
  readonly shortMs: number
  /** For words that trail off. */
  readonly longMs: number
}

const KEYS_MS = 2_000
/** Speech without words: this long for the transcript to come before the agent says that it did not catch it. */
const NO_WORDS_MS = 3_000

const UNFINISHED = new Set(
  `a an the and or but so because if when while that which who whose to of for with at in on by from about into than
  as my your his her their our its this these some any um uh uhm erm hmm er like is are was were be will would can could
  should i'm we're it's i we he she they not just also plus maybe`.split(/\s+/),
)
const THINKING = /\b(let me (think|see|check|look)|hold on|one (moment|second)|give me a (moment|second))$/

/** Judges the words alone: endings that ask for more, or a caller who says that he is thinking. */
export function trailsOff(text: string): boolean {
  const bare = text
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/[^\p{L}\p{N}'\s]+/gu, ' ')
    .trim()
    .replace(/\s+/g, ' ')
  const last = bare.slice(bare.lastIndexOf(' ') + 1)
  return UNFINISHED.has(last) || THINKING.test(bare)
}

/** Decides how much silence to grant after what was said so far. */
export function patienceFor(said: Said, window: PatienceWindow): Patience {
  if (said.digits !== '') return { ms: KEYS_MS, why: 'keys' }
  const words = wordsOf(said)
  if (words === '') return { ms: NO_WORDS_MS, why: 'no words yet' }
  return trailsOff(words) ? { ms: window.longMs, why: 'trails off' } : { ms: window.shortMs, why: 'complete' }
}
