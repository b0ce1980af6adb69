import type { Agent } from '../conversation/agent.ts'
import { receptionist } from './receptionist.ts'
import { SPANISH } from './spanish-words.ts'

/** The demo agent in Spanish. */
export const spanishReceptionist: Agent = {
  ...SPANISH,
  name: receptionist.name,
  instructions: `${receptionist.instructions}
The caller speaks Spanish. Speak Spanish, and say "usted". What a tool says in English, say in Spanish.`,
  phrases: {
    ...SPANISH.phrases,
    greeting: 'Hola, ha llamado a Partyline. ¿En qué puedo ayudarle?',
    'give-up': 'Lo siento, ahora mismo no puedo ayudarle. Llame más tarde, por favor. Adiós.',
    'budget-spent': 'Lo siento, tengo que terminar la llamada aquí. Llame más tarde, por favor. Adiós.',
  },
  phrasesFor: {
    'hidden-number': {},
    browser: { 'cut-off': 'Hola de nuevo.', 'go-on': '¿Qué más puedo hacer por usted?' },
  },
}
