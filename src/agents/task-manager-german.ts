import type { Agent } from '../conversation/agent.ts'
import { GERMAN } from './german-words.ts'
import { taskManager } from './task-manager.ts'

/** The Task Manager in German. Its tools read due dates in English, as the model can tell them. */
export const germanTaskManager: Agent = {
  ...GERMAN,
  name: taskManager.name,
  instructions: `${taskManager.instructions}
The caller speaks German. Speak German, and say "Sie": "Freitag", "morgen um fünf". Where these instructions quote English words, say them in German: "In Ordnung" for "All right".
The tools speak English. Pass on titles and notes in the caller's own German words, but tell due dates in English: "tomorrow at five" for "morgen um fünf". What a tool says in English, say in German, with titles as they are.`,
  phrases: {
    ...GERMAN.phrases,
    greeting: 'Hier ist der Aufgabenplaner. Was kann ich heute für Sie tun?',
    'give-up':
      'Es tut mir leid, ich komme gerade nicht an Ihre Aufgaben. Bitte rufen Sie später wieder an. Auf Wiederhören.',
    'budget-spent':
      'Es tut mir leid, ich muss das Gespräch hier beenden. Ihre Aufgaben bleiben erhalten. Bitte rufen Sie später wieder an. Auf Wiederhören.',
  },
  phrasesFor: {
    'hidden-number': {
      greeting:
        'Hier ist der Aufgabenplaner. Ihre Nummer ist unterdrückt, deshalb kann ich Ihre Aufgaben nur für dieses Gespräch behalten. Was kann ich für Sie tun?',
    },
    browser: {
      greeting: 'Hallo, ich bin Ihr Aufgabenplaner. Was kann ich für Sie tun?',
      'cut-off': 'Schön, dass Sie wieder da sind.',
      'go-on': 'Wo waren wir?',
      'give-up':
        'Es tut mir leid, ich komme gerade nicht an Ihre Aufgaben. Bitte kommen Sie später wieder. Auf Wiederhören.',
      'time-up': 'Unsere Zeit ist um. Vielen Dank für das Gespräch. Auf Wiederhören.',
      'budget-spent':
        'Es tut mir leid, ich muss hier aufhören. Ihre Aufgaben bleiben erhalten. Bitte kommen Sie später wieder. Auf Wiederhören.',
      goodbye: 'Ich verabschiede mich jetzt. Vielen Dank für das Gespräch. Auf Wiederhören.',
    },
  },
}
