/** What is said of shared screens in one language. */
export interface ScreenWords {
  /** Said while the picture is looked at. */
  readonly look: string
  /** Said while the room is made ready. */
  readonly offer: string
  readonly notShared: string
  readonly notShown: string
  /** How the caller shows a screen, with the address and the code as they are said. */
  readonly invitation: (address: string, code: string) => string
}

const ENGLISH: ScreenWords = {
  look: 'Let me have a look.',
  offer: 'One moment, I will get you a code.',
  notShared: "I don't see your screen. Would you like to share it?",
  notShown: "I don't see your screen. Shall I give you a code to show it?",
  invitation: (address, code) =>
    `Open ${address} in a browser, and type this code: ${code}. It is good for ten minutes.`,
}

const WORDS: Readonly<Record<string, ScreenWords>> = {
  en: ENGLISH,
  de: {
    look: 'Ich sehe es mir an.',
    offer: 'Einen Moment, ich hole Ihnen einen Code.',
    notShared: 'Ich sehe Ihren Bildschirm nicht. Möchten Sie ihn teilen?',
    notShown: 'Ich sehe Ihren Bildschirm nicht. Soll ich Ihnen einen Code geben, damit Sie ihn zeigen können?',
    invitation: (address, code) =>
      `Öffnen Sie ${address} in einem Browser und tippen Sie diesen Code ein: ${code}. Er gilt zehn Minuten.`,
  },
  es: {
    look: 'Voy a mirarlo.',
    offer: 'Un momento, le busco un código.',
    notShared: 'No veo su pantalla. ¿Quiere compartirla?',
    notShown: 'No veo su pantalla. ¿Le doy un código para que la muestre?',
    invitation: (address, code) =>
      `Abra ${address} en un navegador y escriba este código: ${code}. Vale durante diez minutos.`,
  },
}
/** Those of a language; English where it has none. */
export const screenWords = (language = 'en'): ScreenWords => WORDS[language] ?? ENGLISH

const inOthers = (what: 'look' | 'offer'): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(WORDS).map(([code, words]) => [code, words[what]]))

/** The fillers of one language, whose sound can be cached. */
export const screenFillers = (language: string): readonly string[] => [
  screenWords(language).look,
  screenWords(language).offer,
]

export const LOOK_FILLERS = inOthers('look')
export const OFFER_FILLERS = inOthers('offer')
