import type { Chance } from './chance.ts'

/** What callers say. `#` is replaced by a word that is unique in the call, so that it can be traced. */
const COMPLETE = [
  'what time do you open on #',
  'book a table for # please',
  'is there parking near #',
  'can you cancel my order #',
  'how much is the # menu',
  'yes # is fine',
  'no not #',
  'tell me about # and the price of it',
  'my name is #',
  'please change it to #',
] as const
const TRAILING = [
  'i would like to # and',
  'well # is the',
  'because # um',
  'my # number is',
  'so # for the',
  'let me see # hold on',
] as const
const GOING_ON = ['on friday #', '# at seven', 'maybe # instead', 'with # for four people'] as const
const CORRECTING = ['no wait # i mean', 'actually make it #', 'sorry no # please', 'wait # instead'] as const
const SPELT = ['four two seven #', 'one nine nine four # two', 'double five three #'] as const
const SHORT = ['yes', 'no', 'hello', 'stop', 'what', 'friday'] as const
const BACK_CHANNELS = ['mm-hm', 'okay', 'yeah', 'right', 'i see', 'uh huh', 'sure'] as const
const GOODBYE = ['thanks # bye', 'that is all thank you', 'no nothing else thanks', '# goodbye'] as const
const FOR_A_PERSON = ['can i speak to a person about #', 'put me through to someone for #'] as const

/** Sentences by their role in the conversation. */
export const PHRASES = {
  complete: COMPLETE,
  trailing: TRAILING,
  'going on': GOING_ON,
  correcting: CORRECTING,
  spelt: SPELT,
  short: SHORT,
  'back-channel': BACK_CHANNELS,
  goodbye: GOODBYE,
  'asking for a person': FOR_A_PERSON,
} as const

export type PhraseKind = keyof typeof PHRASES

/** Stems of words that only the caller says, such as "kilo7". */
const STEMS = ['alpha', 'bravo', 'delta', 'kilo', 'lima', 'oscar', 'tango', 'zulu'] as const

/** Makes sentences with a new unique word wherever there is a `#`. */
export function phrasebook(chance: Chance): (kind: PhraseKind) => string {
  let count = 0
  return kind => {
    const phrase: string = chance.pick(PHRASES[kind])
    return phrase.replace('#', () => `${chance.pick(STEMS)}${++count}`)
  }
}

const OWN_WORD = new RegExp(`\\b(?:${STEMS.join('|')})\\d+\\b`, 'g')
/** The caller's unique words in a text. */
export const ownWordsIn = (text: string): readonly string[] => text.match(OWN_WORD) ?? []
