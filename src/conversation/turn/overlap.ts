import type { Language } from '../language.ts'
import { bareText } from './utterance.ts'

/** What words over the agent's voice are: its echo, a sign of listening, or an interruption. */
export type Overlap = 'nothing' | 'echo' | 'back-channel' | 'interruption'

/** A sound over the agent's voice that is at least so like it is its echo (measured: test/channels/line/own-echo). */
const OWN = 0.5
/** Of speech that is not the agent's nearly all is less alike. */
const MAYBE_OWN = 0.3
export const maybeOwn = (likeness = 0): boolean => likeness >= MAYBE_OWN
export const isOwn = (likeness = 0): boolean => likeness >= OWN

/**
 * Judges the words so far. `heard` is what the caller has heard of the agent's reply, `echoed` what they have heard lately on
 * a line that is known to echo.
 */
export function judgeOverlap(words: string, heard: string, { overlap }: Language, echoed = ''): Overlap {
  const bare = bareText(words)
  if (bare === '' || overlap.undecided.test(bare)) return 'nothing'
  if (overlap.backChannel.test(bare)) return 'back-channel'
  return isEchoOf(words, heard) || isShredsOf(words, echoed) ? 'echo' : 'interruption'
}

/** An echo repeats what was heard, word for word. A single word must be one of the last that were heard. */
const LAST_WORDS = 4
export function isEchoOf(text: string, heard: string): boolean {
  const [words, spoken] = [bareText(text), bareText(heard)]
  const recent = words.includes(' ') ? spoken : spoken.split(' ').slice(-LAST_WORDS).join(' ')
  return words !== '' && ` ${recent} `.includes(` ${words} `)
}

/**
 * What a telephone lets through of an echo that it cancels: words in the order in which they were heard, with gaps; two at
 * least, unless something else shows that they are an echo.
 */
export function isShredsOf(text: string, heard: string, least = 2): boolean {
  const words = bareText(text).split(' ')
  let next = 0
  for (const spoken of bareText(heard).split(' ')) if (spoken === words[next]) next++
  return words.length >= least && next === words.length
}
