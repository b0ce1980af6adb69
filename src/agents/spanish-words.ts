import { spanish } from '../languages/spanish.ts'
import type { CommonWords } from './common-words.ts'

/** What agents say in Spanish. */
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
    'give-up': 'Lo siento, ahora mismo no puedo ayudarle. Llame más tarde, por favor. Adiós.',
    transfer: 'Un momento, le paso con una persona.',
    joined: 'Alguien se ha unido para mostrar una pantalla.',
    switched: 'Claro, podemos hablar en español.',
    'time-warning': 'Nos quedan dos minutos. ¿Qué más puedo hacer por usted?',
    'time-up': 'Se nos ha acabado el tiempo. Gracias por su llamada. Adiós.',
    'budget-spent': 'Lo siento, tengo que terminar la llamada aquí. Llame más tarde, por favor. Adiós.',
    goodbye: 'Voy a colgar. Gracias por su llamada. Adiós.',
  },
  browserPhrases: {
    notice: 'Esta conversación se graba.',
    'cut-off': 'Hola de nuevo.',
    'go-on': '¿Por dónde íbamos?',
    'give-up': 'Lo siento, ahora mismo no puedo ayudarle. Vuelva más tarde, por favor. Adiós.',
    'time-up': 'Se nos ha acabado el tiempo. Gracias por la conversación. Adiós.',
    'budget-spent': 'Lo siento, tengo que parar aquí. Vuelva más tarde, por favor. Adiós.',
    goodbye: 'Me despido ya. Gracias por la conversación. Adiós.',
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
