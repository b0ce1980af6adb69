import type { Language } from '../language.ts'
import { bareText } from './utterance.ts'

/** What a caller's turn answers to a question that wants a yes or a no. */
export type Agreement = 'yes' | 'no' | 'unclear' | 'something else'

/**
 * Judges by the words alone. In doubt it is no yes, because a yes runs a tool: a yes may hold nothing but agreement and
 * the question's own verb ("delete it"), and one word of doubt, delay or denial makes it a no.
 */
export function agreementIn(text: string, question: string, { agreement }: Language): Agreement {
  const { hesitation, yes, beginsWithYes, courtesy, no, unsure, ownVerb, doIt } = agreement
  const words = bareText(text).replace(hesitation, ' ').replace(/\s+/g, ' ').trim()
  const rest = words.replace(ownVerb(bareText(question)), doIt)
  // "Cancel it" to "Cancel the order?" may mean yes or no. After a yes it means yes.
  if (no.test(beginsWithYes.test(words) ? rest : words)) return 'no'
  if (courtesy.test(words)) return 'unclear'
  if (words !== '' && yes.test(rest)) return 'yes'
  return unsure.test(words) ? 'unclear' : 'something else'
}
