import type { Port } from '../providers/entry.ts'
import type { ChosenProvider, ChosenProviders } from './providers.ts'

/** A chosen provider as records, prices and metrics know it. `model`: its model; of a voice, the voice. */
export interface InForce {
  readonly port: Port
  readonly name: string
  readonly title: string
  readonly model: string
}

/** The model or the voice, as its maker names it; where there is none, the provider itself. `here`: what this machine's own is called. */
export function modelOf(chosen: ChosenProvider | undefined, here: string): string {
  if (chosen === undefined) return ''
  if (chosen.name === 'local') return here
  return (chosen.port === 'TTS' ? chosen.values.voiceId : chosen.values.model) ?? chosen.name
}

/** All that are chosen, in the order in which they serve. */
export const allInForce = ({ STT, LLM, TTS }: ChosenProviders, ears: string, voice: string): readonly InForce[] =>
  [...STT, ...LLM, ...TTS].map(one => ({
    ...{ port: one.port, name: one.name, title: one.title },
    model: modelOf(one, one.port === 'TTS' ? voice : ears),
  }))
