import { german } from '../languages/german.ts'
import type { CommonWords } from './common-words.ts'

/** What agents say in German. */
export const GERMAN: CommonWords = {
  language: german,
  phrases: {
    notice: 'Dieses Gespräch wird aufgezeichnet.',
    back: 'Es tut mir leid, niemand konnte Ihren Anruf annehmen. Was kann ich sonst für Sie tun?',
    'still-there': 'Sind Sie noch da?',
    'cut-off': 'Entschuldigung, die Verbindung war kurz weg.',
    'go-on': 'Bitte sprechen Sie weiter.',
    pardon: 'Entschuldigung, das habe ich nicht verstanden. Können Sie das bitte wiederholen?',
    'take-your-time': 'Lassen Sie sich Zeit, ich höre zu.',
    apology: 'Entschuldigung, da ist etwas schiefgegangen. Können Sie das bitte noch einmal sagen?',
    'give-up':
      'Es tut mir leid, ich kann Ihnen gerade nicht helfen. Bitte rufen Sie später wieder an. Auf Wiederhören.',
    transfer: 'Einen Moment, ich verbinde Sie mit einem Menschen.',
    joined: 'Jemand ist dazugekommen, um einen Bildschirm zu zeigen.',
    switched: 'Gern, wir können Deutsch sprechen.',
    'time-warning': 'Wir haben noch zwei Minuten. Was kann ich noch für Sie tun?',
    'time-up': 'Unsere Zeit ist um. Vielen Dank für Ihren Anruf. Auf Wiederhören.',
    'budget-spent':
      'Es tut mir leid, ich muss das Gespräch hier beenden. Bitte rufen Sie später wieder an. Auf Wiederhören.',
    goodbye: 'Ich lege jetzt auf. Vielen Dank für Ihren Anruf. Auf Wiederhören.',
  },
  browserPhrases: {
    'cut-off': 'Schön, dass Sie wieder da sind.',
    'go-on': 'Wo waren wir?',
    'give-up': 'Es tut mir leid, ich kann Ihnen gerade nicht helfen. Bitte kommen Sie später wieder. Auf Wiederhören.',
    'time-up': 'Unsere Zeit ist um. Vielen Dank für das Gespräch. Auf Wiederhören.',
    'budget-spent': 'Es tut mir leid, ich muss hier aufhören. Bitte kommen Sie später wieder. Auf Wiederhören.',
    goodbye: 'Ich verabschiede mich jetzt. Vielen Dank für das Gespräch. Auf Wiederhören.',
  },
  pin: {
    ask: 'Bitte tippen oder sagen Sie Ihre PIN.',
    wrong: 'Das stimmt nicht. Bitte versuchen Sie es noch einmal.',
    refused: 'Es tut mir leid, das stimmt auch nicht. Auf Wiederhören.',
    locked: 'Es tut mir leid, das waren zu viele falsche Versuche. Bitte rufen Sie später wieder an. Auf Wiederhören.',
  },
  thinking: 'Mal sehen.',
  patience: [
    'Einen Moment, bitte.',
    'Ich bin noch dabei.',
    'Das dauert etwas länger als gewöhnlich.',
    'Gleich habe ich es.',
  ],
}
