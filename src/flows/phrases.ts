import { type About, type InLanguages, wordsIn } from './collector.ts'

const PHRASES = {
  isRight: { en: 'Is that right?', de: 'Stimmt das?', es: '¿Es correcto?' },
  wrong: {
    en: 'Sorry. What is wrong with it? You can say just that part, or all of it again.',
    de: 'Entschuldigung. Was stimmt nicht? Sie können nur diesen Teil sagen, oder alles noch einmal.',
    es: 'Perdón. ¿Qué está mal? Puede decir solo esa parte, o todo otra vez.',
  },
  change: { en: 'What should I change?', de: 'Was soll ich ändern?', es: '¿Qué cambio?' },
  late: {
    en: 'That is done already, and I cannot change it here.',
    de: 'Das ist schon erledigt, und ich kann es hier nicht mehr ändern.',
    es: 'Eso ya está hecho, y aquí no puedo cambiarlo.',
  },
  stop: {
    en: 'We can stop here if you like. Otherwise, please try once more.',
    de: 'Wir können hier gern aufhören. Sonst versuchen Sie es bitte noch einmal.',
    es: 'Si quiere, lo dejamos aquí. Si no, inténtelo otra vez, por favor.',
  },
  good: { en: 'Good.', de: 'Gut.', es: 'Bien.' },
  notKnown: {
    en: 'I could not find out whether that worked.',
    de: 'Ich konnte nicht feststellen, ob das geklappt hat.',
    es: 'No he podido saber si ha funcionado.',
  },
  notDone: { en: 'That did not work.', de: 'Das hat nicht geklappt.', es: 'No ha funcionado.' },
} as const satisfies Readonly<Record<string, InLanguages>>

/** What a flow says by itself, in the language of the call. */
export const phrase = (name: keyof typeof PHRASES, about: About): string => wordsIn(PHRASES[name], about)

/** Words by which a caller has none of what is asked, where they need not have any. */
const NONE: Readonly<Record<string, RegExp>> = {
  en: /^(?:(?:um|uh|oh|well|no|nope|sorry|just) )*(?:no|nope|none|nothing|nah|skip(?: it| that)?|not really|no thanks|no thank you|i don't(?: have (?:one|any|it))?|i do not(?: have (?:one|any))?|i haven't(?: got)?(?: one| any)?|don't have (?:one|any)|rather not|i'd rather not|not needed|nothing else|that's all|leave it(?: out| empty)?)$/,
  de: /^(?:(?:äh|nein|nee|ach|also) )*(?:nein|nee|nichts|keine?|keinen|keins|habe ich nicht|hab ich nicht|ich habe keine?n?|lieber nicht|nein danke|überspringen|weiter|brauche ich nicht)$/,
  es: /^(?:(?:eh|no|pues) )*(?:no|nada|ningun[oa]|no tengo|no gracias|prefiero que no|sáltalo|nada más)$/,
}

export const isNone = (bare: string, { language }: About): boolean =>
  (NONE[language.code] ?? NONE.en)?.test(bare) === true
