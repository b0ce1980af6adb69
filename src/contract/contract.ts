import type { Port, Ports } from '../providers/entry.ts'
import type { Check, Subject } from './check.ts'
import { type LanguageModelHas, languageModelChecks } from './language-model.ts'
import { type SpeechToTextHas, speechToTextChecks } from './speech-to-text.ts'
import { type TextToSpeechHas, textToSpeechChecks } from './text-to-speech.ts'

/** What only some providers of a port can do. */
export interface PortHas {
  readonly STT: SpeechToTextHas
  readonly LLM: LanguageModelHas
  readonly TTS: TextToSpeechHas
}

const CHECKS: { readonly [P in Port]: (subject: Subject<Ports[P], PortHas[P]>) => readonly Check[] } = {
  STT: speechToTextChecks,
  LLM: languageModelChecks,
  TTS: textToSpeechChecks,
}

/** Everything that a provider of this port must do. Run each check with whatever runs your tests. */
export const contractChecks = <P extends Port>(port: P, subject: Subject<Ports[P], PortHas[P]>): readonly Check[] =>
  CHECKS[port](subject)

export type { Breakable, Check, Opened, Subject, World } from './check.ts'
