import { bareText } from './utterance.ts'

/** What kind of answer somebody's words ask for, as far as it tells how long the other may pause in it. */
export type Wanted =
  | { readonly kind: 'anything' }
  | { readonly kind: 'yes or no' }
  /** `lengths`: how many digits make it whole, the shortest first; none where nobody knows. */
  | { readonly kind: 'number'; readonly lengths: readonly number[] }
  /** A name, an address: something that is said piece by piece. */
  | { readonly kind: 'details' }

const UNITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const TEENS =
  /^(?:ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty)$/

const ASKS = /\b(?:what|which|whose|tell|give|say|spell|enter|key|type|read|need|have|get)\b/
const COUNTED = /\b(\w+) digits?\b/
/** Numbers that have a length of their own. */
const KNOWN: readonly (readonly [RegExp, readonly number[]])[] = [
  [/\b(?:phone|telephone|mobile|cell|call ?back|contact)(?: phone)? number\b/, [7, 10]],
  [/\bcard number\b/, [16]],
  [/\b(?:zip|postal) code\b/, [5]],
  [/\bpin\b/, [4]],
]
const NUMBER = /\b(?:numbers?|code|digits?|reference|account)\b/
const DETAILS = /\b(?:e ?mail|address|names?|spell|date of birth|birthday)\b/
const OPENS_WITH_VERB =
  /^(?:(?:and|so|but|then|okay|ok|good|great|alright|all right) )*(?:is|are|was|were|am|do|does|did|has|have|can|could|will|would|shall|should|may)n?(?:'t)? /
const TELL_ME = /^(?:\w+ )*(?:can|could|will|would) you (?:please )?(?:tell|give|say|describe|explain|repeat)\b/

/** Looks at the last sentence alone. */
export function wantedBy(asked: string): Wanted {
  const last = asked.match(/[^.!?]+[.!?]*\s*$/)?.[0] ?? ''
  const bare = bareText(last)
  if (ASKS.test(bare)) {
    const counted = lengthOf(bare.match(COUNTED)?.[1])
    if (counted) return { kind: 'number', lengths: [counted] }
    const known = KNOWN.find(([pattern]) => pattern.test(bare))
    if (known) return { kind: 'number', lengths: known[1] }
    if (DETAILS.test(bare)) return { kind: 'details' }
    if (NUMBER.test(bare)) return { kind: 'number', lengths: [] }
  }
  const isQuestion = last.trim().endsWith('?')
  const isOpen = TELL_ME.test(bare) || / or /.test(bare)
  return isQuestion && !isOpen && OPENS_WITH_VERB.test(bare) ? { kind: 'yes or no' } : { kind: 'anything' }
}

function lengthOf(word = ''): number | undefined {
  const unit = UNITS.indexOf(word)
  if (unit > 0) return unit
  return /^\d{1,2}$/.test(word) ? Number(word) : undefined
}

/** How many digits these words spell: "double five, twenty-three" are four. */
export function digitsIn(text: string): number {
  let count = 0
  let times = 1
  let wasTens = false
  for (const word of bareText(text).split(' ')) {
    const isUnit = UNITS.includes(word) || word === 'oh'
    if (/^\d+$/.test(word)) count += word.length
    else if (isUnit) count += wasTens && word !== 'zero' && word !== 'oh' ? 0 : times
    else if (TEENS.test(word)) count += 2
    times = word === 'double' ? 2 : word === 'triple' ? 3 : 1
    wasTens = word.endsWith('ty') && TEENS.test(word)
  }
  return count
}

/** Do the words end inside a number? */
export function endsInNumber(text: string): boolean {
  const last = bareText(text).split(' ').at(-1) ?? ''
  return digitsIn(last) > 0 || last === 'double' || last === 'triple'
}
