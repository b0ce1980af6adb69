import type { ChosenProviders } from './providers.ts'

interface Speaking {
  readonly providers: Pick<ChosenProviders, 'TTS'>
  readonly voiceId: string
}

/** The settings of an agent with a voice of its own: the first provider speaks with that one, the next ones as before. */
export function withVoice<S extends Speaking>(settings: S, voice: string | undefined): S {
  const [first, ...next] = settings.providers.TTS
  if (voice === undefined || !first) return settings
  const TTS = [{ ...first, values: { ...first.values, voiceId: voice } }, ...next]
  return { ...settings, providers: { ...settings.providers, TTS }, voiceId: voice }
}
