import { bareText } from './utterance.ts'

const HESITATION = /\b(?:um+|uh+|er+m*|oh|well|so|and)\b/g
const YES =
  /^(?:(?:yes|yeah|yep|yup|ya|sure|ok|okay|right|correct|exactly|absolutely|definitely|certainly|of course|please|please do|go ahead|go for it|do it|do that|do so|that's (?:right|correct|it|fine|the one)|it is|i do|i am|i'm sure|you may|fine|all right|alright|sounds good|thanks|thank you|perfect|great)(?: |$))+$/
const SAYS_YES = /^(?:yes|yeah|yep|yup|sure)\b/
/** They go with a yes, and are none by themselves: "thank you" may be said to anything. */
const COURTESY = /^(?:(?:please|thanks|thank you|perfect|great|fine)(?: |$))+$/
const NO =
  /\b(?:no|nope|nah|not|never|don't|do not|doesn't|isn't|wasn't|stop|wait|cancel|leave|keep|instead|rather|forget it|hold on|actually)\b/
const UNSURE =
  /^(?:(?:hm+|huh|sorry|pardon|excuse me|what was that|what|say (?:it|that) again|come again|maybe|perhaps|i guess so|i guess|i think so|i think|probably|which one|mm+hm+|mm+)(?: |$))*$/

/** What a caller's turn says to a question that wants a yes or a no. */
export type Agreement = 'yes' | 'no' | 'unclear' | 'something else'

/**
 * Judges by the words alone, and in doubt against doing it: a yes may hold nothing else but the question's own verb
 * ("delete it"); any word of doubt, delay or denial makes it none.
 */
export function agreementIn(text: string, question: string): Agreement {
  const bare = bareText(text)
  const words = bare.replace(HESITATION, ' ').replace(/\s+/g, ' ').trim()
  const verb = bareText(question).split(' ')[0] ?? ''
  const rest = words.replace(new RegExp(`\\b${verb} (?:it|that|this|them|that one|this one)\\b`), 'do it')
  // To "Cancel the order?" "cancel it" may mean either; behind a yes it is the yes to it.
  if (NO.test(SAYS_YES.test(words) ? rest : words)) return 'no'
  if (COURTESY.test(words)) return 'unclear'
  if (words !== '' && YES.test(rest)) return 'yes'
  return UNSURE.test(words) ? 'unclear' : 'something else'
}
