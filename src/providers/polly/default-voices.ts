/** What POLLY_VOICE_ID is when nobody has set it: the voice of the language is chosen then. */
export const DEFAULT_VOICE = 'Joanna'

const NEURAL: Readonly<Record<string, string>> = {
  ...{ en: DEFAULT_VOICE, de: 'Vicki', es: 'Lucia', fr: 'Lea', it: 'Bianca', nl: 'Laura', pt: 'Camila' },
  ...{ pl: 'Ola', ja: 'Takumi' },
}
/** By engine, which refuses the voices of others: not every voice was made for each. */
const VOICES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  neural: NEURAL,
  standard: { ...NEURAL, nl: 'Lotte', pl: 'Ewa' },
  generative: NEURAL,
  'long-form': { en: 'Danielle' },
}

/** The voice that is meant. `language` is BCP 47; an engine without a voice for it speaks with its English one. */
export function voiceFor(voiceId: string, engine: string, language: string): string {
  if (voiceId !== DEFAULT_VOICE) return voiceId
  const voices = VOICES[engine] ?? NEURAL
  return voices[new Intl.Locale(language).language] ?? voices.en ?? DEFAULT_VOICE
}

/** The languages of an engine that has no voice but English ones; undefined for all that a set voice may speak. */
export function languagesOf(voiceId: string, engine: string): readonly string[] | undefined {
  return voiceId === DEFAULT_VOICE && engine === 'long-form' ? Object.keys(VOICES[engine] ?? {}) : undefined
}
