import type { Language } from '../language.ts'
import { bareText } from './utterance.ts'

/** What a caller's turn says to a question that wants a yes or a no. */
export type Agreement = 'yes' | 'no' | 'unclear' | 'something else'

/**
 * Judges by the words alone, and in doubt against doing it: a yes may hold nothing else but the question's own verb
 * ("delete it"); any word of doubt, delay or denial makes it none.
 */
export function agreementIn(text: string, question: string, { agreement }: Language): Agreement {
  const { hesitation, yes, beginsWithYes, courtesy, no, unsure, ownVerb, doIt } = agreement
  const words = bareText(text).replace(hesitation, ' ').replace(/\s+/g, ' ').trim()
  const rest = words.replace(ownVerb(bareText(question)), doIt)
  // To "Cancel the order?" "cancel it" may mean either; behind a yes it is the yes to it.
  if (no.test(beginsWithYes.test(words) ? rest : words)) return 'no'
  if (courtesy.test(words)) return 'unclear'
  if (words !== '' && yes.test(rest)) return 'yes'
  return unsure.test(words) ? 'unclear' : 'something else'
}
