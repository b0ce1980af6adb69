/** What the person of an interpreted line is told of the other one. */
export interface BridgeWords {
  /** To who came first. */
  readonly code: (digits: string) => string
  readonly noCode: string
  readonly alone: string
  readonly ringing: string
  readonly notReached: string
  /** To who joins. */
  readonly askCode: string
  readonly wrongCode: string
  readonly noMoreCodes: string
  readonly laterCode: string
  /** To both. */
  readonly here: string
  readonly away: string
  readonly backAgain: string
  readonly parted: string
}

/** One after the other, so that no voice reads them as a number. */
const apart = (digits: string): string => [...digits].join(', ')

const ENGLISH: BridgeWords = {
  code: digits => `The code for the other person is ${apart(digits)}. Once more: ${apart(digits)}.`,
  noCode: 'I am sorry, nobody can join just now. Please call again later. Goodbye.',
  alone: 'The other person is not here yet.',
  ringing: 'I am ringing the other person. One moment, please.',
  notReached: 'I could not reach the other person.',
  askCode: 'Please key in or say the code of six digits.',
  wrongCode: 'That code is not right. Please try again.',
  noMoreCodes: 'I am sorry, that code is not right either. Please call again later. Goodbye.',
  laterCode: 'I cannot check the code just now. Please try again.',
  here: 'The other person is here. Please go ahead, I am interpreting.',
  away: 'The other person was cut off. One moment, please.',
  backAgain: 'The other person is back.',
  parted: 'The other person has left the call. Goodbye.',
}

const GERMAN: BridgeWords = {
  code: digits => `Der Code für die andere Person ist ${apart(digits)}. Noch einmal: ${apart(digits)}.`,
  noCode: 'Es tut mir leid, gerade kann niemand dazukommen. Bitte rufen Sie später wieder an. Auf Wiederhören.',
  alone: 'Die andere Person ist noch nicht da.',
  ringing: 'Ich rufe die andere Person an. Einen Moment, bitte.',
  notReached: 'Ich habe die andere Person nicht erreicht.',
  askCode: 'Bitte tippen oder sagen Sie den Code mit sechs Ziffern.',
  wrongCode: 'Dieser Code stimmt nicht. Bitte versuchen Sie es noch einmal.',
  noMoreCodes: 'Es tut mir leid, auch dieser Code stimmt nicht. Bitte rufen Sie später wieder an. Auf Wiederhören.',
  laterCode: 'Ich kann den Code gerade nicht prüfen. Bitte versuchen Sie es noch einmal.',
  here: 'Die andere Person ist da. Bitte sprechen Sie, ich dolmetsche.',
  away: 'Die Verbindung zur anderen Person ist abgebrochen. Einen Moment, bitte.',
  backAgain: 'Die andere Person ist wieder da.',
  parted: 'Die andere Person hat aufgelegt. Auf Wiederhören.',
}

const SPANISH: BridgeWords = {
  code: digits => `El código para la otra persona es ${apart(digits)}. Otra vez: ${apart(digits)}.`,
  noCode: 'Lo siento, ahora no puede entrar nadie. Por favor, llame más tarde. Adiós.',
  alone: 'La otra persona todavía no está.',
  ringing: 'Estoy llamando a la otra persona. Un momento, por favor.',
  notReached: 'No he podido hablar con la otra persona.',
  askCode: 'Por favor, marque o diga el código de seis cifras.',
  wrongCode: 'Ese código no es correcto. Inténtelo otra vez, por favor.',
  noMoreCodes: 'Lo siento, ese código tampoco es correcto. Por favor, llame más tarde. Adiós.',
  laterCode: 'Ahora no puedo comprobar el código. Inténtelo otra vez, por favor.',
  here: 'La otra persona ya está aquí. Hable, por favor, yo interpreto.',
  away: 'Se ha cortado la llamada de la otra persona. Un momento, por favor.',
  backAgain: 'La otra persona ha vuelto.',
  parted: 'La otra persona ha colgado. Adiós.',
}

const WORDS: Readonly<Record<string, BridgeWords>> = { en: ENGLISH, de: GERMAN, es: SPANISH }

/** In the language of a line. */
export const bridgeWords = (code: string): BridgeWords => WORDS[code] ?? ENGLISH
