import type { Language } from '../language.ts'
import type { Reply } from './turn.ts'
import { bareText, type Utterance, wordsOf } from './utterance.ts'

/** This key alone asks for a person. */
const OPERATOR_KEY = '0'

/** Do the words or keys ask for a person? */
export const asksForPerson = (utterance: Utterance, { requests }: Language): boolean =>
  pressesOperator(utterance) || requests.person.test(bareText(wordsOf(utterance)))
export const pressesOperator = (utterance: Utterance): boolean =>
  utterance.digits === OPERATOR_KEY && wordsOf(utterance) === ''

/** Do the words end the call? */
export function takesLeave(text: string, { requests }: Language): boolean {
  const bare = bareText(text)
  return requests.takesLeave.test(bare) && !requests.asks.test(bare)
}

const QUESTION = /\?\W*$/

/** "That's all" ends an order as well as a call: who is asked something then wants to answer. */
export const wantsToAnswer = (said: string, { heard, asks }: Reply, { requests }: Language): boolean =>
  (asks !== undefined || QUESTION.test(heard)) && requests.isEnough.test(bareText(said))
