import type { Language } from '../language.ts'
import { saidDigits } from './said-digits.ts'
import { bareText } from './utterance.ts'

/** What kind of answer the agent's words ask for. It tells how long the caller may pause in the answer. */
export type Wanted =
  | { readonly kind: 'anything' }
  | { readonly kind: 'yes or no' }
  /** `lengths`: how many digits it may have, the shortest first; empty if unknown. */
  | { readonly kind: 'number'; readonly lengths: readonly number[] }
  /** A name, an address: something that is said in pieces. */
  | { readonly kind: 'details' }

/** Reads only the last sentence of `asked`. */
export function wantedBy(asked: string, { wanted, digits }: Language): Wanted {
  const last = lastSentence(asked)
  const bare = bareText(last)
  if (wanted.asks.test(bare)) {
    const counted = countIn(bare.match(wanted.counted)?.[1] ?? '', digits)
    if (counted > 0) return { kind: 'number', lengths: [counted] }
    const known = wanted.knownNumbers.find(([pattern]) => pattern.test(bare))
    if (known) return { kind: 'number', lengths: known[1] }
    if (wanted.details.test(bare)) return { kind: 'details' }
    if (wanted.number.test(bare)) return { kind: 'number', lengths: [] }
  }
  const isYesOrNo = last.trim().endsWith('?') && wanted.opensWithVerb.test(bare) && !wanted.open.test(bare)
  return { kind: isYesOrNo ? 'yes or no' : 'anything' }
}

/** The last sentence of what the agent said, if it is a question. */
export function lastQuestion(asked: string): string | undefined {
  const last = lastSentence(asked).trim()
  return last.endsWith('?') && bareText(last) !== '' ? last : undefined
}

/** A pattern with `$` would try the end anew from each place in the text. */
function lastSentence(text: string): string {
  let end = text.trimEnd().length
  while (/[.!?]/.test(text.charAt(end - 1))) end--
  let start = end
  while (start > 0 && !/[.!?]/.test(text.charAt(start - 1))) start--
  return text.slice(start)
}

function countIn(word: string, { names, groups }: Language['digits']): number {
  return Number(groups.get(word) ?? names.get(word) ?? (/^\d{1,2}$/.test(word) ? word : 0))
}

/** How many digits the words spell: "double five, twenty-three" are four. */
export const digitsIn = (text: string, language: Language): number => saidDigits(text, language).length

/** Do the words end inside a number? */
export function endsInNumber(text: string, language: Language): boolean {
  const last = bareText(text).split(' ').at(-1) ?? ''
  return digitsIn(last, language) > 0 || language.digits.times.has(last)
}
