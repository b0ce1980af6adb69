import { signsBy } from '../speech/signs.ts'

/** Signs as words: "zwei plus zwei", "Müller und Sohn", "ungefähr fünf". */
export const signsInWords = signsBy({
  signs: {
    ...{ '&': 'und', '@': 'at', '#': 'Nummer', '%': 'Prozent', '+': 'plus', '=': 'gleich', '<': 'kleiner als' },
    ...{ '>': 'größer als', '×': 'mal', '÷': 'geteilt durch', '±': 'plus minus', '≈': 'ungefähr', '≤': 'höchstens' },
    ...{ '≥': 'mindestens', '≠': 'ungleich', '→': 'zu', '⇒': 'zu', '°': 'Grad', '§': 'Paragraf', $: 'Dollar' },
    ...{ '€': 'Euro', '£': 'Pfund', '¥': 'Yen', '₹': 'Rupien', '¢': 'Cent', '∞': 'unendlich', π: 'Pi' },
    ...{ '²': 'zum Quadrat', '³': 'hoch drei', '√': 'Wurzel aus', '~': 'ungefähr', '-': 'minus', '−': 'minus' },
  },
  ...{
    minus: 'minus',
    times: 'mal',
    over: 'durch',
    toThePower: 'hoch',
    or: 'oder',
    plusPlus: 'plus plus',
    sharp: 'sharp',
  },
})
