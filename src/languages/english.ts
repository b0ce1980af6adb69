import type { Language } from '../conversation/language.ts'
import { inWords } from './english-speech/in-words.ts'
import { requestsFrom } from './other-languages.ts'

const UNFINISHED = `a an the and or but so because if when while whose to of for with at from by about into than as my
  your his her our their its um uh uhm erm hmm er well i'm we're we he she they i also plus maybe`

const ASKING = `what|who|whom|whose|which|where|when|why|how|what's|who's|where's|when's|how's`
/** Before these a preposition has its object at the beginning: "who is IT for", "what are you LOOKING for". */
const BEFORE_PREPOSITION =
  'it|this|that|these|those|you|i|we|they|he|she|one|him|her|them|me|us|else|made|talk|talking|speak|speaking|spoke|call|called|calling|come|came|look|looking|looked|ask|asking|asked|wait|waiting|pay|paying|think|thinking|work|working|sign|named|due|heard|hear|know|sit|start|meet|deal|dealing|live|born'
/** Before "to" a pronoun for a person is followed by a verb: "what do you want me to". */
const BEFORE_TO =
  'it|this|that|these|those|one|talk|talking|speak|speaking|spoke|belong|listen|listening|write|send|sent|happen|happened|go|went|come'
const AUXILIARY =
  "is|are|am|was|were|do|does|did|can|could|will|would|shall|should|may|might|must|has|have|had|isn't|aren't|don't|doesn't|didn't|can't|couldn't|won't|wouldn't|shouldn't"

const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const TEENS = `ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen`
const TENS = `twenty thirty forty fifty sixty seventy eighty ninety`

/** A voice that is told that more comes can breathe before these. */
const OPENS_PHRASE = `and but or so because which who where when while if in on at by for from with about after before
  behind beside between near over under until`

const MONEY = 'dollars?|euros?|pounds?|cents?|pence|yen|francs?'
const MULTIPLES = 'hundred|thousand|million|billion'

const wordsIn = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/))

/**
 * English, as callers and agents speak it on the telephone. The lists were written for this project. Its simulated and
 * recorded callers test them; test/bench/overlaps.ts measures the back-channels.
 */
/** A question about several changes at once. */
const ABOUT_SEVERAL = /\bthese (?:two|three|four|five|six|seven|eight) /

export const english: Language = {
  code: 'en',
  pressed: 'pressed',

  overlap: {
    /**
     * "No" is an objection. No two alternatives read the same words: the ways to read a caller who hums on and on would
     * double with each hum, and stop the server.
     */
    backChannel:
      /^(?:(?:m+|m+h[mu]+|h+m+|uhhuh|uh|huh|ah|oh|aha|yeah|yes|yep|yup|ya|ok|okay|right|sure|alright|all right|great|good|fine|cool|nice|wow|really|exactly|absolutely|indeed|perfect|lovely|i see|got it|of course|go on|sounds good|makes sense|that's (?:right|fine|good|great))(?: |$))*(?:i|got|of|go|sounds|makes|that's|all)?$/,
    undecided: /^(?:i|got|of|go|sounds|makes|that's|all)$/,
  },

  agreement: {
    hesitation: /\b(?:um+|uh+|er+m*|oh|well|so|and)\b/g,
    yes: /^(?:(?:yes|yeah|yep|yup|ya|sure|ok|okay|right|correct|exactly|absolutely|definitely|certainly|of course|please|please do|go ahead|go for it|do it|do that|do so|that's (?:right|correct|it|fine|the one)|it is|i do|i am|i'm sure|you may|fine|all right|alright|sounds good|thanks|thank you|perfect|great)(?: |$))+$/,
    beginsWithYes: /^(?:yes|yeah|yep|yup|sure)\b/,
    courtesy: /^(?:(?:please|thanks|thank you|perfect|great|fine)(?: |$))+$/,
    no: /\b(?:no|nope|nah|not|never|don't|do not|doesn't|isn't|wasn't|stop|wait|cancel|leave|keep|instead|rather|forget it|hold on|actually)\b/,
    unsure:
      /^(?:(?:hm+|huh|sorry|pardon|excuse me|what was that|what|say (?:it|that) again|come again|maybe|perhaps|i guess so|i guess|i think so|i think|probably|which one|mm+hm+|mm+)(?: |$))*$/,
    ownVerb(question) {
      const one = 'it|that|this|them|that one|this one'
      if (!ABOUT_SEVERAL.test(question)) {
        const verb = question.split(' ')[0]
        // "Yes, delete it" is heard as "yes, deleted" on the telephone.
        return new RegExp(`\\b${verb} (?:${one})\\b|(?<=^(?:yes|yeah|yep|yup|sure|ok|okay) )${verb}(?:e?d)?$`)
      }
      const all =
        '(?:them )?(?:all|both|everything)(?: (?:of )?(?:them|those|these))?(?: (?:two|three|four|five|six|seven|eight))?'
      return new RegExp(`\\b(?:(?:${question.split(' ')[0]}|do) (?:${all}|${one})|(?!all right)${all})\\b`)
    },
    doIt: 'do it',
  },

  unfinished: {
    // "Turn it on", "cancel that" and "yes, it is" do end a sentence.
    lastWords: wordsIn(UNFINISHED),
    thinking: /\b(let me (think|see|check|look)|(?:hold|hang) on|one (moment|second)|give me a (moment|second))$/,
    correcting:
      /^(?:(?:no|oh|um|well|sorry|actually|okay|stop) )*(?:wait|actually|i mean|i meant|scratch that|sorry no)$/,
    // "My name is", but not "yes, it is".
    naming: /\b(?:my|our|the|your) [\p{L}' ]+ (?:is|are|was|were)$/u,
    butWhole: new RegExp(
      [
        `\\b(?:${ASKING})\\b.* (?:${BEFORE_PREPOSITION}) (?:of|for|with|at|from|by|about|into)$`,
        `\\b(?:${ASKING})\\b.* (?:${BEFORE_TO}) to$`,
        // "Who is the cake for", "what was the meeting about", but not "what is the number for".
        `\\bwho(?:'s| is| are| was| were) (?:the|my|your|our|this|that) [\\p{L}']+ (?:for|from|by|with)$`,
        `\\bwhat(?:'s| is| are| was| were) (?:the|my|your|our|this|that) [\\p{L}']+(?: [\\p{L}']+)? about$`,
        // "Where is she", "can I", "so do we".
        `\\b(?:${AUXILIARY}) (?:i|we|he|she|they)$`,
        // "Do you know what my balance is".
        `\\b(?:${ASKING}|if|whether)\\b.* (?:is|are|was|were)$`,
        `\\b(?:think|hope|guess|suppose|believe|say|said|why|is that|that's) so$`,
        `\\b(?:as well|what for|who with|where to|a while|since when|by when|until when|say when|tell me when)$`,
        `\\b(?:call|tell|ask|email|text|message|thank|remind|to|with|for|from|about|than) her$`,
      ].join('|'),
      'u',
    ),
    neverLast: wordsIn('a an the my your our their um uh uhm erm er hmm'),
  },

  wanted: {
    asks: /\b(?:what|which|whose|tell|give|say|spell|enter|key|type|read|need|have|get)\b/,
    counted: /\b(\w+) digits?\b/,
    knownNumbers: [
      [/\b(?:phone|telephone|mobile|cell|call ?back|contact)(?: phone)? number\b/, [7, 10]],
      [/\bcard number\b/, [16]],
      [/\b(?:zip|postal) code\b/, [5]],
      [/\bpin\b/, [4]],
    ],
    details: /\b(?:e ?mail|address|names?|spell|date of birth|birthday)\b/,
    number: /\b(?:numbers?|code|digits?|reference|account)\b/,
    opensWithVerb:
      /^(?:(?:and|so|but|then|okay|ok|good|great|alright|all right) )*(?:is|are|was|were|am|do|does|did|has|have|can|could|will|would|shall|should|may)n?(?:'t)? /,
    open: /^(?:\w+ )*(?:can|could|will|would) you (?:please )?(?:tell|give|say|describe|explain|repeat)\b| or /,
  },

  digits: {
    names: new Map([...DIGITS.map((name, digit): [string, string] => [name, String(digit)]), ['oh', '0']]),
    namesInSecrets: new Map([['o', '0']]),
    times: new Map([
      ['double', 2],
      ['triple', 3],
    ]),
    groups: new Map([
      ...TEENS.split(/\s+/).map((name, ones): [string, string] => [name, String(10 + ones)]),
      ...TENS.split(/\s+/).map((name, tens): [string, string] => [name, String(10 * (tens + 2))]),
    ]),
    between: new Set(),
    counts:
      /\b(?:first|next|last|final|other|remaining) (?:(?:one|1) (?:is|digit)|(?:two|three|four|five|six|eight|[2-68])\b)|\b(?:two|three|four|five|six|eight|sixteen|[2-68]|16) (?:digits|numbers|figures)\b/g,
  },

  requests: {
    /** "Thanks, that's all." */
    takesLeave:
      /\b(?:(?:good ?)?bye|that(?:'s| is| will be) all|nothing else)(?: (?:thanks|thank you|then|for (?:now|today)))?$/,
    isEnough: /\b(?:that(?:'s| is| will be) all|nothing else)(?: (?:thanks|thank you|then|for (?:now|today)))?$/,
    /** "Is there nothing else?" */
    asks: /^(?:is|are|do|does|did|have|has|what|would|will|can|could)\b/,
    /** "Let me talk to a real person", but not "put me down for one person". */
    person:
      /\b(?:(?:speak|talk) (?:to|with) (?:(?:an?|the|some|any|your) )?(?:(?:real|live|human|actual) )*(?:person|human|someone|somebody|operator|agent|representative)|(?:transfer|connect) me|put me (?:through|over))\b/,
    declines:
      /^(?:(?:um+|uh+|oh|well|sorry|okay|ok|actually|please) )*(?:no|nope|nah|no thanks|no thank you|(?:no )?i (?:do not|don't|would not|wouldn't|will not|won't|am not|can not|cannot|can't)(?: going to)? (?:want|want to|want that|like|like to|give|give it|give that|do|do that|do this|share|share it)(?: (?:to you|you|it|that|this|any more|now|anymore))*|i'm not (?:giving|sharing|doing) (?:you )?(?:it|that|this)(?: to you)?|(?:i would|i'd) rather not(?: (?:say|give it|do that|do this))?|i have no other(?: card| one)?|i (?:do not|don't) have (?:one|any|any other(?: card| one)?|another(?: card| one)?|a card|it|my card|it on me|it with me|my card on me|my card with me|my card here)|(?:please )?(?:cancel|stop|forget|skip)(?: (?:it|that|this|the payment))?|never ?mind|not (?:on|over|by) the (?:phone|telephone)|i (?:have )?changed my mind)(?: (?:please|thanks|thank you|sorry))*$/,
    languages: requestsFrom('en'),
  },

  cuts: {
    sentence: /[.!?…:;]["'”’)\]*_`»]*\s$/,
    // A single letter is an initial, or the end of "U.S." and "a.m.".
    abbreviation:
      /(?<![\p{L}\p{N}'’])(?:\p{L}|mr|mrs|ms|mx|messrs|dr|drs|prof|rev|hon|sr|jr|st|ste|mt|ft|gen|col|maj|capt|lt|sgt|cpl|cmdr|adm|gov|sen|rep|pres|ave|blvd|rd|ln|hwy|vs|etc|cf|al|approx|est|inc|ltd|co|corp|dept|bros|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thu(?:rs?)?|fri|sat|rs|sq|oz|lbs?|yds?|tbsp|tsp|hrs?|mins?|secs?|tel|appt|max)\.["')\]]*\s$/iu,
    beforeNumber: /(?<![\p{L}\p{N}])(?:nos?|pp?|vol|ch|figs?|sec|art|ext|apt|rm|ver)\.\s$/iu,
    ordered: new Set(),
    clause: /[,–—]\s$/,
    opensPhrase: wordsIn(OPENS_PHRASE),
    numberGoesOn: new RegExp(
      `(?:\\d\\S*|\\b(?:${[...DIGITS, TEENS, TENS].join(' ').split(/\s+/).join('|')}|${MULTIPLES}|${MONEY}))\\s(?:and|or)\\s$`,
      'i',
    ),
    address: /(?:^|\s)\d[\p{L}\d-]*,? \p{Lu}[\p{L}\d.'’-]*(?:,? [\p{Lu}\d][\p{L}\d.'’-]*)*,?\s$/u,
  },

  inWords,
}
