import { entryOf } from '../providers/catalogue/catalogue.ts'
import type { Port } from '../providers/entry.ts'
import type { ChosenProvider, ChosenProviders } from './providers.ts'

/** A chosen provider as records, prices and metrics know it. `model`: what it is paid by. */
export interface InForce {
  readonly port: Port
  readonly name: string
  readonly title: string
  readonly model: string
}

/**
 * The model, as its maker names it, which is the voice itself at Deepgram; where there is none, the provider. `here`: what
 * this machine's own is called.
 */
export function modelOf(chosen: ChosenProvider | undefined, here: string): string {
  if (chosen === undefined) return ''
  const { port, name, values } = chosen
  if (name === 'local') return here
  return values.model ?? (port === 'TTS' && name === 'deepgram' ? values.voiceId : undefined) ?? name
}

/** The voice, as its maker names it. */
export const voiceOf = (chosen: ChosenProvider<'TTS'> | undefined, here: string): string =>
  chosen?.name === 'local' ? here : (chosen?.values.voiceId ?? chosen?.name ?? '')

/** All that are chosen, in the order in which they serve. A first model that hears by itself is among those who hear. */
export function allInForce({ STT, LLM, TTS }: ChosenProviders, ears: string, voice: string): readonly InForce[] {
  const chosen = [...STT, ...LLM, ...TTS].map(one => ({
    ...{ port: one.port, name: one.name, title: one.title },
    model: modelOf(one, one.port === 'TTS' ? voice : ears),
  }))
  const [mind] = LLM
  if (!mind || !entryOf('LLM', mind.name)?.hearsAndSpeaks) return chosen
  const { name, title, values } = mind
  return [{ port: 'STT', name, title, model: values.transcriptionModel ?? modelOf(mind, ears) }, ...chosen]
}
