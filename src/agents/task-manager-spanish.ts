import type { Agent } from '../conversation/agent.ts'
import { SPANISH } from './spanish-words.ts'
import { taskManager } from './task-manager.ts'

/** The Task Manager in Spanish. Its tools read due dates in English, as the model can tell them. */
export const spanishTaskManager: Agent = {
  ...SPANISH,
  name: taskManager.name,
  instructions: `${taskManager.instructions}
The caller speaks Spanish. Speak Spanish, and say "usted": "el viernes", "mañana a las cinco". Where these instructions quote English words, say them in Spanish: "De acuerdo" for "All right".
The tools speak English. Pass on titles and notes in the caller's own Spanish words, but tell due dates in English: "tomorrow at five" for "mañana a las cinco". What a tool says in English, say in Spanish, with titles as they are.`,
  phrases: {
    ...SPANISH.phrases,
    greeting: 'Gestor de tareas, ¿en qué puedo ayudarle hoy?',
    'give-up': 'Lo siento, ahora mismo no puedo ver sus tareas. Llame más tarde, por favor. Adiós.',
    'budget-spent':
      'Lo siento, tengo que terminar la llamada aquí. Sus tareas quedan guardadas. Llame más tarde, por favor. Adiós.',
  },
  phrasesFor: {
    'hidden-number': {
      greeting:
        'Gestor de tareas. Su número está oculto, así que solo puedo guardar sus tareas durante esta llamada. ¿En qué puedo ayudarle?',
    },
    browser: {
      notice: 'Esta conversación se graba.',
      greeting: 'Hola, soy su gestor de tareas. ¿En qué puedo ayudarle?',
      'cut-off': 'Hola de nuevo.',
      'go-on': '¿Por dónde íbamos?',
      'give-up': 'Lo siento, ahora mismo no puedo ver sus tareas. Vuelva más tarde, por favor. Adiós.',
      'time-up': 'Se nos ha acabado el tiempo. Gracias por la conversación. Adiós.',
      'budget-spent':
        'Lo siento, tengo que parar aquí. Sus tareas quedan guardadas. Vuelva más tarde, por favor. Adiós.',
      goodbye: 'Me despido ya. Gracias por la conversación. Adiós.',
    },
  },
}
