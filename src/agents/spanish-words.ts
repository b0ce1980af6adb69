import { spanish } from '../languages/spanish.ts'
import type { CommonWords } from './common-words.ts'

/** What every agent says in Spanish. */
export const SPANISH: CommonWords = {
  language: spanish,
  phrases: {
    notice: 'Esta llamada se graba.',
    back: 'Lo siento, nadie ha podido atender su llamada. ¿Qué más puedo hacer por usted?',
    'still-there': '¿Sigue usted ahí?',
    'cut-off': 'Perdón, se cortó la llamada un momento.',
    'go-on': 'Siga, por favor.',
    pardon: 'Perdone, no le he entendido. ¿Puede repetirlo?',
    'take-your-time': 'Tómese su tiempo, le escucho.',
    apology: 'Lo siento, algo ha fallado. ¿Puede decirlo otra vez?',
    transfer: 'Un momento, le paso con una persona.',
    joined: 'Alguien se ha unido para mostrar una pantalla.',
    'time-warning': 'Nos quedan dos minutos. ¿Qué más puedo hacer por usted?',
    'time-up': 'Se nos ha acabado el tiempo. Gracias por su llamada. Adiós.',
    goodbye: 'Voy a colgar. Gracias por su llamada. Adiós.',
  },
  pin: {
    ask: 'Marque o diga su PIN, por favor.',
    wrong: 'No es correcto. Inténtelo otra vez.',
    refused: 'Lo siento, tampoco es correcto. Adiós.',
    locked: 'Lo siento, ha habido demasiados intentos fallidos. Llame más tarde, por favor. Adiós.',
  },
  thinking: 'Vamos a ver.',
  patience: ['Un momento, por favor.', 'Sigo en ello.', 'Esto tarda un poco más de lo normal.', 'Ya casi está.'],
}
