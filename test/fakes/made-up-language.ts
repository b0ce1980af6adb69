import type { Language } from '../../src/conversation/language.ts'

const NEVER = /(?!)/

/** A language of a dozen invented words, none of them English. */
export const MADE_UP: Language = {
  code: 'x-madeup',
  pressed: 'tapu',
  overlap: { backChannel: /^(?:hao(?: |$))+$/, undecided: NEVER },
  agreement: {
    hesitation: /\beemu\b/g,
    yes: /^(?:sovi|goru do)$/,
    beginsWithYes: /^sovi\b/,
    courtesy: NEVER,
    no: /\bnelu\b/,
    unsure: /^(?:wazu)?$/,
    ownVerb: question => new RegExp(`\\b${question.split(' ').at(-1)} do\\b`),
    doIt: 'goru do',
  },
  unfinished: {
    lastWords: new Set(['ko']),
    thinking: NEVER,
    correcting: NEVER,
    naming: NEVER,
    butWhole: NEVER,
    neverLast: new Set(),
  },
  wanted: {
    asks: NEVER,
    counted: NEVER,
    knownNumbers: [],
    details: NEVER,
    number: NEVER,
    opensWithVerb: NEVER,
    open: NEVER,
  },
  digits: {
    names: new Map([
      ['bip', '1'],
      ['lup', '2'],
    ]),
    namesInSecrets: new Map(),
    times: new Map([['duo', 2]]),
    groups: new Map(),
    between: new Set(),
    counts: /\bnum lup\b/g,
  },
  requests: {
    takesLeave: /\btalmen$/,
    isEnough: NEVER,
    asks: NEVER,
    person: /\bpersu\b/,
    declines: NEVER,
    languages: {},
  },
  cuts: {
    sentence: /[.!?]\s$/,
    abbreviation: /\bzef\.\s$/,
    beforeNumber: NEVER,
    ordered: new Set(),
    clause: /,\s$/,
    opensPhrase: new Set(),
    numberGoesOn: NEVER,
    address: NEVER,
  },
  inWords: text => text.replaceAll('2', 'lup'),
}
