import type { ChosenProvider } from './providers.ts'

/** The model, as its maker names it; where there is none, the provider itself. `here`: what this machine has. */
export const modelOf = (chosen: ChosenProvider<'STT' | 'LLM'> | undefined, here: string): string =>
  chosen?.name === 'local' ? here : (chosen?.values.model ?? chosen?.name ?? '')

/** The same of a voice. */
export const voiceOf = (chosen: ChosenProvider<'TTS'> | undefined, here: string): string =>
  chosen?.name === 'local' ? here : (chosen?.values.voiceId ?? chosen?.name ?? '')

/** What the voice is paid by: its model, which is the voice itself at Deepgram, or the provider. */
export const voiceModelOf = (chosen: ChosenProvider<'TTS'> | undefined): string =>
  chosen?.values.model ?? (chosen?.name === 'deepgram' ? chosen.values.voiceId : undefined) ?? chosen?.name ?? ''
