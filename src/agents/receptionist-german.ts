import type { Agent } from '../conversation/agent.ts'
import { GERMAN } from './german-words.ts'
import { receptionist } from './receptionist.ts'

/** The demo agent in German. */
export const germanReceptionist: Agent = {
  ...GERMAN,
  name: receptionist.name,
  instructions: `${receptionist.instructions}
The caller speaks German. Speak German, and say "Sie". What a tool says in English, say in German.`,
  phrases: {
    ...GERMAN.phrases,
    greeting: 'Guten Tag, hier ist die Partyline. Was kann ich für Sie tun?',
    'give-up':
      'Es tut mir leid, ich kann Ihnen gerade nicht helfen. Bitte rufen Sie später wieder an. Auf Wiederhören.',
    'budget-spent':
      'Es tut mir leid, ich muss das Gespräch hier beenden. Bitte rufen Sie später wieder an. Auf Wiederhören.',
  },
  phrasesFor: {
    'hidden-number': {},
    browser: { 'cut-off': 'Schön, dass Sie wieder da sind.', 'go-on': 'Was kann ich sonst für Sie tun?' },
  },
}
