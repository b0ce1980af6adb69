import { bareText } from './utterance.ts'

/** What may become a sign that he listens or something else: the next word tells. */
const UNDECIDED = /^(?:i|got|of|go|sounds|makes|that's|all)$/
/**
 * What a person says to show that he listens, and does not want the word, or the beginning of it; "no" is an objection. No
 * two of them read the same words, or a caller who hums on and on would stop the server: the ways to read it would double.
 */
const BACK_CHANNEL =
  /^(?:(?:m+|m+h[mu]+|h+m+|uhhuh|uh|huh|ah|oh|aha|yeah|yes|yep|yup|ya|ok|okay|right|sure|alright|all right|great|good|fine|cool|nice|wow|really|exactly|absolutely|indeed|perfect|lovely|i see|got it|of course|go on|sounds good|makes sense|that's (?:right|fine|good|great))(?: |$))*(?:i|got|of|go|sounds|makes|that's|all)?$/

/** What words over the agent's voice are: its own coming back, a sign that the caller listens, or his wish to speak. */
export type Overlap = 'nothing' | 'echo' | 'back-channel' | 'interruption'

/** From here on a sound over the agent's voice is the agent's own, come back (measured: test/channels/phone/own-echo). */
const OWN = 0.5
export const isOwn = (likeness = 0): boolean => likeness >= OWN

/** Judges the words so far; `heard` is what the caller has heard of the agent by now. */
export function judgeOverlap(words: string, heard: string): Overlap {
  const bare = bareText(words)
  if (bare === '' || UNDECIDED.test(bare)) return 'nothing'
  if (BACK_CHANNEL.test(bare)) return 'back-channel'
  return isEchoOf(words, heard) ? 'echo' : 'interruption'
}

/** An echo is what was just heard, word for word; one word alone must have been among the last ones. */
const LAST_WORDS = 4
export function isEchoOf(text: string, heard: string): boolean {
  const [words, spoken] = [bareText(text), bareText(heard)]
  const recent = words.includes(' ') ? spoken : spoken.split(' ').slice(-LAST_WORDS).join(' ')
  return words !== '' && ` ${recent} `.includes(` ${words} `)
}
