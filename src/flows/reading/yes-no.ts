import { agreementIn } from '../../conversation/turn/agreement.ts'
import { bareText } from '../../conversation/turn/utterance.ts'
import type { About, Reading } from '../collector.ts'
import { unclear } from '../collector.ts'
import { isNothing } from './words.ts'

interface Words {
  /** Neither, whatever else is said. */
  readonly unsure: RegExp
  readonly yes: RegExp
  readonly no: RegExp
  /** After these words the answer begins anew. */
  readonly again: RegExp
}

const WORDS: Readonly<Record<string, Words>> = {
  en: {
    unsure:
      /\b(?:i don't know|don't know|dunno|no idea|not sure|i'm unsure|can't say|couldn't say|it depends|depends|maybe|perhaps|possibly)\b/,
    yes: /^(?:(?:oh|well|um|uh|so|and|actually) )*(?:yes|yeah|yep|yup|ya|sure|certainly|absolutely|definitely|of course|correct|right|exactly|indeed|please do|go ahead|okay|ok|why not|i do|i am|i have|i would|i'd like|i'd love|it is|they are|we do|we are|that's right|that works|sounds good|true|no problem|no worries|i don't mind|don't mind|mm ?hmm|uh ?huh)\b/,
    no: /^(?:(?:oh|well|um|uh|so|and|actually) )*(?:no|nope|nah|not|never|negative|none|neither|i don't|i do not|i'm not|i am not|i haven't|i wouldn't|i'd rather not|we don't|don't|it isn't|it's not|that's not|that isn't|that's wrong|wrong|incorrect|false)\b/,
    again: /\b(?:no wait|wait|i mean|scratch that|sorry|actually)\b/g,
  },
  de: {
    unsure: /(?:weiß (?:ich )?nicht|weiß es nicht|keine ahnung|nicht sicher|vielleicht|kommt drauf an|kommt darauf an)/,
    yes: /^(?:(?:äh|ähm|also|na|ach|und|oh) )*(?:ja|jawohl|jo|jep|jap|klar|sicher|genau|richtig|korrekt|stimmt|natürlich|gern|gerne|doch|okay|ok|warum nicht|kein problem|das passt|passt|auf jeden fall)(?![\p{L}])/u,
    no: /^(?:(?:äh|ähm|also|na|ach|und|oh) )*(?:nein|nee|ne|nö|nicht|niemals|kein|keine|keinen|falsch|lieber nicht|auf keinen fall|das stimmt nicht|stimmt nicht)(?![\p{L}])/u,
    again: /(?:nein warte|moment|ich meine|quatsch)/g,
  },
  es: {
    unsure: /(?:no (?:lo )?sé|ni idea|no estoy segur[oa]|quizás?|tal vez|depende)/,
    yes: /^(?:(?:eh|pues|bueno|ah|y) )*(?:sí|si|claro|correcto|exacto|vale|por supuesto|desde luego|de acuerdo|así es|efectivamente|por qué no|cómo no|está bien)(?![\p{L}])/u,
    no: /^(?:(?:eh|pues|bueno|ah|y) )*(?:no|nunca|jamás|tampoco|incorrecto|para nada|ni hablar)(?![\p{L}])/u,
    again: /(?:no espera|espera|quiero decir|digo|perdón)/g,
  },
}

const PHRASES = {
  again: { en: 'I need a yes or a no.', de: 'Ich brauche ein Ja oder ein Nein.', es: 'Necesito un sí o un no.' },
}

/** A yes or a no, in as many words as the caller likes. "I don't know" is neither. */
export function readYesNo(words: string, about: About): Reading<boolean> {
  const { language } = about
  const say = WORDS[language.code] ?? WORDS.en
  if (isNothing(words) && !/^(?:none)\W*$/i.test(words)) return unclear(PHRASES.again, about)
  if (!say) return unclear(PHRASES.again, about)
  const parts = bareText(words)
    .split(say.again)
    .map(part => part.trim())
    .filter(part => part !== '')
  // "Yes, no wait, no": the last one that is an answer.
  for (const part of parts.reverse()) {
    if (say.unsure.test(part)) return unclear(PHRASES.again, about)
    if (/^(?:true|false)$/.test(part)) return { kind: 'value', value: part === 'true' }
    if (say.yes.test(part)) return { kind: 'value', value: !isDenied(part, say) }
    if (say.no.test(part)) return { kind: 'value', value: false }
    const agreement = agreementIn(part, '', language)
    if (agreement === 'yes') return { kind: 'value', value: true }
  }
  return unclear(PHRASES.again, about)
}

/** "Right, no" and "okay no": a yes that only begins the answer. */
function isDenied(part: string, { yes, no }: Words): boolean {
  const rest = part.replace(yes, '').trim()
  return (
    rest !== '' &&
    /^(?:right|ok|okay|sure|absolutely|definitely|certainly|klar|genau|vale|bueno|na)\b/.test(part) &&
    no.test(rest)
  )
}

export const sayYesNo = (value: boolean, code: string): string =>
  ({ en: value ? 'yes' : 'no', de: value ? 'ja' : 'nein', es: value ? 'sí' : 'no' })[code] ?? (value ? 'yes' : 'no')
