/** How callers ask, in one language, to speak another one: whole texts, as `requests.languages` wants them. */

type Code = 'en' | 'de' | 'es'

/** The name of each language in each, as bare text has it; recognisers leave accents out. */
const NAMES: Readonly<Record<Code, Readonly<Record<Code, string>>>> = {
  en: { en: 'english', de: 'german|deutsch', es: 'spanish|español|espanol' },
  de: { en: 'englisch', de: 'deutsch', es: 'spanisch' },
  es: { en: 'inglés|ingles', de: 'alemán|aleman', es: 'español|espanol|castellano' },
}

/** What may stand before and after the request; a name alone is none, since it may answer a question. */
interface Words {
  readonly before: string
  readonly after: string
  readonly request: (name: string) => string
}

const WORDS: Readonly<Record<Code, Words>> = {
  en: {
    before:
      'hello|hi|hey|good (?:morning|afternoon|evening)|sorry|excuse me|okay|ok|yes|um|uh|well|please|and|so|actually',
    after: 'please|instead|with me|now|thanks|thank you|if possible|by any chance|then|at all|better',
    request: name =>
      [
        `(?:can|could|may|shall|will) (?:we|i|you) (?:please )?(?:also )?(?:speak|talk|switch|change|continue|go on|do this)(?: to me| with me)?(?: in| to| over to)? ${name}`,
        `(?:do|does) (?:you|anyone|anybody|someone|somebody)(?: here| there)? (?:also )?(?:speak|talk|know|understand) (?:any )?${name}`,
        `(?:i want|i would like|i'd like|i prefer|i would prefer|i'd prefer|i would rather|i'd rather|let's)(?: to)? (?:speak|talk|switch|change|continue|go on)(?: in| to| over to)? ${name}`,
        `(?:speak|talk|switch|change|continue|go on|answer)(?: to me| with me)?(?: in| to| over to)? ${name}`,
        `i (?:only )?speak (?:only )?${name}`,
        `(?:i prefer|i would prefer|i'd prefer) ${name}`,
        `in ${name}`,
        `${name}(?= please$)`,
      ].join('|'),
  },
  de: {
    before:
      'hallo|guten (?:tag|morgen|abend)|grüß gott|entschuldigung|entschuldigen sie|okay|ja|äh|ähm|bitte|und|gut|also|moment',
    after: 'bitte|mit mir|danke|lieber|möglich|jetzt|weiter',
    request: name =>
      [
        `(?:können|könnten|kann|könnte|wollen|dürfen|darf|sollen) (?:wir|ich|sie) (?:(?:bitte|vielleicht|auch|lieber|mit mir|das|hier) )*(?:auf )?${name}(?: (?:sprechen|reden|machen|weitermachen|weitersprechen|weiterreden))?`,
        `(?:kannst|sprichst|verstehst) du (?:auch )?${name}(?: sprechen)?`,
        `(?:sprechen|reden|verstehen|wechseln) (?:sie|wir) (?:(?:bitte|auch|lieber|doch|mit mir) )*(?:auf |zu |ins )?${name}`,
        `(?:sprich|rede|antworte|antworten sie) (?:bitte )?(?:auf )?${name}`,
        `ich (?:möchte|würde|will) (?:(?:gern|gerne|lieber|bitte) )*(?:auf )?${name}(?: (?:sprechen|reden))?`,
        `ich spreche (?:(?:nur|lieber|leider) )*${name}`,
        `geht (?:das|es) (?:auch )?auf ${name}`,
        `(?:lieber )?auf ${name}`,
        `${name}(?= bitte$)`,
      ].join('|'),
  },
  es: {
    before:
      'hola|buenos días|buenos dias|buenas(?: tardes| noches)?|disculpe|perdón|perdon|perdone|oiga|sí|si|vale|bueno|pues|eh|por favor|y',
    after: 'por favor|conmigo|mejor|gracias|ahora|si es posible',
    request: name =>
      [
        `(?:podemos|podríamos|podriamos|puedo|puede|puedes|podría|podria|podrías|se puede) (?:usted )?(?:hablar|hablarme|seguir|continuar|cambiar|hacerlo)(?: conmigo)?(?: en| a| al)? ${name}`,
        `(?:habla|hablas|hablan|entiende|entiendes|hable|hábleme|hableme|háblame|hablemos|hablamos|sigamos|cambie|cambiemos|responda)(?: usted)?(?: conmigo)?(?: en| a| al)? ${name}`,
        `(?:quiero|quisiera|prefiero|preferiría|preferiria|me gustaría|me gustaria|necesito)(?: (?:hablar|seguir|continuar))?(?: en)? ${name}`,
        `(?:yo )?(?:solo |sólo |solamente )?hablo (?:solo |sólo |solamente )?${name}`,
        `en ${name}`,
        `${name}(?= por favor$)`,
      ].join('|'),
  },
}

const asking = (spoken: Code, wanted: Code): string => {
  const { before, after, request } = WORDS[spoken]
  return `(?:(?:${before}) )*(?:${request(`(?:${NAMES[spoken][wanted]})`)})(?: (?:${after}))*`
}

/** The requests for each other language: in the language that is spoken, and in the wanted one, which a recogniser may know. */
export const requestsFrom = (spoken: Code): Readonly<Record<string, RegExp>> =>
  Object.fromEntries(
    (Object.keys(NAMES) as Code[])
      .filter(wanted => wanted !== spoken)
      .map(wanted => [wanted, new RegExp(`^(?:${asking(spoken, wanted)}|${asking(wanted, wanted)})$`, 'u')]),
  )
