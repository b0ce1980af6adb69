import { agreementIn } from '../conversation/turn/agreement.ts'
import { bareText } from '../conversation/turn/utterance.ts'
import type { About } from './collector.ts'
import { phrase } from './phrases.ts'

/** What a caller answers to what was read back to them. */
export type Judgement =
  | 'yes'
  /** Only that it is wrong. */
  | 'no'
  /** A no, perhaps with what is right. */
  | 'no, but'
  /** They want to hear it again, or nothing can be made of it. */
  | 'again'
  /** Neither a yes nor a no: perhaps what is right. */
  | 'other'

interface Words {
  readonly complains: RegExp
  readonly repeat: RegExp
  /** After a yes: it is not right as it is. */
  readonly corrects: RegExp
}

const WORDS: Readonly<Record<string, Words>> = {
  en: {
    complains:
      /^(?:(?:no|nope|nah|that|that's|this|is|it|it's|isn't|was|wasn't|not|wrong|incorrect|right|correct|true|quite|really|at all|sorry|you|got|heard|me|misheard|again|i'm afraid)(?: |$))+$/,
    repeat:
      /\b(?:repeat|(?:say|read|spell) (?:that|it|this) (?:again|back)|once more|one more time|come again|(?:didn't|did not|couldn't|can't) (?:hear|catch|get|understand)|pardon|what did you say|slower|slowly)\b/,
    corrects: /\b(?:but|except|with|without|only|just|actually|instead|not|should|change|add|wait)\b/,
  },
  de: {
    complains:
      /^(?:(?:nein|nee|ne|nö|das|es|ist|war|stimmt|nicht|falsch|leider|so|richtig|korrekt|ganz|gar|überhaupt|sie|haben|mich|verstanden)(?: |$))+$/,
    repeat: /(?:wiederhol|noch ?mal|noch einmal|nicht verstanden|nicht gehört|langsamer|wie bitte)/,
    corrects: /(?:^| )(?:aber|außer|mit|ohne|nur|statt|sondern|nicht|soll|ändern|moment)(?: |$)/,
  },
  es: {
    complains: /^(?:(?:no|eso|esto|es|está|así|mal|incorrecto|correcto|falso|bien|del|todo|para|nada)(?: |$))+$/,
    repeat: /(?:repet|repit|otra vez|no (?:le |lo |te )?(?:he )?(?:oí|entend)|más despacio|cómo dice)/,
    corrects: /(?:^| )(?:pero|salvo|con|sin|solo|en vez|sino|cambi\p{L}+|espere?)(?: |$)/u,
  },
}

/** Judges an answer to "is that right?". A yes may go on, as in "yes, that's me", if nothing in it corrects. */
export function judgedIn(words: string, about: About): Judgement {
  const { language } = about
  const say = WORDS[language.code] ?? WORDS.en
  const bare = bareText(words)
  const agreement = agreementIn(words, phrase('isRight', about), language)
  if (agreement === 'yes') return 'yes'
  if (say?.repeat.test(bare) || agreement === 'unclear') return 'again'
  if (agreement === 'no') return say?.complains.test(bare) ? 'no' : 'no, but'
  return language.agreement.beginsWithYes.test(bare) && !say?.corrects.test(bare) ? 'yes' : 'other'
}
