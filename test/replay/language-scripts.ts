import type { ScriptLine } from '../../src/sandbox/caller/script-lines.ts'
import { afterTool, type FixtureScript, HANG_UP, later, next } from '../../src/sandbox/caller/script-lines.ts'

/** The tests' voice knows no letter with a mark: it says the words without, and the recogniser knows how they are written. */
const plain = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss').replaceAll('¿', '')
const spoken = (line: ScriptLine): ScriptLine => ('say' in line ? { ...line, sounds: plain(line.say) } : line)

/** A caller in another language than English, and the setting of their line. Only their words are of that language: an English voice says them, and the sandbox's mind answers in English. */
export interface LanguageScript extends Omit<FixtureScript, 'expect'> {
  readonly LANGUAGE: string
}

export const LANGUAGE_SCRIPTS: readonly LanguageScript[] = [
  {
    name: 'german',
    about:
      'German words by an English voice, and English answers: trails off at "für", listens with "mhm", interrupts with "nein", takes leave.',
    LANGUAGE: 'de',
    from: '+15550100051',
    voice: 'awb',
    lines: [
      next('Guten Tag, ich möchte gern einen Tisch für'),
      { say: 'vier Personen am Freitag.', cue: later(1_300) },
      afterTool('Erzählen Sie mir bitte Ihre ganze Story.'),
      { say: 'Mhm, ja.', aside: true, cue: { after: 'agent-started', ms: 2_500 } } as const,
      { say: 'Nein, warten Sie, was kostet das Parking?', cue: later(2_500) },
      next('Das ist alles, vielen Dank. Auf Wiederhören.', 1_500),
    ].map(spoken),
    hangUp: HANG_UP,
  },
  {
    name: 'spanish',
    about:
      'Asks in English for Spanish, goes on in it by an English voice, with English answers: trails off at "para", listens with "ajá", interrupts with "no", and asks for English again.',
    LANGUAGE: 'en,es',
    from: '+15550100052',
    voice: 'rms',
    lines: [
      next('Hello, do you speak Spanish?'),
      next('Quisiera una mesa para'),
      { say: 'cuatro personas el viernes.', cue: later(1_300) },
      afterTool('¿Me cuenta su story, por favor?'),
      { say: 'Ajá, sí.', aside: true, cue: { after: 'agent-started', ms: 2_500 } } as const,
      { say: 'No, espere, ¿dónde hay parking?', cue: later(2_500) },
      next('¿Podemos hablar en inglés, por favor?', 1_500),
      next('What time do you open?'),
      next('Thank you. Goodbye.'),
    ].map(spoken),
    hangUp: HANG_UP,
  },
]
